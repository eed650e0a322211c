import type { Refusal } from './refusal.js';

const says = (text: string) => ({ messages: [{ role: 'user', content: [{ text }] }] });
const read = '2026-11-28';

/** The client clamps a limit that it chose itself, and never one that the caller gave. */
export const CONTEXT_REFUSALS: readonly Refusal[] = [
  {
    what: 'an output limit that leaves no room for the prompt',
    modelId: 'moonshotai.kimi-k2.5',
    body: { ...says('Hi'), inferenceConfig: { maxTokens: 262_144 } },
    message:
      /^The model returned the following errors: "'max_tokens' or 'max_completion_tokens' is too large: 262144\. This model's maximum context length is 262144 tokens and your request has \d+ input tokens \(262144 > 262144 - \d+\)\. \(parameter=max_tokens, value=262144\)"$/,
    source: 'https://github.com/BerriAI/litellm/issues/22478',
    read,
    client: 'cannot help',
  },
  {
    what: "an output limit above the model's",
    modelId: 'meta.llama3-8b-instruct-v1:0',
    body: { ...says('Hi'), inferenceConfig: { maxTokens: 4096 } },
    message:
      'The maximum tokens you requested exceeds the model limit of 2048. Try again with a maximum tokens value that is lower than 2048.',
    source:
      'https://github.com/stdapi-ai/stdapi.ai (tests/probes/results, live, us-east-1), https://github.com/sigoden/aichat/pull/813',
    read: '2026-11-29',
    client: 'cannot help',
  },
  {
    what: 'a conversation that does not fit',
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    body: says('word '.repeat(170_000)),
    message: /^The model returned the following errors: prompt is too long: \d+ tokens > 200000 maximum$/,
    source: 'https://github.com/daisuke-awaji/moca/issues/254',
    read,
    client: 'cannot help',
  },
  {
    what: 'a conversation that does not fit',
    modelId: 'amazon.nova-micro-v1:0',
    body: says('word '.repeat(110_000)),
    // Recorded as far as the colon.
    message: /^The model returned the following errors: Input Tokens Exceeded: /,
    source: 'crmne/ruby_llm at fb5a49b, a recorded answer, https://github.com/crmne/ruby_llm',
    read,
    client: 'cannot help',
  },
];
