import type {
  AssistantMessage,
  AssistantMessageEvent,
  Context,
  Model,
  StreamOptions,
} from '@earendil-works/pi-ai';
import { bedrockProviderModule } from '@earendil-works/pi-ai/bedrock-provider';
import type { LocalModel } from 'bedrock-anywhere/local';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import {
  type BedrockProviderOptions,
  type BedrockStreamOptions,
  createBedrockProvider,
  type PiAssistantMessage,
  type PiContext,
  type PiEvent,
  type PiModel,
} from 'bedrock-anywhere/pi';
import { vi } from 'vitest';

export type Local = Awaited<ReturnType<typeof startLocalBedrock>>;
type LocalOptions = Parameters<typeof startLocalBedrock>[0];

/** ARN of an application profile, which does not tell the model behind it. */
export const APPLICATION_PROFILE =
  'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234efgh';

/** Ids of models that the tests call, one of each family that a provider treats in its own way. */
export const IDS = {
  sonnet45: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  opus46: 'anthropic.claude-opus-4-6-v1',
  opus47: 'anthropic.claude-opus-4-7',
  sonnet37: 'anthropic.claude-3-7-sonnet-20250219-v1:0',
  haiku3: 'anthropic.claude-3-haiku-20240307-v1:0',
  nova: 'amazon.nova-lite-v1:0',
  nova2: 'amazon.nova-2-lite-v1:0',
  oss: 'openai.gpt-oss-120b-1:0',
  llama: 'meta.llama3-8b-instruct-v1:0',
  deepseek: 'deepseek.r1-v1:0',
  gov: 'us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0',
} as const;

/** A local Bedrock with those models, each of them on demand, and an environment that says nothing of AWS. */
export function startPeerBedrock(options: LocalOptions = {}): Promise<Local> {
  for (const name of ['AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_BEARER_TOKEN_BEDROCK']) {
    vi.stubEnv(name, undefined);
  }
  const models = Object.values(IDS).map(
    (modelId): LocalModel => ({
      modelId,
      inputModalities: ['TEXT', 'IMAGE'],
      outputModalities: ['TEXT'],
      responseStreamingSupported: true,
      inferenceTypesSupported: ['ON_DEMAND'],
      modelLifecycle: { status: 'ACTIVE' },
    }),
  );
  const profiles = [
    {
      inferenceProfileId: 'abcd1234efgh',
      inferenceProfileName: 'mine',
      inferenceProfileArn: APPLICATION_PROFILE,
      status: 'ACTIVE' as const,
      type: 'APPLICATION' as const,
      models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${IDS.sonnet45}` }],
    },
  ];
  return startLocalBedrock({ models, profiles, ...options });
}

/** A model of pi's at a local Bedrock. */
export function modelAt(
  local: Local,
  id: string,
  more: Partial<PiModel> = {},
): Model<'bedrock-converse-stream'> {
  return {
    id,
    name: id,
    api: 'bedrock-converse-stream',
    provider: 'amazon-bedrock',
    baseUrl: local.url,
    reasoning: true,
    input: ['text', 'image'],
    cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    contextWindow: 200_000,
    maxTokens: 64_000,
    ...more,
  } as Model<'bedrock-converse-stream'>;
}

/** What a provider did: what it sent, what the service said to that, and what the caller got. */
export interface Run {
  status: number | undefined;
  body: Record<string, unknown>;
  events: unknown[];
  message: PiAssistantMessage;
}

/** Runs pi's own provider. */
export async function runPeer(
  local: Local,
  model: PiModel,
  context: PiContext,
  options: BedrockStreamOptions = {},
  simple = false,
): Promise<Run> {
  const { streamBedrock, streamSimpleBedrock } = bedrockProviderModule;
  // pi's simple calls drop bearerToken: the environment is the only way to hand it in.
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
  vi.stubEnv('AWS_REGION', local.region);
  try {
    return await watched(local, () =>
      (simple ? streamSimpleBedrock : streamBedrock)(
        model as Model<'bedrock-converse-stream'>,
        context as Context,
        options as StreamOptions,
      ),
    );
  } finally {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined);
    vi.stubEnv('AWS_REGION', undefined);
  }
}

/** Runs ours. */
export function runOurs(
  local: Local,
  model: PiModel,
  context: PiContext,
  options: BedrockStreamOptions = {},
  simple = false,
  provider: BedrockProviderOptions = {},
): Promise<Run> {
  const { stream, streamSimple } = createBedrockProvider({
    region: local.region,
    credentials: { token: local.apiKey },
    ...provider,
  });
  return watched(local, () => (simple ? streamSimple : stream)(model, context, options));
}

interface AnyStream {
  [Symbol.asyncIterator](): AsyncIterator<PiEvent | AssistantMessageEvent, undefined | unknown>;
  result(): Promise<PiAssistantMessage | AssistantMessage>;
}

async function watched(local: Local, start: () => AnyStream): Promise<Run> {
  const before = local.requests.length;
  const stream = start();
  const events: unknown[] = [];
  for await (const event of { [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator]() }) {
    events.push(plainEvent(event as PiEvent));
  }
  const message = (await stream.result()) as PiAssistantMessage;
  const request = local.requests.slice(before).at(-1);
  return {
    status: request?.status,
    body: (request?.body ?? {}) as Record<string, unknown>,
    events,
    message,
  };
}

/** An event without the message so far, which both providers share between all events. */
function plainEvent(event: PiEvent): unknown {
  if (event.type === 'done') return { ...event, message: plainMessage(event.message) };
  if (event.type === 'error') return { ...event, error: plainMessage(event.error) };
  const { partial: _live, ...rest } = event;
  return structuredClone(rest);
}

/** A message without what no two runs share, without what is ours alone, and with costs that do not end in dust. */
function plainMessage(message: PiAssistantMessage): unknown {
  const { timestamp: _time, diagnostics: _ours, responseId: _id, errorMessage: _words, ...rest } = message;
  const cost = Object.entries(rest.usage.cost).map(([name, usd]) => [name, Number(usd.toFixed(12))] as const);
  return structuredClone({ ...rest, usage: { ...rest.usage, cost: Object.fromEntries(cost) } });
}

/** A body as the service reads it: an empty `inferenceConfig` says nothing. */
export function meaning(body: Record<string, unknown>): Record<string, unknown> {
  const { inferenceConfig, ...rest } = body;
  const isEmpty = Object.keys(inferenceConfig ?? {}).length === 0;
  return isEmpty ? rest : { ...rest, inferenceConfig };
}
