import type { LocalServer } from 'bedrock-anywhere/local/node';
import { expect } from 'vitest';
import { bearerOf, environmentOf } from '../bedrock.js';

/** Where a program finds `bedrock-anywhere/fetch`: it runs in the folder of its client. */
export const fetchModule = new URL('../../../../dist/node/fetch.js', import.meta.url).href;

export const PROMPT = 'What is the weather in Paris and Rome, in all?';

/** Two calls at once, another one from their results, and an answer. */
export const script = [
  { toolResult: { pattern: String.raw`\b42\b` }, text: 'It is 42 degrees in all.' },
  { toolResult: 'celsius', toolUse: { name: 'add', input: { numbers: [18, 24] } } },
  {
    user: PROMPT,
    reasoning: 'Both cities at once.',
    text: 'I will look.',
    toolUse: ['Paris', 'Rome'].map((city) => ({ name: 'get_weather', input: { city } })),
  },
];

export const LOOPED = {
  text: 'It is 42 degrees in all.',
  calls: [
    ['Paris', 'Rome'].map((city) => ({ name: 'get_weather', input: { city } })),
    [{ name: 'add', input: { numbers: [18, 24] } }],
  ],
};

/** The ways to authorize. */
export const CREDENTIALS = [
  ['access keys', environmentOf],
  ['an API key', bearerOf],
] as const;

/** The operations that a local Bedrock was asked for, all of which have to have worked. */
export function operationsOf(bedrock: LocalServer): (string | undefined)[] {
  expect(bedrock.requests.map(({ status }) => status)).toEqual(bedrock.requests.map(() => 200));
  return bedrock.requests.map(({ operation }) => operation);
}

/** The services that requests were signed for. */
export function servicesOf(bedrock: LocalServer): Set<string | undefined> {
  return new Set(
    bedrock.requests.map(
      ({ headers }) => /\/([a-z-]+)\/aws4_request/.exec(headers['authorization'] ?? '')?.[1],
    ),
  );
}
