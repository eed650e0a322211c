import { createBedrock } from 'bedrock-anywhere';
import {
  createGateway,
  fromKeys,
  type GatewayLogEntry,
  type GatewayOptions,
  hashKey,
} from 'bedrock-anywhere/gateway';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { createRecorder } from './recorder.js';
import { KEY, NOVA } from './setup.js';

/** It speaks Messages at bedrock-runtime. */
const CLAUDE = 'us.anthropic.claude-opus-5';

const THROTTLED = 'status=429:ThrottlingException';
const TARGETS = [
  { modelId: CLAUDE, client: 'a' },
  { modelId: NOVA, client: 'a' },
  { modelId: CLAUDE, client: 'b' },
];

/** A gateway whose name `sonnet` leads to a model in two accounts, and to another model between them. */
async function setUp(faults: string[], options: Partial<GatewayOptions> = {}, models: unknown = TARGETS) {
  const first = createLocalBedrock({ faults, script: [{ text: 'This is a.' }] });
  const second = createLocalBedrock({ script: [{ text: 'This is b.' }] });
  const clients = Object.fromEntries(
    [first, second].map((local, i) => [
      i === 0 ? 'a' : 'b',
      createBedrock({ transport: localTransport(local), maxAttempts: 1 }),
    ]),
  );
  const log: GatewayLogEntry[] = [];
  const recorder = createRecorder();
  const gateway = createGateway({
    bedrock: createBedrock({ transport: localTransport(createLocalBedrock()) }),
    clients,
    authorize: fromKeys([{ name: 'team-a', hash: await hashKey(KEY) }]),
    models: { aliases: { sonnet: models as typeof TARGETS } },
    log: (entry) => log.push(entry),
    telemetry: { tracer: recorder.tracer, meter: recorder.meter },
    ...options,
  });
  const send = (path: string, body: unknown): Promise<Response> =>
    gateway.fetch(
      new Request(`http://gateway.test${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      }),
    );
  return { first, second, log, send, ...recorder };
}

const CONVERSE = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };
const MESSAGES = { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 100 };
const INVOKE = { ...MESSAGES, anthropic_version: 'bedrock-2023-05-31' };

/** Paths and bodies, and the place of the first target after the throttled one that can read the body. */
const CASES = [
  ['/model/sonnet/converse', CONVERSE, 2],
  ['/model/sonnet/converse-stream', CONVERSE, 2],
  ['/model/sonnet/invoke', INVOKE, 3],
  ['/model/sonnet/invoke-with-response-stream', INVOKE, 3],
  ['/anthropic/v1/messages', { ...MESSAGES, model: 'sonnet' }, 3],
  ['/anthropic/v1/messages', { ...MESSAGES, model: 'sonnet', stream: true }, 3],
] as const;

describe.each(CASES)('a request that is passed on: %s', (path, body, place) => {
  it('goes to the next target that can read it when one is throttled', async () => {
    const { first, second, log, send, spans } = await setUp([THROTTLED]);
    const response = await send(path, body);
    expect([response.status, (await response.text()).length > 0]).toEqual([200, true]);
    const said = ['target', 'tried'].map((name) => response.headers.get(`x-bedrock-anywhere-${name}`));
    expect(said).toEqual([String(place), '2']);
    const { modelId, client } = TARGETS[place - 1] ?? {};
    expect(client === 'a' ? first.requests.length : second.requests.length).toBe(client === 'a' ? 2 : 1);
    expect(log).toMatchObject([
      {
        modelId,
        targets: [
          { client: 'a', failure: 'throttled' },
          { client, failure: undefined },
        ],
      },
    ]);
    expect(log[0]?.usage?.outputTokens).toBeGreaterThan(0);
    expect(spans).toMatchObject([
      {
        status: 2,
        attributes: { 'bedrock_anywhere.client': 'a', 'error.type': expect.stringMatching(/Thrott|rate/i) },
      },
      {
        status: undefined,
        attributes: {
          'bedrock_anywhere.client': client,
          'bedrock_anywhere.outcome': 'complete',
          'gen_ai.usage.output_tokens': log[0]?.usage?.outputTokens,
        },
      },
    ]);
  });

  it('is refused in the words of the first target if it is wrong', async () => {
    const { second, send } = await setUp(['status=400:ValidationException']);
    expect((await send(path, body)).status).toBe(400);
    expect(second.requests).toEqual([]);
  });
});

describe('a request in the protocol of its model', () => {
  const body = { ...MESSAGES, model: 'sonnet' };

  it('is passed on by the client of its target', async () => {
    const { second, send } = await setUp([], {}, { modelId: CLAUDE, client: 'b' });
    expect((await send('/v1/messages', body)).status).toBe(200);
    expect(second.requests.map(({ operation }) => operation)).toEqual(['CreateMessage']);
  });

  it('is translated if its name has several targets', async () => {
    const { first, second, send } = await setUp([THROTTLED], {}, [TARGETS[0], TARGETS[2]]);
    expect((await send('/v1/messages', body)).status).toBe(200);
    expect([...first.requests, ...second.requests].map(({ operation }) => operation)).toEqual([
      'Converse',
      'Converse',
    ]);
  });
});
