import { createBedrock } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { requestLine } from '../../src/cli/print/request-line.js';
import type { ReceivedRequest } from '../../src/local/index.js';

const RECEIVED: ReceivedRequest = {
  method: 'POST',
  path: '/model/x/converse',
  operation: 'Converse',
  modelId: 'amazon.nova-lite-v1:0',
  headers: {},
  body: undefined,
  bodyText: '',
  status: 200,
  errorType: undefined,
  at: 0,
  durationMs: 12.4,
  usage: { inputTokens: 3, outputTokens: 5 },
  faults: [],
};

/** Starts `local`; resolves to what it has printed once it has printed so many times. */
function start(args: string[], columns: number | undefined) {
  const printed: string[] = [];
  let end: () => void = () => undefined;
  let wake: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const done = main(['local', ...args], {
    out: (text) => {
      printed.push(text);
      wake();
    },
    err: (text) => void printed.push(text),
    ended: () => ended,
    columns,
  });
  return {
    async printed(count: number): Promise<string[]> {
      while (printed.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return printed;
    },
    async stop(): Promise<string[]> {
      end();
      await done;
      return printed;
    },
  };
}

const KEYS = ['--access-key-id', 'AKIAMINE', '--secret-access-key', 'mine'];

async function call(printed: string): Promise<void> {
  const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
  const credentials = { accessKeyId: 'AKIAMINE', secretAccessKey: 'mine' };
  const bedrock = createBedrock({ region: 'us-east-1', endpoint, credentials });
  await bedrock.converse({ modelId: 'amazon.nova-lite-v1:0', prompt: 'ping' });
}

describe('bedrock-anywhere local', () => {
  it('prints a line for each request on a terminal', async () => {
    const local = start(KEYS, 200);
    await call((await local.printed(1)).join(''));
    const [, line] = await local.printed(2);
    await local.stop();
    expect(line).toMatch(/^200 Converse · amazon\.nova-lite-v1:0 · \d+ in, \d+ out · \d+ ms\n$/);
  });

  it('prints the address of its page, and the next one when somebody has opened it', async () => {
    const local = start(KEYS, 200);
    const address = /http:\/\/\S+\/#[\w-]{43}/;
    const [url = '', token = ''] = address.exec((await local.printed(1)).join(''))?.[0].split('/#') ?? [];
    const visit = { method: 'POST', headers: { origin: url }, body: token };
    expect((await fetch(`${url}/_page/visit`, visit)).status).toBe(200);
    const [, line = ''] = await local.printed(2);
    await local.stop();
    expect(line).toMatch(/^The page is open\. Its address for another tab: http/);
    expect(address.exec(line)?.[0]).not.toContain(token);
  });

  it.each([
    ['a pipe', [], undefined],
    ['JSON', ['--json'], 200],
  ])('prints none into %s', async (_what, args, columns) => {
    const local = start([...KEYS, ...args], columns);
    await call((await local.printed(1)).join(''));
    expect(await local.stop()).toHaveLength(1);
  });
});

describe('requestLine()', () => {
  it.each([
    [{}, '200 Converse · amazon.nova-lite-v1:0 · 3 in, 5 out · 12 ms'],
    [
      {
        status: 429,
        usage: undefined,
        errorType: 'ThrottlingException',
        faults: ['throttle', 'retry-after'],
      },
      '429 Converse · amazon.nova-lite-v1:0 · 12 ms · ThrottlingException · fault: throttle, retry-after',
    ],
    [
      { operation: undefined, modelId: undefined, usage: undefined, status: 404, path: '/favicon.ico?x=1' },
      '404 POST /favicon.ico · 12 ms',
    ],
    [
      { modelId: undefined, usage: undefined, operation: 'ListFoundationModels' },
      '200 ListFoundationModels · 12 ms',
    ],
  ])('with %j is %s', (more, expected) => {
    expect(requestLine({ ...RECEIVED, ...more })).toBe(expected);
  });
});
