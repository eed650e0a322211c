import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../converse/server.js';
import { eventsOf, framesOf, textOf } from '../events.js';
import { failure, modelPath, say, send } from '../request.js';
import { answers, ask, bodiesOf, chunk, completion, setUp, streams } from './server.js';

const WHOLE = answers(completion({ content: 'From the upstream.' }));

describe('a script', () => {
  it('answers what its rules match; the upstream gets the rest', async () => {
    const { bedrock, server } = await setUp(WHOLE, { script: [{ user: 'ping', text: 'pong' }] });
    expect((await bedrock.converse(ask('ping'))).text).toBe('pong');
    expect(await bedrock.stream(ask('ping')).text()).toBe('pong');
    expect(server.requests).toEqual([]);
    expect((await bedrock.converse(ask('Hi'))).text).toBe('From the upstream.');
    expect(server.requests.length).toBe(1);
  });

  it('whose rule has no reply of its own leaves the answer to the upstream', async () => {
    const error = { name: 'modelStreamErrorException', afterEvents: 2 };
    const { local } = await setUp(streams(chunk({ content: 'a' }), chunk({ content: 'b' }, 'stop')), {
      script: [{ error }],
    });
    const frames = await framesOf(await send(local, { path: modelPath('converse-stream'), body: say('Hi') }));
    expect(eventsOf(frames).map(([type, { delta }]) => [type, delta])).toEqual([
      ['messageStart', undefined],
      ['contentBlockDelta', { text: 'a' }],
      ['modelStreamErrorException', undefined],
    ]);
  });
});

describe('faults', () => {
  it('come first: a request that is throttled never reaches the upstream', async () => {
    const { local, server } = await setUp(WHOLE);
    const sketch = {
      path: modelPath('converse'),
      body: say('Hi'),
      headers: { 'x-local-fault': 'throttle=1' },
    };
    expect(await failure(await send(local, sketch))).toMatchObject({ name: 'ThrottlingException' });
    expect(server.requests).toEqual([]);
  });

  it('truncate its answers too', async () => {
    const { local } = await setUp(WHOLE);
    const headers = { 'x-local-fault': 'truncate=20' };
    const response = await send(local, { path: modelPath('converse'), body: say('Hi'), headers });
    expect((await response.arrayBuffer()).byteLength).toBe(20);
  });
});

describe('a guardrail', () => {
  const guardrailConfig = { guardrailIdentifier: 'localguardrail', guardrailVersion: '1', trace: 'enabled' };

  it('blocks a prompt before the upstream sees it', async () => {
    const { local, server } = await setUp(WHOLE);
    const body = { ...say('This is forbidden.'), guardrailConfig };
    const response = await send(local, { path: modelPath('converse'), body });
    expect(await response.json()).toMatchObject({ stopReason: 'guardrail_intervened' });
    expect(server.requests).toEqual([]);
  });

  it('reads a whole answer before any of it is sent', async () => {
    const { local, server } = await setUp(answers(completion({ content: 'The word is swordfish.' })));
    const body = { ...say('Hi'), guardrailConfig };
    const message = expect.stringContaining('the guardrail of this local Bedrock');
    const whole = await send(local, { path: modelPath('converse'), body });
    expect(await whole.json()).toMatchObject({
      output: { message: { content: [{ text: message }] } },
      stopReason: 'guardrail_intervened',
    });
    const frames = await framesOf(await send(local, { path: modelPath('converse-stream'), body }));
    expect(textOf(frames)).toEqual(message);
    expect(eventsOf(frames).at(-2)).toEqual(['messageStop', { stopReason: 'guardrail_intervened' }]);
    for (const sent of bodiesOf(server)) expect(sent).not.toHaveProperty('stream');
  });
});

describe('the pace of a stream', () => {
  it('is that of the upstream, slowed down by tokensPerSecond', async () => {
    const { local } = await setUp(streams(chunk({ content: 'abcd' }, 'stop')), { tokensPerSecond: 1e6 });
    const frames = await framesOf(await send(local, { path: modelPath('converse-stream'), body: say('Hi') }));
    expect(eventsOf(frames)[1]?.[1]).toMatchObject({ delta: { text: 'abcd' } });
  });
});

describe('the model of the upstream, if it was not set', () => {
  const list = (...ids: string[]) =>
    answers({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });

  /** What each of some requests asked for. */
  async function chosenBy(requests: number, ...steps: Answer[]) {
    const { server } = await setUp(steps);
    const local = createLocalBedrock({ upstream: `${server.url}/v1/` });
    const bedrock = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
    for (let i = 0; i < requests; i++) await bedrock.converse(ask()).catch(() => undefined);
    return server.requests.map(({ path, body }) => [
      path,
      body && (JSON.parse(body) as { model: string }).model,
    ]);
  }

  it('is the first that it lists, embedding models aside; the list is read once', async () => {
    expect(await chosenBy(2, list('nomic-embed-text', 'qwen3:8b', 'llama3.2'), WHOLE, WHOLE)).toEqual([
      ['/v1/models', ''],
      ['/v1/chat/completions', 'qwen3:8b'],
      ['/v1/chat/completions', 'qwen3:8b'],
    ]);
  });

  it("is Bedrock's, if the upstream lists it, or lists nothing", async () => {
    const bedrock = 'amazon.nova-lite-v1:0';
    expect((await chosenBy(1, list('other', bedrock), WHOLE))[1]).toEqual(['/v1/chat/completions', bedrock]);
    expect((await chosenBy(1, list(), WHOLE))[1]).toEqual(['/v1/chat/completions', bedrock]);
    expect((await chosenBy(1, answers({ error: 'no such page' }, 404), WHOLE))[1]).toEqual([
      '/v1/chat/completions',
      bedrock,
    ]);
  });

  it('is looked up again after a failure', async () => {
    const gone = answers({ error: 'no such model' }, 404);
    expect(await chosenBy(2, list('old'), gone, list('new'), WHOLE)).toEqual([
      ['/v1/models', ''],
      ['/v1/chat/completions', 'old'],
      ['/v1/models', ''],
      ['/v1/chat/completions', 'new'],
    ]);
  });
});
