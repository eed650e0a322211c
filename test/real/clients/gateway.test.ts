import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { serveLocal } from '../agents/serve.js';
import { makeFolder } from '../agents/workplace.js';
import { LOOPED, PROMPT, script } from './cases/endpoints.js';
import { Client, type Environment } from './client.js';

/** Models that a protocol is translated for, and one that speaks it itself. */
const MODELS = {
  chat: [
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'us.amazon.nova-pro-v1:0',
    'openai.gpt-oss-120b-1:0',
  ],
  responses: [
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'us.amazon.nova-pro-v1:0',
    'us.openai.gpt-5.6-sol',
  ],
  messages: [
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'us.amazon.nova-pro-v1:0',
    'us.anthropic.claude-opus-5-5',
  ],
};
const [CLAUDE = ''] = MODELS.chat;

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Starts a gateway for one test; returns what its clients are told. */
async function start(rules: readonly object[] = script, more: Environment = {}): Promise<Environment> {
  const { url, apiKey } = await serveLocal(makeFolder(), rules);
  return { GATEWAY_URL: url, GATEWAY_KEY: apiKey, ...more };
}

/** An answer that has the form of the schema, whether as text or as the input of a tool. */
const objects = [{ text: '{"city":"Bern"}' }];

function describeClient(key: string, program: string, define: (client: () => Client) => void): void {
  describe(`${clientOf(key).name}, through a gateway,`, () => {
    let client: Client | undefined;
    beforeAll(async () => {
      client = await Client.ofNode(key, program);
    });
    afterAll(() => client?.[Symbol.dispose]());
    define(() => client as Client);
  });
}

for (const key of ['openai-6', 'openai-7']) {
  describeClient(key, 'openai.mjs', (client) => {
    for (const stream of [false, true]) {
      it.each(MODELS.chat)(`runs tools by Chat Completions (streamed: ${stream}) with %s`, async (model) => {
        const input = { via: 'gateway', model, prompt: PROMPT, stream };
        expect(await client().run('chatLoop', await start(), input)).toEqual(LOOPED);
      });

      it.each(MODELS.responses)(`runs tools by Responses (streamed: ${stream}) with %s`, async (model) => {
        const input = { via: 'gateway', model, prompt: PROMPT, stream, isStored: false };
        expect(await client().run('responseLoop', await start(), input)).toMatchObject(LOOPED);
      });
    }

    it('gets objects, embeddings and the list of models', async () => {
      const env = await start(objects);
      const model = 'us.anthropic.claude-opus-4-5-20251101-v1:0';
      const input = { via: 'gateway', model, prompt: 'Which city?', schema: SCHEMA };
      expect(await client().run('parse', env, input)).toEqual([{ city: 'Bern' }, { city: 'Bern' }]);
      const values = { via: 'gateway', model: 'amazon.titan-embed-text-v2:0', values: ['a', 'b'] };
      expect(await client().run('embed', env, values)).toEqual([1024, 1024]);
      expect(await client().run('models', env, { via: 'gateway' })).toContain(CLAUDE);
    });

    it('throws its own errors, retries, and notices an answer that broke off', async () => {
      const input = { via: 'gateway', model: CLAUDE };
      expect(
        await client().run('fail', await start([{ error: 'ThrottlingException' }]), input),
      ).toMatchObject({
        status: 429,
        code: 'rate_limit_exceeded',
      });
      const twice = await start([{ error: 'ThrottlingException', times: 3 }, { text: 'Hello.' }]);
      expect(await client().run('retry', twice, input)).toBe('Hello.');
      for (const model of [CLAUDE, MODELS.chat[2]])
        for (const fault of ['truncate=900', 'exception=modelStreamErrorException@4', 'reset=900']) {
          const cut = { via: 'gateway', model, fault };
          const { message } = await client().run<{ message?: string }>('cut', await start([]), cut);
          expect(`${model} ${fault}: ${message}`).not.toMatch(/: undefined$/);
        }
    });
  });
}

describeClient('anthropic', 'anthropic.mjs', (client) => {
  for (const stream of [false, true]) {
    it.each(MODELS.messages)(`runs tools (streamed: ${stream}) with %s`, async (model) => {
      const input = { via: 'gateway', model, prompt: PROMPT, stream };
      expect(await client().run('loop', await start(), input)).toMatchObject(LOOPED);
    });
  }

  it('brings thoughts back', async () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    const input = { via: 'gateway', model: CLAUDE, prompt: PROMPT, thinking };
    expect(await client().run('loop', await start(), input)).toMatchObject({
      ...LOOPED,
      reasoning: ['Both cities at once.'],
    });
  });

  it('runs tools by its runner, which asks for threads first', async () => {
    const input = { via: 'gateway', model: CLAUDE, prompt: PROMPT };
    expect(await client().run('runner', await start(), input)).toBe(LOOPED.text);
  });

  it('throws its own errors, retries, and notices an answer that broke off', async () => {
    const input = { via: 'gateway', model: CLAUDE };
    expect(await client().run('fail', await start([{ error: 'ThrottlingException' }]), input)).toMatchObject({
      name: 'RateLimitError',
      status: 429,
    });
    const twice = await start([{ error: 'ThrottlingException', times: 3 }, { text: 'Hello.' }]);
    expect(await client().run('retry', twice, input)).toBe('Hello.');
    for (const model of [CLAUDE, MODELS.messages[2]])
      for (const fault of ['truncate=900', 'exception=modelStreamErrorException@4', 'reset=900']) {
        const cut = { via: 'gateway', model, fault };
        const { message } = await client().run<{ message?: string }>('cut', await start([]), cut);
        expect(`${model} ${fault}: ${message}`).not.toMatch(/: undefined$/);
      }
  });
});

const PROTOCOLS = ['chat', 'responses', 'compatible', 'messages'] as const;

for (const key of ['ai-6-others', 'ai-7-others']) {
  describeClient(key, 'gateway-ai-sdk.mjs', (client) => {
    describe.each(PROTOCOLS)('with its provider for %s,', (protocol) => {
      const models = MODELS[protocol === 'compatible' ? 'chat' : protocol];
      const more = { GATEWAY_PROTOCOL: protocol };

      it.each(models)('runs tools, whole and as a stream, with %s', async (model) => {
        for (const name of ['loop', 'streamLoop'])
          expect(
            await client().run(name, await start(script, more), { model, prompt: PROMPT }),
          ).toMatchObject(LOOPED);
      });

      it.each(models)('answers, streams and leaves, with %s', async (model) => {
        const env = await start([{ text: 'One two three four five six.' }], more);
        const input = { model, prompt: 'Count.' };
        const usage = { input: expect.any(Number), output: expect.any(Number) };
        const text = 'One two three four five six.';
        expect(await client().run('answer', env, input)).toMatchObject({ text, usage, stopReason: 'stop' });
        const { texts, ...rest } = await client().run<{ texts: string[] }>('stream', env, input);
        expect(texts.join('')).toBe(text);
        expect(texts.length).toBeGreaterThan(2);
        expect(rest).toMatchObject({ stopReason: 'stop' });
        // Longer than all buffers on its way, so that it is the client that ends it.
        const long = await start([{ text: 'word '.repeat(20_000) }], more);
        const left = await client().run<{ texts: string[] }>('leave', long, input);
        expect(left.texts.join('').length).toBeLessThan(50_000);
      });

      it('gets objects', async () => {
        const model = 'us.anthropic.claude-opus-4-5-20251101-v1:0';
        const input = { model, prompt: 'Which city?', schema: SCHEMA };
        const found = await client().run('object', await start(objects, more), input);
        expect(found).toEqual([{ city: 'Bern' }, { city: 'Bern' }]);
      });

      it('shows an image, and makes a model call a tool', async () => {
        const env = await start([{ user: 'picture', text: 'A dot.' }], more);
        const shown = { model: CLAUDE, prompt: 'What is in the picture?', bytes: PNG };
        expect(await client().run('image', env, shown)).toMatchObject({ text: 'A dot.' });
        const forced = await client().run('forceTool', env, { model: CLAUDE, prompt: 'Hi' });
        expect(forced).toMatchObject([{ name: 'get_weather' }]);
      });

      it('does not take an answer that broke off for complete', async () => {
        const error = { name: 'modelStreamErrorException', afterEvents: 4 };
        const env = await start([{ text: 'One two three four five six seven.', error }], more);
        const cut = await client().run<{ failure?: object; stopReason?: string }>('stream', env, {
          model: CLAUDE,
          prompt: 'Count.',
        });
        expect(cut.failure).toBeDefined();
      });
    });
  });
}
