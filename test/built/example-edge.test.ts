import type { EdgeVM } from '@edge-runtime/vm';
import type { LocalBedrockOptions } from 'bedrock-anywhere/local';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEdgeVm } from '../edge-vm.js';
import { bundle } from './bundle.js';

const token = 'the-token-of-the-only-caller-there-is';

let script: string;
let local: LocalServer;
let vm: EdgeVM;

beforeAll(async () => {
  script = await bundle(
    "import * as route from '../../examples/vercel-edge/app/api/chat/route.ts'; globalThis.route = route;",
    'iife',
    ['edge-light', 'worker', 'browser'],
  );
});
beforeEach(() => start());
afterEach(() => local.close());

/** Starts a local Bedrock, and the route as deployed in front of it. */
async function start(faults: LocalBedrockOptions['faults'] = []): Promise<void> {
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }], faults });
  vm = createEdgeVm({
    ACCESS_TOKENS: token,
    AWS_BEARER_TOKEN_BEDROCK: local.apiKey,
    AWS_REGION: local.region,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: local.url,
  });
  vm.evaluate(script);
}

/** What a program in the edge VM gives, which finds a request of a chat in `ask()`. */
async function inVm<T>(program: string): Promise<T> {
  const json = await (vm.evaluate(`(async () => {
    const ask = (init = {}, body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'ping' }] }] })) =>
      route.POST(
        new Request('https://app.example/api/chat', {
          method: 'POST',
          headers: { authorization: 'Bearer ${token}' },
          body,
          ...init,
        }),
      );
    ${program}
  })().then(JSON.stringify)`) as Promise<string>);
  return JSON.parse(json) as T;
}

describe("the example vercel-edge, in Vercel's edge VM", () => {
  it('asks for the edge, and has no module of Node or AWS', async () => {
    expect(await inVm('return route.runtime;')).toBe('edge');
    expect(script).not.toMatch(/["'`]node:|\brequire\(|@aws-sdk|@smithy/);
  });

  it("streams Converse's events as server-sent events", async () => {
    const { status, type, body } = await inVm<{ status: number; type: string; body: string }>(`
      const response = await ask();
      const type = response.headers.get('content-type');
      return { status: response.status, type, body: await response.text() };`);
    expect([status, type]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const events = body
      .trim()
      .split('\n\n')
      .map((event) => event.split('\n'));
    const [first = ''] = events[0]?.slice(1) ?? [];
    expect([events[0]?.[0], JSON.parse(first.slice('data: '.length))]).toEqual([
      'event: messageStart',
      { type: 'messageStart', role: 'assistant' },
    ]);
    const deltas = events.filter(([name]) => name === 'event: contentBlockDelta');
    const text = deltas.map(
      ([, data = '']) => (JSON.parse(data.slice(6)) as { delta: { text: string } }).delta.text,
    );
    expect(text.join('')).toBe('pong pong pong');
    expect(events.at(-1)?.[0]).toBe('event: metadata');
  });

  it.each([
    [
      'leaves the answer',
      'const reader = response.body.getReader(); await reader.read(); await reader.cancel();',
    ],
    [
      'aborts the request',
      'const reader = response.body.getReader(); await reader.read(); controller.abort();',
    ],
  ])('ends the call when the visitor %s', async (_how, leave) => {
    await local.close();
    await start(['stall=2']);
    await inVm(`
      const controller = new AbortController();
      const response = await ask({ signal: controller.signal });
      ${leave}
      return null;`);
    await expect.poll(() => local.liveConnections()).toBe(0);
    expect(local.requests.map(({ operation }) => operation)).toEqual(['ConverseStream']);
  });

  it.each([
    ['no messages', '{}'],
    ['no JSON', 'hello'],
  ])('answers a request with %s with a status and what to send', async (_what, body) => {
    const { status, text } = await inVm<{ status: number; text: string }>(`
      const response = await ask({}, ${JSON.stringify(body)});
      return { status: response.status, text: await response.text() };`);
    expect([status, text]).toEqual([400, 'Send JSON: { messages: [{ role, content: [{ text }] }] }']);
    expect(local.requests).toEqual([]);
  });

  it('answers only callers with a token', async () => {
    expect(await inVm('return (await ask({ headers: {} })).status;')).toBe(401);
    expect(local.requests).toEqual([]);
  });
});
