import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallOptions, createBedrock, explain, fromResponse } from '../../src/index.js';
import { until } from '../clock.js';
import { type Answer, answerFrames, frames, startServer, type TestServer } from '../converse/server.js';
import { CALLS, outcomeOf } from './calls.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

let server: TestServer;
const open = async (answer: Answer) => {
  server = await startServer(answer);
  return createBedrock({ region: 'us-east-1', endpoint: server.url, credentials: { token: 'key' } });
};
afterEach(() => server.close());

describe('a signal that is none', () => {
  const half = { aborted: false, addEventListener() {} };
  const wrong: unknown[] = [false, 0, '', 'abort', true, {}, new AbortController(), half];

  it.each(wrong)('%j is an ERR_INPUT before anything is sent', async (signal) => {
    const bedrock = await open(frames(...answerFrames('a')));
    const options = { signal } as CallOptions;
    const stream = () => bedrock.stream(request, options);
    const calls = [
      stream().result(),
      stream().text(),
      stream()[Symbol.asyncIterator]().next(),
      explain(options),
      ...Object.entries(CALLS)
        .filter(([name]) => !name.includes('Cognito'))
        .map(([, call]) => call(server.url, options)),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'ERR_INPUT', message: expect.stringContaining('The option signal is') },
      });
    }
    expect((await stream().toResponse()).status).toBe(500);
    expect(() => fromResponse(new Response(''), options)).toThrow(/The option signal is/);
    expect(server.requests).toHaveLength(0);
  });
});

describe('one signal for many calls', () => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.name);
  beforeEach(() => {
    warnings.length = 0;
    process.on('warning', note);
    return () => process.off('warning', note);
  });

  it('has one listener, and none when they are over', async () => {
    const bedrock = await open(() => {});
    const controller = new AbortController();
    const { signal } = controller;
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    const outcomes = Array.from({ length: 50 }, () => [
      outcomeOf(bedrock.stream(request, { signal }).result()),
      outcomeOf(bedrock.converse(request, { signal })),
    ]).flat();
    await until(() => server.requests.length === outcomes.length);
    expect(warnings).toEqual([]);
    expect(add.mock.calls.length - remove.mock.calls.length).toBe(1);
    const reason = new Error('enough');
    controller.abort(reason);
    await until(() => outcomes.every(({ now }) => now !== 'waiting'));
    expect(outcomes.every(({ now }) => now === reason)).toBe(true);
    expect(add.mock.calls.length - remove.mock.calls.length).toBe(0);
  });

  it('is forgotten call by call', async () => {
    const bedrock = await open(frames(...answerFrames('a')));
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    await Promise.all(Array.from({ length: 30 }, () => bedrock.stream(request, { signal }).text()));
    expect(add.mock.calls.length).toBeGreaterThan(0);
    expect(add.mock.calls.length - remove.mock.calls.length).toBe(0);
    expect(warnings).toEqual([]);
  });
});
