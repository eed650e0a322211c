import type { ContentBlock, ConverseStreamRequest } from '../../index.js';
import { AWS_OPTIONS, FLAG, filled, numberOf, readArguments, TEXT, TEXTS } from '../arguments.js';
import { writeHelp } from '../print/help-text.js';
import { whileTurning } from '../print/spinner.js';
import { IncompleteError, type Terminal, UsageError } from '../print/terminal.js';
import { applyDefaults } from '../settings/defaults.js';
import { readAttachment, readInput } from './attachments.js';
import { connect } from './connection.js';
import { catchRequest, describeRequest, type PlannedRequest } from './dry-run.js';
import { explainEnding, printAnswer } from './print-answer.js';
import {
  readLastConversation,
  type SavedConversation,
  saveConversation,
  writeJson,
} from './saved-conversation.js';
import { readSchema, requireShape } from './schema.js';

const HELP = `Usage: bedrock-anywhere ask [options] <prompt>
       bedrock-anywhere "a prompt in quotes"
       command | bedrock-anywhere ask [options] [prompt]

Sends a prompt to a model and prints the answer as it arrives. What is piped in comes before the prompt. Model, tokens,
cost and time are printed to standard error.

Options
  -m, --model <id>       model or inference profile, by id or ARN; default Amazon Nova Lite
  -a, --attach <file>    image, document or text file; may be repeated
  -s, --system <text>    system prompt
  -c, --continue         continue the last conversation, with its model and system prompt unless you pass others
      --schema <file>    answer in JSON of this shape, a JSON Schema
      --max-tokens <n>   maximum length of the answer
      --temperature <n>  0 to 1: how much answers vary
      --local            let a local Bedrock make up the answer: no account, no cost
      --dry-run          print the signed request without its secrets, and send nothing
      --json             print one JSON document with text, usage and cost
  -q, --quiet            nothing on standard error but errors
      --no-history       do not keep the conversation for --continue
      --profile <name>   AWS profile
      --region <region>  AWS region
  -h, --help             show this

Without credentials, a local Bedrock makes up an answer if standard output is a terminal; otherwise the command fails.

Exit codes: 0 answered, 1 failed, 2 wrong command line, 3 the answer is not complete (token limit, guardrail, filter).
`;

/** The options of `ask`. */
export interface AskOptions {
  model: string | undefined;
  system: string | undefined;
  maxTokens: number | undefined;
  temperature: number | undefined;
}

/** Runs `bedrock-anywhere ask`. */
export async function runAsk(args: readonly string[], terminal: Terminal): Promise<void> {
  const { values, words } = readArguments('ask', args, {
    ...AWS_OPTIONS,
    model: { type: 'string', short: 'm' },
    attach: { ...TEXTS, short: 'a' },
    system: { type: 'string', short: 's' },
    continue: { type: 'boolean', short: 'c' },
    schema: TEXT,
    'max-tokens': TEXT,
    temperature: TEXT,
    local: FLAG,
    'dry-run': FLAG,
    json: FLAG,
    quiet: { type: 'boolean', short: 'q' },
    'no-history': FLAG,
  });
  if (values.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  const options = readModelOptions(values);
  const defaults = await applyDefaults(values);
  const content = await readContent(words, values.attach ?? [], terminal);
  const schema = values.schema === undefined ? undefined : await readSchema(values.schema);
  const last = values.continue === true ? await requireLast(values.local === true) : undefined;
  const dryRun = values['dry-run'] === true ? catchRequest() : undefined;
  const isForPerson = terminal.columns !== undefined && values.json !== true && schema === undefined;
  const connection = await connect(
    {
      defaults,
      model: options.model ?? last?.modelId,
      local: values.local === true,
      mayFallBack: isForPerson && dryRun === undefined && last === undefined,
      ...(dryRun !== undefined && { fetch: dryRun.fetch }),
    },
    terminal,
  );
  const { config } = defaults;
  const system = options.system ?? last?.system ?? config.system;
  const request: ConverseStreamRequest = {
    modelId: connection.modelId,
    messages: [...(last?.messages ?? []), { role: 'user', content }],
    ...(system !== undefined && { system }),
    ...inferenceConfig(options, config),
    ...(schema !== undefined && requireShape(schema, connection.modelId)),
  };
  if (dryRun !== undefined) {
    printPlan(await dryRun.planned(connection.bedrock, request), values.json === true, terminal);
    return;
  }
  const isQuiet = values.quiet ?? config.quiet ?? false;
  const form = values.json === true ? 'json' : schema === undefined ? 'text' : 'shape';
  const result = await printAnswer(connection, request, { form, isQuiet }, terminal);
  if (values['no-history'] !== true && config.history !== false) {
    const { modelId, isLocal } = connection;
    const messages = [...(request.messages ?? []), result.message];
    await keepConversation({ modelId, system, messages, isLocal }, terminal);
  }
  const ending = explainEnding(result);
  if (ending !== undefined) throw new IncompleteError(ending);
}

/** Reads the options that concern the model. */
export function readModelOptions(values: {
  model?: string | undefined;
  system?: string | undefined;
  'max-tokens'?: string | undefined;
  temperature?: string | undefined;
}): AskOptions {
  const isCount = (n: number): boolean => Number.isInteger(n) && n > 0;
  const isShare = (n: number): boolean => n >= 0 && n <= 1;
  return {
    model: filled('--model', values.model),
    system: filled('--system', values.system),
    maxTokens: numberOf('--max-tokens', values['max-tokens'], isCount, 'a whole number above 0'),
    temperature: numberOf('--temperature', values.temperature, isShare, 'a number from 0 to 1'),
  };
}

/** The member `inferenceConfig`, if there is anything to set. */
export function inferenceConfig(
  options: Pick<AskOptions, 'maxTokens' | 'temperature'>,
  config: { maxTokens?: number; temperature?: number },
): Pick<ConverseStreamRequest, 'inferenceConfig'> {
  const { maxTokens = config.maxTokens, temperature = config.temperature } = options;
  if (maxTokens === undefined && temperature === undefined) return {};
  return {
    inferenceConfig: {
      ...(maxTokens !== undefined && { maxTokens }),
      ...(temperature !== undefined && { temperature }),
    },
  };
}

/** Files first, then what was piped in, then the prompt: models answer best if the question comes last. */
async function readContent(
  words: readonly string[],
  files: readonly string[],
  terminal: Terminal,
): Promise<(string | ContentBlock)[]> {
  const prompt = words.join(' ').trim();
  const content: (string | ContentBlock)[] = [];
  for (const file of files) content.push(await readAttachment(filled('--attach', file) as string));
  if (terminal.input !== undefined) {
    const piped = await whileTurning(terminal, 'Reading standard input …', readInput(terminal.input()));
    if (typeof piped !== 'string' || piped.trim() !== '') content.push(piped);
  }
  if (prompt !== '') content.push(prompt);
  if (content.some((part) => typeof part === 'string')) return content;
  throw new UsageError(
    'There is no prompt. Pass one, as in npx bedrock-anywhere ask "Why is the sky blue?", or pipe text into the command.',
  );
}

/** Reads the conversation to continue. Made-up answers must not become part of a real conversation. */
export async function requireLast(local: boolean): Promise<SavedConversation> {
  const last = await readLastConversation();
  if (last === undefined)
    throw new UsageError('There is no conversation to continue. Begin one without --continue.');
  if (last.isLocal === local) return last;
  throw new UsageError(
    last.isLocal
      ? 'The last conversation was with the local Bedrock. Add --local to continue it, or omit --continue.'
      : 'The last conversation was not with the local Bedrock. Omit --local to continue it, or omit --continue.',
  );
}

/** Keeps a conversation for `--continue`. If that fails, the answer is there nevertheless. */
export async function keepConversation(
  conversation: SavedConversation,
  terminal: Pick<Terminal, 'err'>,
): Promise<void> {
  try {
    await saveConversation(conversation);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    terminal.err(`bedrock-anywhere: The conversation could not be kept for --continue: ${reason}\n`);
  }
}

function printPlan(plan: PlannedRequest, isJson: boolean, terminal: Terminal): void {
  terminal.out(isJson ? `${writeJson(plan, 2)}\n` : describeRequest(plan));
}
