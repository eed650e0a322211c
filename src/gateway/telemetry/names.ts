/**
 * Names of OpenTelemetry's conventions for generative AI, and nowhere else in this library. Source: open-telemetry/semantic-conventions-genai
 * v0.1.0, docs/gen-ai/client-inference.md, client-embeddings.md, gen-ai-token-metrics.md and aws-bedrock.md, read 2026-11-29. All of them have
 * the status "development". Names that begin with `bedrock_anywhere` are this library's own.
 */

export const SPAN_KIND_CLIENT = 2;
export const STATUS_ERROR = 2;

export const PROVIDER = 'aws.bedrock';

export const ATTRIBUTES = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  stream: 'gen_ai.request.stream',
  maxTokens: 'gen_ai.request.max_tokens',
  temperature: 'gen_ai.request.temperature',
  topP: 'gen_ai.request.top_p',
  dimensions: 'gen_ai.embeddings.dimension.count',
  encodings: 'gen_ai.request.encoding_formats',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheRead: 'gen_ai.usage.cache_read.input_tokens',
  cacheWrite: 'gen_ai.usage.cache_write.input_tokens',
  modality: 'gen_ai.token.modality',
  errorType: 'error.type',
  awsRequestId: 'aws.request_id',
  guardrail: 'aws.bedrock.guardrail.id',
  caller: 'bedrock_anywhere.caller',
  askedModel: 'bedrock_anywhere.asked_model',
  client: 'bedrock_anywhere.client',
  outcome: 'bedrock_anywhere.outcome',
  cost: 'bedrock_anywhere.cost',
} as const;

/** In place of a stop reason that did not come. */
export const FINISH_ERROR = 'error';

/** For a failure without a name of its own. */
export const OTHER_ERROR = '_OTHER';

/** Bedrock does not say which of the tokens are text. */
export const UNKNOWN_MODALITY = 'unknown';

/** In seconds. */
const DURATIONS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

const duration = { unit: 's', advice: { explicitBucketBoundaries: DURATIONS } };
const tokens = { unit: '{token}', advice: { explicitBucketBoundaries: TOKENS } };

/** Instruments whose values are distributed, by operation. */
export const HISTOGRAMS = {
  chat: {
    duration: {
      name: 'gen_ai.client.inference.duration',
      options: { description: 'Duration of calls to models.', ...duration },
    },
    timeToFirstChunk: {
      name: 'gen_ai.client.inference.time_to_first_chunk',
      options: { description: 'Time until the first content of a streamed answer.', ...duration },
    },
    inputTokens: {
      name: 'gen_ai.client.inference.operation.input_tokens',
      options: { description: 'Input tokens of each call, cached ones included.', ...tokens },
    },
    outputTokens: {
      name: 'gen_ai.client.inference.operation.output_tokens',
      options: { description: 'Output tokens of each call.', ...tokens },
    },
  },
  embeddings: {
    duration: {
      name: 'gen_ai.client.embeddings.duration',
      options: { description: 'Duration of calls to models for embeddings.', ...duration },
    },
    inputTokens: {
      name: 'gen_ai.client.embeddings.operation.input_tokens',
      options: { description: 'Input tokens of each call for embeddings.', ...tokens },
    },
  },
} as const;

/** Instruments that count tokens of answers. */
export const COUNTERS = {
  inputTokens: {
    name: 'gen_ai.client.inference.usage.input_tokens',
    options: { description: 'Input tokens, cached ones included.', unit: '{token}' },
  },
  outputTokens: {
    name: 'gen_ai.client.inference.usage.output_tokens',
    options: { description: 'Output tokens.', unit: '{token}' },
  },
  cacheRead: {
    name: 'gen_ai.client.inference.usage.cache_read.input_tokens',
    options: { description: 'Input tokens that were read from the prompt cache.', unit: '{token}' },
  },
  cacheWrite: {
    name: 'gen_ai.client.inference.usage.cache_write.input_tokens',
    options: { description: 'Input tokens that were written to the prompt cache.', unit: '{token}' },
  },
} as const;
