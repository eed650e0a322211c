import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect } from 'vitest';
import { damage } from '../fuzz/odd-json.js';
import type { Random } from '../fuzz/random.js';
import { fuzz, fuzzProperty } from '../fuzz/seed.js';
import fc from '../property.js';
import { anyAnswer, writeInAll } from './any-answer.js';
import { ANY_REQUEST } from './any-request.js';
import { setUp } from './setup.js';

/** Of the default number of streams; each run has a gateway of its own. */
const SHARE = 0.05;

/** Refusals that are right whatever is sent: only the client can choose a model that sees images, or write something. */
const OWN_FAULT =
  /^(?:This model doesn't support the (?:image|document) field|Every message of the request is empty)/;

describe.each(ANY_REQUEST)('%s', (path, request) => {
  let accepted = 0;
  let runs = 0;
  fuzzProperty(
    'turns any valid request into one that Bedrock accepts, or refuses it in its own shape',
    SHARE,
    request,
    async (body) => {
      runs += 1;
      const gateway = await setUp();
      const response = await gateway.send(path, body);
      const text = await response.text();
      if (response.status === 200) {
        accepted += 1;
        return;
      }
      // An answer without the JSON that the request wants is no fault of the request.
      if (response.status === 502 && text.includes('did not answer with the JSON')) return;
      const { error } = JSON.parse(text);
      expect([response.status, error.type, typeof error.message], text).toEqual([
        400,
        'invalid_request_error',
        'string',
      ]);
      const sent = gateway.local.requests.at(-1);
      if (sent !== undefined) expect(error.message, JSON.stringify(sent.body)).toMatch(OWN_FAULT);
    },
    // About half of them are accepted: if hardly any were, this would prove little.
    () => expect(accepted).toBeGreaterThan(runs / 10),
  );

  fuzz('answers a request with anything in it, or refuses it in its own shape', {
    share: SHARE * 2,
    async run(random) {
      const [valid] = fc.sample(request, { numRuns: 1, seed: random.below(2 ** 31) });
      const body = poison(random, JSON.stringify(damage(random, valid)));
      const gateway = await setUp();
      const response = await gateway.send(path, body);
      const text = await response.text();
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      if (response.status === 200 || text.includes('did not answer with the JSON')) return;
      const { error } = JSON.parse(text);
      expect(response.status, `${text}\n${body.slice(0, 5000)}`).toSatisfy(
        (status) => status >= 400 && status < 500,
      );
      expect([typeof error.type, typeof error.message]).toEqual(['string', 'string']);
      // What is repeated of a request is no longer than anybody reads.
      expect(text.length).toBeLessThan(4000);
      for (const [, value] of response.headers) expect(value).toMatch(/^[\x20-\x7e]*$/);
    },
  });
});

const DEEP = 100_000;

/** Puts what only the text of JSON can hold into a request, at times. */
function poison(random: Random, json: string): string {
  const ways: (() => string)[] = [
    () => json,
    () => json.replace(/^\{/, '{"__proto__":{"polluted":1,"stream":true},'),
    () => json.replace(/"content":/, '"__proto__":{"role":"system"},"content":'),
    () => json.replace(/\{/, `{"x":${'['.repeat(DEEP)}${']'.repeat(DEEP)},`),
    () => json.replace(/\{/, `{"x":${'{"a":'.repeat(300)}1${'}'.repeat(300)},`),
    () => json.replace(/\{/, `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":0,`).join('')}`),
    () => json.replace(/:1\b/, ':1e999'),
    () => json.replace(/:\d+/, ':-0'),
    () => json.replace(/"model":/, '"model":"x","model":'),
    () => json.replace(/"role":"user"/, '"role":"user","role":{"toString":1,"valueOf":1}'),
  ];
  return random.chance(0.5) ? json : random.pick(ways)();
}

/** Clients that are given a stream. */
function clientsOf(stream: string) {
  const respond = async () => new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  const options = { apiKey: 'k', maxRetries: 0, fetch: respond };
  return { openai: new OpenAI(options), anthropic: new Anthropic(options) };
}

const sorted = (items: readonly unknown[]): string[] => items.map((item) => JSON.stringify(item)).sort();
/** Blocks may grow at the same time, so that only what they consist of is certain. */
const letters = (texts: readonly string[]): string => [...texts.join('')].sort().join('');

describe('any answer of a model', () => {
  fuzzProperty('is read by the package openai, from Chat Completions', SHARE, anyAnswer, async (answer) => {
    const { openai } = clientsOf(writeInAll(answer).chat);
    const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }] };
    const stream = openai.chat.completions.stream(ask);
    if (answer.breaks) {
      await expect(stream.finalChatCompletion()).rejects.toThrow('The gateway failed');
      return;
    }
    const { choices, usage } = await stream.finalChatCompletion();
    const [choice] = choices;
    const { said } = answer;
    expect(letters([choice?.message.content ?? ''])).toBe(letters(said.texts));
    const calls = (choice?.message.tool_calls ?? []).map((call) => {
      if (call.type !== 'function') throw new Error(`This is a ${call.type}.`);
      return { name: call.function.name, input: JSON.parse(call.function.arguments) };
    });
    expect(sorted(calls)).toEqual(sorted(said.calls));
    expect([choice?.finish_reason, usage?.total_tokens]).toEqual([
      said.calls.length > 0 ? 'tool_calls' : 'stop',
      5,
    ]);
  });

  fuzzProperty('is read by the package openai, from Responses', SHARE, anyAnswer, async (answer) => {
    const { openai } = clientsOf(writeInAll(answer).responses);
    const stream = openai.responses.stream({ model: 'm', input: 'x' });
    if (answer.breaks) {
      await expect(stream.finalResponse()).rejects.toThrow();
      return;
    }
    const { output, status, usage } = await stream.finalResponse();
    const { said } = answer;
    expect([status, usage?.total_tokens]).toEqual(['completed', 5]);
    const texts = output.flatMap((item) =>
      item.type === 'message'
        ? item.content.map((part) => (part.type === 'output_text' ? part.text : part.refusal))
        : [],
    );
    expect(letters(texts)).toBe(letters(said.texts));
    const calls = output.flatMap((item) =>
      item.type === 'function_call' ? [{ name: item.name, input: JSON.parse(item.arguments) }] : [],
    );
    expect(sorted(calls)).toEqual(sorted(said.calls));
    const thoughts = output.flatMap((item) =>
      item.type === 'reasoning' ? item.summary.map(({ text }) => text) : [],
    );
    expect(letters(thoughts)).toBe(letters(said.thoughts));
  });

  fuzzProperty(
    'is read by the package @anthropic-ai/sdk, from Messages',
    SHARE,
    anyAnswer,
    async (answer) => {
      const { anthropic } = clientsOf(writeInAll(answer).messages);
      const ask = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'x' }] };
      const stream = anthropic.messages.stream(ask);
      if (answer.breaks) {
        await expect(stream.finalMessage()).rejects.toThrow('The gateway failed');
        return;
      }
      const { content, usage, stop_reason } = await stream.finalMessage();
      const { said } = answer;
      expect(letters(content.map((block) => (block.type === 'text' ? block.text : '')))).toBe(
        letters(said.texts),
      );
      expect(letters(content.map((block) => (block.type === 'thinking' ? block.thinking : '')))).toBe(
        letters(said.thoughts),
      );
      expect(
        sorted(content.flatMap((block) => (block.type === 'thinking' ? [block.signature] : []))),
      ).toEqual(sorted(said.signatures));
      expect(content.filter(({ type }) => type === 'redacted_thinking')).toHaveLength(said.redacted);
      const calls = content.flatMap((block) =>
        block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
      );
      expect(sorted(calls)).toEqual(sorted(said.calls));
      expect([usage.output_tokens, stop_reason === null]).toEqual([2, false]);
    },
  );
});
