import {
  type AmazonBedrockProvider,
  type AmazonBedrockProviderSettings,
  createAmazonBedrock,
  type LanguageModelCall,
  type StreamPart,
} from 'bedrock-anywhere/ai-sdk';
import { createLocalBedrock, type LocalBedrockOptions, localTransport } from 'bedrock-anywhere/local';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { onTestFinished } from 'vitest';

export const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const OPUS47 = 'us.anthropic.claude-opus-4-7';
/** The newest Claude: it rejects forced tools, formats and budgets. */
export const SONNET55 = 'global.anthropic.claude-sonnet-5-5';
export const NOVA = 'us.amazon.nova-lite-v1:0';
export const OSS = 'openai.gpt-oss-120b-1:0';
export const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0';
export const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6';

/** Members of a Converse request that the tests look at. */
export interface SentBody {
  system?: { text?: string; cachePoint?: object }[];
  messages: { role: string; content: Record<string, unknown>[] }[];
  inferenceConfig?: object;
  toolConfig?: { tools: Record<string, Record<string, unknown>>[]; toolChoice?: object };
  outputConfig?: object;
  additionalModelRequestFields?: Record<string, unknown>;
  serviceTier?: object;
  guardrailConfig?: object;
}

/** A provider over a local Bedrock in this process. */
export function startProvider(
  options: LocalBedrockOptions = {},
  settings: AmazonBedrockProviderSettings = {},
) {
  const local = createLocalBedrock(options);
  const bedrock: AmazonBedrockProvider = createAmazonBedrock({
    transport: localTransport(local),
    ...settings,
  });
  const bodies = (): SentBody[] => local.requests.map(({ body }) => body as SentBody);
  return { bedrock, local, bodies };
}

/** A local Bedrock behind a port, for one test, and the settings of a provider for it. */
export async function startServer(
  options: LocalBedrockOptions = {},
): Promise<{ local: LocalServer; settings: AmazonBedrockProviderSettings }> {
  const local = await startLocalBedrock(options);
  onTestFinished(() => local.close());
  return { local, settings: { region: local.region, credentials: local.credentials, endpoint: local.url } };
}

/** A call with one message of the user. */
export function ask(text = 'Hi', more: Partial<LanguageModelCall> = {}): LanguageModelCall {
  return { prompt: [{ role: 'user', content: [{ type: 'text', text }] }], ...more };
}

/** A profile of an application, which does not show its model. */
export const APPLICATION_PROFILE = {
  inferenceProfileId: 'a1b2c3d4e5f6',
  inferenceProfileArn: PROFILE,
  inferenceProfileName: 'team-a',
  models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${SONNET.slice(3)}` }],
  status: 'ACTIVE' as const,
  type: 'APPLICATION' as const,
};

/** Sends a call and returns what the service received, with what the caller is told. */
export async function sendCall(modelId: string, call: LanguageModelCall, options: LocalBedrockOptions = {}) {
  const { bedrock, bodies } = startProvider({ script: [{ text: 'Hello.' }], ...options });
  const result = await bedrock(modelId).doGenerate(call);
  return { ...result, body: bodies().at(-1) as SentBody };
}

/** All parts of a stream. */
export async function partsOf(stream: ReadableStream<StreamPart>): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of stream as unknown as AsyncIterable<StreamPart>) parts.push(part);
  return parts;
}

/** What went wrong with a call. */
export async function failureOf(call: PromiseLike<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('The call did not fail.');
}

/** A tool with one text as its input. */
export const WEATHER = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city',
  inputSchema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
} as const;

export const ADD = { ...WEATHER, name: 'add', description: 'Adds' } as const;

/** A conversation in which a tool was called. */
export const HISTORY: LanguageModelCall['prompt'] = [
  { role: 'user', content: [{ type: 'text', text: 'What is the weather in Paris?' }] },
  {
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'get_weather', input: { city: 'Paris' } }],
  },
  {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'call_1',
        toolName: 'get_weather',
        output: { type: 'json', value: { celsius: 18 } },
      },
    ],
  },
];

const CITY = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
} as const;

/** A call for an object. */
export function askForCity(more: Partial<LanguageModelCall> = {}): LanguageModelCall {
  return ask('Which city?', { responseFormat: { type: 'json', schema: CITY }, ...more });
}
