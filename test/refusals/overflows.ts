/** How models say that a conversation is too long for them. */
export interface Overflow {
  exception: string;
  /** The recorded sentence. */
  said: string;
  /** Where it was recorded. */
  source: string;
  /** When the source was read, YYYY-MM-DD. */
  read: string;
}

const READ = '2026-11-29';
const MODEL = 'The model returned the following errors:';

export const OVERFLOWS: readonly Overflow[] = [
  {
    exception: 'ValidationException',
    said: `${MODEL} prompt is too long: 1000034 tokens > 1000000 maximum`,
    source: 'https://github.com/archestra-ai/archestra/pull/7011',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: `${MODEL} Input is too long for requested model.`,
    source: 'https://github.com/continuedev/continue/issues/9592',
    read: READ,
  },
  {
    exception: 'ModelStreamErrorException',
    said: 'Input is too long',
    source: 'https://github.com/openclaw/openclaw/issues/58839',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: 'Input exceeds the max input token limit',
    source: 'https://github.com/openclaw/openclaw/issues/58839',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: `${MODEL} input length and \`max_tokens\` exceed context limit: 190000 + 20000 > 200000, decrease input length or \`max_tokens\` and try again`,
    source: '@openclaw/ai 2026.9.6, overflow patterns of Anthropic',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: 'prompt tokens (282061) exceed model maximum (278528) for openai.gpt-5.6-sol',
    source: 'https://github.com/strands-agents/harness-sdk/pull/3722',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    source: 'https://github.com/cline/cline/issues/3120 (Grok)',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: 'Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)',
    source: '@openclaw/ai 2026.9.6, overflow patterns of Kimi',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: 'The maximum context length is 262144 tokens. However, about 332045 tokens were requested.',
    source: 'https://github.com/Kilo-Org/kilocode/issues/6534 (Kimi)',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: "The input (263000 tokens) is longer than the model's context length (262144 tokens).",
    source: 'https://github.com/openclaw/openclaw/issues/129352',
    read: READ,
  },
  {
    exception: 'ValidationException',
    said: "Input length (263000) exceeds model's maximum context length (262144).",
    source: 'https://github.com/stdapi-ai/stdapi.ai, _adapters/_responses_context.py',
    read: READ,
  },
];
