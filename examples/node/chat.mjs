/**
 * A conversation in the terminal: lists the models, streams reasoning, a tool call and the answer, and tells what it took.
 *
 *     npm start                                     the local Bedrock, no account needed
 *     npm start -- "any prompt"
 *     BEDROCK=aws npm start                         your AWS account, as the AWS SDK would find it
 *     npm start -- --aws --region us-east-1 --model amazon.nova-lite-v1:0
 */
import { parseArgs } from 'node:util';
import { createBedrock, isBedrockError } from 'bedrock-anywhere';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { heading, hint, modelTable, part, printer, summary } from './terminal.mjs';
import { answerTool, weatherTool } from './weather.mjs';

const LOCAL_MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const AWS_MODEL = 'amazon.nova-lite-v1:0';
const PROMPT = 'What is the weather in Bern, and should I take a coat?';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    aws: { type: 'boolean', default: false },
    region: { type: 'string' },
    model: { type: 'string' },
  },
});

const local =
  values.aws || process.env['BEDROCK'] === 'aws'
    ? undefined
    : await startLocalBedrock({ port: 0, tokensPerSecond: 60, tools: 'demo' });
const region = values.region ?? local?.region;
const bedrock = createBedrock({
  ...(region !== undefined && { region }),
  ...(local !== undefined && { endpoint: local.url, credentials: local.credentials }),
});
const modelId = values.model ?? (local === undefined ? AWS_MODEL : LOCAL_MODEL);
const prompt = positionals.join(' ') || PROMPT;

try {
  await listModels();
  await converse();
  hint(local !== undefined);
} catch (error) {
  if (!isBedrockError(error)) throw error;
  console.error(`\n${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await local?.close();
}

async function listModels() {
  const { models, excluded, region } = await bedrock.discover();
  heading(local === undefined ? `Amazon Bedrock, ${region}` : `Local Bedrock at ${local.url}, ${region}`);
  modelTable(models, excluded);
}

/** Asks, runs the tools that the model asks for, and goes on until it has answered. */
async function converse() {
  /** @type {import('bedrock-anywhere').Message[]} */
  const messages = [{ role: 'user', content: [{ text: prompt }] }];
  part('You', prompt);
  for (let turn = 0; turn < 5; turn++) {
    const started = performance.now();
    const answer = bedrock.stream({
      modelId,
      messages,
      toolConfig: { tools: [weatherTool] },
      inferenceConfig: { maxTokens: 2048 },
      ...(modelId.includes('anthropic.claude') && {
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
      }),
    });
    const print = printer(modelId);
    let firstEventMs = 0;
    for await (const event of answer) {
      firstEventMs ||= performance.now() - started;
      print(event);
    }
    const result = await answer.result();
    summary(result, firstEventMs);
    if (result.toolUses.length === 0) return;
    messages.push(result.message, { role: 'user', content: result.toolUses.map(answerTool) });
    for (const { toolResult } of messages.at(-1)?.content ?? []) {
      part('Tool result', JSON.stringify(toolResult?.content?.[0]?.json));
    }
  }
}
