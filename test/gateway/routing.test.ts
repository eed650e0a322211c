import { createBedrock } from 'bedrock-anywhere';
import { createGateway, fromKeys, type GatewayOptions, hashKey } from 'bedrock-anywhere/gateway';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { until } from '../clock.js';
import { collectChat } from './collect-chat.js';
import type { Outcome } from './outcomes.js';
import { CLAUDE, json, KEY, NOVA, setUp } from './setup.js';
import { setUpTargets } from './targets.js';
import { manualTimers } from './timers.js';

const CHAT = '/v1/chat/completions';
const ASK = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] };
const STREAM = { ...ASK, stream: true };
const TWO = {
  aliases: {
    'gpt-4o': [
      { modelId: NOVA, client: 'a' },
      { modelId: CLAUDE, client: 'b' },
    ],
  },
};
const THROTTLED: Outcome = { code: 'ERR_THROTTLED' };

const targetOf = (response: Response): (string | null)[] =>
  ['target', 'tried'].map((name) => response.headers.get(`x-bedrock-anywhere-${name}`));

async function textOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.headers.get('content-type')?.includes('event-stream'))
    return JSON.parse(text).choices?.[0]?.message.content;
  const { message, isDone } = collectChat(text);
  return isDone ? message['content'] : undefined;
}

describe.each([
  ['a whole answer', ASK],
  ['a stream', STREAM],
])('the targets of a name: %s', (_what, body) => {
  it('comes from the first target, and stays there', async () => {
    const gateway = await setUpTargets([[], []], { models: TWO });
    for (let i = 0; i < 3; i++) {
      const response = await gateway.send(CHAT, body);
      expect([targetOf(response), await textOf(response)]).toEqual([['1', '1'], 'This is a.']);
    }
    expect(gateway.calls[1]).toEqual([]);
  });

  it.each([
    ['throttled', { code: 'ERR_THROTTLED' }],
    ['quota', { code: 'ERR_QUOTA' }],
    ['unavailable', { code: 'ERR_NETWORK' }],
    ['service', { code: 'ERR_SERVICE' }],
    ['timeout', { code: 'ERR_TIMEOUT' }],
    ['model', { code: 'ERR_MODEL' }],
    ['misconfigured', { code: 'ERR_ACCESS_DENIED' }],
    ['misconfigured', { code: 'ERR_CREDENTIALS' }],
    ['unknown-model', { code: 'ERR_NOT_FOUND' }],
    ['unknown-model', { code: 'ERR_INPUT', message: 'The provided model identifier is invalid.' }],
  ] as const)('comes from the next target after %s', async (failure, outcome) => {
    const gateway = await setUpTargets([[outcome], []], { models: TWO });
    const response = await gateway.send(CHAT, body);
    expect([targetOf(response), await textOf(response)]).toEqual([['2', '2'], 'This is b.']);
    expect(gateway.log).toMatchObject([
      {
        outcome: 'complete',
        modelId: CLAUDE,
        targets: [
          { modelId: NOVA, client: 'a', failure },
          { modelId: CLAUDE, client: 'b', failure: undefined },
        ],
      },
    ]);
  });

  it('is refused by the first target if the request is wrong', async () => {
    const gateway = await setUpTargets([[{ code: 'ERR_INPUT' }], []], { models: TWO });
    expect((await gateway.send(CHAT, body)).status).toBe(400);
    expect(gateway.calls[1]).toEqual([]);
    const next = await gateway.send(CHAT, body);
    expect(targetOf(next)).toEqual(['1', '1']);
  });

  it('is the most useful failure if no target answers', async () => {
    const denied: Outcome = { code: 'ERR_ACCESS_DENIED' };
    const throttled: Outcome = { code: 'ERR_THROTTLED', retryAfterMs: 7000 };
    for (const outcomes of [
      [[denied], [throttled]],
      [[throttled], [denied]],
    ]) {
      const gateway = await setUpTargets(outcomes, { models: TWO });
      const response = await gateway.send(CHAT, body);
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
      expect(gateway.log[0]?.targets).toHaveLength(2);
    }
  });
});

describe('a stream with several targets', () => {
  it('shows nothing of a target that began and failed before its first content', async () => {
    const gateway = await setUpTargets([[{ code: 'ERR_NETWORK', afterEvents: 1 }], []], { models: TWO });
    const response = await gateway.send(CHAT, STREAM);
    const { message, events } = collectChat(await response.text());
    expect(message).toMatchObject({ content: 'This is b.' });
    const roles = events.filter(({ data }) => JSON.stringify(data).includes('"role"'));
    expect([roles.length, targetOf(response)]).toEqual([1, ['2', '2']]);
  });

  it('ends with an error after its first content, and no other target is called', async () => {
    const gateway = await setUpTargets([[{ code: 'ERR_NETWORK', afterEvents: 2 }], []], { models: TWO });
    const { message, error, isDone } = collectChat(await (await gateway.send(CHAT, STREAM)).text());
    expect(message['content']).toBeTypeOf('string');
    expect(String(message['content'])).not.toContain('b');
    expect([error, isDone, gateway.calls[1]]).toEqual([expect.anything(), false, []]);
  });

  it('goes on to the next target after a ping, when its headers can no longer say so', async () => {
    const timers = manualTimers();
    let fail = (): void => {};
    const when = new Promise<void>((resolve) => {
      fail = resolve;
    });
    const gateway = await setUpTargets([[{ code: 'ERR_NETWORK', when }], []], {
      models: TWO,
      startTimer: timers.startTimer,
    });
    const pending = gateway.send(CHAT, STREAM);
    await until(() => gateway.calls[0]?.length === 1);
    timers.fire(15_000);
    const response = await pending;
    fail();
    const text = await response.text();
    expect(text.startsWith(': ping')).toBe(true);
    expect(collectChat(text).message).toMatchObject({ content: 'This is b.' });
    expect([targetOf(response), gateway.log[0]?.targets.length]).toEqual([[null, null], 2]);
  });

  it('ends with the error of its protocol if no target answers after a ping', async () => {
    const timers = manualTimers();
    let fail = (): void => {};
    const when = new Promise<void>((resolve) => {
      fail = resolve;
    });
    const gateway = await setUpTargets([[{ code: 'ERR_NETWORK', when }], [THROTTLED]], {
      models: TWO,
      startTimer: timers.startTimer,
    });
    const pending = gateway.send(CHAT, STREAM);
    await until(() => gateway.calls[0]?.length === 1);
    timers.fire(15_000);
    const response = await pending;
    fail();
    const { error, isDone } = collectChat(await response.text());
    expect([error, isDone]).toMatchObject([{ code: 'rate_limit_exceeded' }, false]);
  });

  it('is written anew for each target, whose model may accept other things', async () => {
    const aliases = {
      'gpt-4o': [
        { modelId: 'us.anthropic.claude-opus-4-7', client: 'a' },
        { modelId: NOVA, client: 'b' },
      ],
    };
    const gateway = await setUpTargets([[THROTTLED], []], { models: { aliases } });
    const response = await gateway.send(CHAT, { ...STREAM, temperature: 0.2 });
    await response.text();
    expect(gateway.locals[1]?.requests.at(-1)?.body).toMatchObject({ inferenceConfig: { temperature: 0.2 } });
    // Only the first one rejects a temperature.
    expect([response.headers.get('x-bedrock-anywhere-notes'), gateway.log[0]?.notes]).toEqual([null, []]);
  });
});

describe('a target that failed', () => {
  const cases = [
    ['throttled', { code: 'ERR_THROTTLED' }, 10_000],
    ['throttled, with a time', { code: 'ERR_THROTTLED', retryAfterMs: 3000 }, 3000],
    ['out of quota', { code: 'ERR_QUOTA' }, 3_600_000],
    ['not available', { code: 'ERR_NETWORK' }, 60_000],
    ['without permission', { code: 'ERR_ACCESS_DENIED' }, 60_000],
  ] as const;

  it.each(cases)('is skipped for its time: %s', async (_what, outcome, ms) => {
    const gateway = await setUpTargets([[outcome], []], { models: TWO });
    await (await gateway.send(CHAT, ASK)).text();
    gateway.clock.now += ms - 1;
    expect(targetOf(await gateway.send(CHAT, ASK))).toEqual(['2', '1']);
    gateway.clock.now += 1;
    expect(targetOf(await gateway.send(CHAT, ASK))).toEqual(['1', '1']);
  });

  it('is skipped for the times of the options', async () => {
    const gateway = await setUpTargets([[THROTTLED], []], { models: TWO, routing: { throttledMs: 5 } });
    await (await gateway.send(CHAT, ASK)).text();
    gateway.clock.now += 4;
    expect(targetOf(await gateway.send(CHAT, ASK))).toEqual(['2', '1']);
    gateway.clock.now += 1;
    expect(targetOf(await gateway.send(CHAT, ASK))).toEqual(['1', '1']);
  });

  it('is not skipped after the model failed at one request', async () => {
    const gateway = await setUpTargets([[{ code: 'ERR_MODEL' }], []], { models: TWO });
    expect(targetOf(await gateway.send(CHAT, ASK))).toEqual(['2', '2']);
    expect(targetOf(await gateway.send(CHAT, ASK))).toEqual(['1', '1']);
  });

  it('is called if all are skipped and its time ends first, and no other', async () => {
    const slow: Outcome = { code: 'ERR_THROTTLED', retryAfterMs: 9000 };
    const soon: Outcome = { code: 'ERR_THROTTLED', retryAfterMs: 2000 };
    const gateway = await setUpTargets([[slow], [soon, soon]], { models: TWO });
    expect((await gateway.send(CHAT, ASK)).status).toBe(429);
    expect((await gateway.send(CHAT, ASK)).status).toBe(429);
    expect(gateway.calls.map(({ length }) => length)).toEqual([1, 2]);
    const response = await gateway.send(CHAT, ASK);
    expect([response.status, targetOf(response)]).toEqual([200, ['2', '1']]);
  });

  it('is always called if its name has no other', async () => {
    const models = { aliases: { 'gpt-4o': { modelId: NOVA, client: 'a' } } };
    const gateway = await setUpTargets([[THROTTLED, 'ok']], { models });
    expect((await gateway.send(CHAT, ASK)).status).toBe(429);
    const response = await gateway.send(CHAT, ASK);
    expect([response.status, targetOf(response)]).toEqual([200, [null, null]]);
  });
});

describe('the time for all targets', () => {
  const never = new Promise<void>(() => undefined);

  it.each([ASK, STREAM])(
    'ends the call to one that is silent, and calls no other: stream %j',
    async (body) => {
      const timers = manualTimers();
      const silent: Outcome = { code: 'ERR_NETWORK', when: never };
      const gateway = await setUpTargets([[THROTTLED], [silent], []], {
        models: {
          aliases: { 'gpt-4o': ['a', 'b', 'c'].map((client) => ({ modelId: NOVA, client })) },
        },
        routing: { deadlineMs: 777 },
        startTimer: timers.startTimer,
      });
      const pending = gateway.send(CHAT, body);
      await until(() => gateway.calls[1]?.length === 1);
      timers.fire(777);
      const response = await pending;
      // A throttled target is what the client can do most about.
      expect([response.status, gateway.calls[2]]).toEqual([429, []]);
      expect(gateway.log[0]?.targets.map(({ failure }) => failure)).toEqual(['throttled', 'timeout']);
      // The silent one is skipped, and so is the throttled one.
      expect(targetOf(await gateway.send(CHAT, body))).toEqual(['3', '1']);
    },
  );

  it('does not limit an answer that has begun', async () => {
    const timers = manualTimers();
    const gateway = await setUpTargets([[], []], {
      models: TWO,
      routing: { deadlineMs: 777 },
      startTimer: timers.startTimer,
    });
    const response = await gateway.send(CHAT, STREAM);
    expect([...timers.running].filter(({ ms }) => ms === 777)).toEqual([]);
    expect(collectChat(await response.text()).isDone).toBe(true);
  });
});

describe('a client that leaves while a target is silent', () => {
  it('ends the request, and no other target is called', async () => {
    const silent: Outcome = { code: 'ERR_NETWORK', when: new Promise(() => undefined) };
    const gateway = await setUpTargets([[silent], []], { models: TWO });
    const leaving = new AbortController();
    const pending = gateway.send(CHAT, ASK, { signal: leaving.signal });
    await until(() => gateway.calls[0]?.length === 1);
    leaving.abort();
    expect([(await pending).status, gateway.calls[1]]).toEqual([499, []]);
    // Nothing was wrong with the target.
    expect(targetOf(await gateway.send(CHAT, ASK))).toEqual(['1', '1']);
  });
});

describe('targets', () => {
  it('answer count_tokens and embeddings', async () => {
    const TITAN = 'amazon.titan-embed-text-v2:0';
    const models = {
      aliases: {
        claude: ['a', 'b'].map((client) => ({ modelId: CLAUDE, client })),
        embed: ['a', 'b'].map((client) => ({ modelId: TITAN, client })),
      },
    };
    const gateway = await setUpTargets([[THROTTLED, THROTTLED], []], { models });
    const counted = await gateway.send('/v1/messages/count_tokens', {
      ...ASK,
      model: 'claude',
      max_tokens: 9,
    });
    expect([targetOf(counted), (await json(counted)).input_tokens]).toEqual([['2', '2'], expect.any(Number)]);
    const embedded = await gateway.send('/v1/embeddings', { model: 'embed', input: 'Hi' });
    expect([targetOf(embedded), (await json(embedded)).data.length]).toEqual([['2', '2'], 1]);
  });

  it('count as one request in budgets, however many were tried', async () => {
    const budgets = { total: { requestsPerMinute: 3, models: { '*nova*': { requestsPerMinute: 1 } } } };
    const gateway = await setUpTargets([[THROTTLED, 'ok'], []], { models: TWO, budgets });
    const status = async (body: object) => (await gateway.send(CHAT, body)).status;
    expect([await status(ASK), await status(STREAM)]).toEqual([200, 200]);
    // The call of the first model was given back.
    gateway.clock.now += 10_000;
    expect([await status(ASK), gateway.calls[0]?.length]).toEqual([200, 2]);
    expect(await status(ASK)).toBe(429);
  });

  it.each<[string, { requestsPerMinute?: number; tokensPerMinute?: number }]>([
    ['that is used up', { requestsPerMinute: 1 }],
    ['of nothing', { requestsPerMinute: 0 }],
    ['that is too small', { tokensPerMinute: 1 }],
  ])('are passed over for a budget of their model %s', async (_what, limits) => {
    const budgets = { total: { models: { '*nova*': limits } } };
    const gateway = await setUpTargets([[], []], { models: TWO, budgets });
    if (limits.requestsPerMinute === 1) await (await gateway.send(CHAT, ASK)).text();
    for (const body of [ASK, STREAM]) {
      const response = await gateway.send(CHAT, body);
      expect([targetOf(response), await textOf(response)]).toEqual([['2', '2'], 'This is b.']);
    }
    // The limit is that of a minute and a caller, so the target itself is not skipped.
    gateway.clock.now += 60_000;
    const next = await gateway.send(CHAT, ASK);
    expect(targetOf(next)[0]).toBe(limits.requestsPerMinute === 1 ? '1' : '2');
  });

  it('are not passed over for a budget of the caller, and say so if all of their models are used up', async () => {
    const models = { '*nova*': { requestsPerMinute: 1 }, '*claude*': { tokensPerDay: 0 } };
    const own = await setUpTargets([[], []], {
      models: TWO,
      budgets: { total: { requestsPerMinute: 1, models } },
    });
    const all = await setUpTargets([[], []], { models: TWO, budgets: { total: { models } } });
    for (const gateway of [own, all]) {
      await (await gateway.send(CHAT, ASK)).text();
      expect((await gateway.send(CHAT, ASK)).status).toBe(429);
      expect(gateway.calls.map((calls) => calls.length)).toEqual([1, 0]);
    }
    expect([own, all].map(({ log }) => log[1]?.targets?.length)).toEqual([1, 2]);
  });

  it('of embeddings have the model of the first one, because others cannot be compared', async () => {
    const aliases = {
      embed: [
        { modelId: 'cohere.embed-multilingual-v3', client: 'a' },
        { modelId: 'amazon.titan-embed-text-v2:0', client: 'b' },
        { modelId: 'arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-multilingual-v3', client: 'c' },
      ],
    };
    const gateway = await setUpTargets([[THROTTLED], [], []], { models: { aliases } });
    const response = await gateway.send('/v1/embeddings', { model: 'embed', input: 'Hi' });
    expect([response.status, targetOf(response), gateway.calls[1]]).toEqual([200, ['3', '2'], []]);
  });

  it('may be called in another region by the same client', async () => {
    const aliases = {
      'gpt-4o': [
        { modelId: NOVA, client: 'a' },
        { modelId: 'eu.amazon.nova-pro-v1:0', region: 'eu-central-1' },
      ],
    };
    const regions: unknown[] = [];
    const local = localTransport(createLocalBedrock());
    const bedrock = createBedrock({
      transport: {
        ...local,
        unary: (call) => {
          regions.push(call.destination.region);
          return local.unary(call);
        },
      },
    });
    const gateway = await setUpTargets([[THROTTLED]], { models: { aliases }, bedrock });
    await gateway.send(CHAT, ASK);
    expect(regions).toEqual(['eu-central-1']);
  });

  it('that a key may not use are not called', async () => {
    const authorize = fromKeys([{ name: 'team-a', hash: await hashKey(KEY), models: ['*claude*'] }]);
    const gateway = await setUpTargets([[], []], { models: TWO, authorize });
    const response = await gateway.send(CHAT, ASK);
    expect([response.status, gateway.calls[0], gateway.calls[1]?.length]).toEqual([200, [], 1]);
  });

  it('are listed with what all of them accept', async () => {
    const aliases = { both: [CLAUDE, 'us.amazon.nova-lite-v1:0'], one: CLAUDE };
    const gateway = await setUp({ gateway: { models: { aliases } } });
    const sizes = async (id: string) => (await json(await gateway.send(`/v1/models/${id}`))).max_tokens;
    expect([await sizes('one'), await sizes('both')]).toEqual([64_000, 10_000]);
  });

  const bedrock = createBedrock();
  it.each<[string, Partial<GatewayOptions>]>([
    [
      'the client eu, which is not in the option clients',
      { models: { aliases: { x: { modelId: NOVA, client: 'eu' } } } },
    ],
    ['the client toString', { models: { default: [{ modelId: NOVA, client: 'toString' }] } }],
    ['aliases.x is an empty list', { models: { aliases: { x: [] } } }],
    ['aliases.x.1.modelId is missing', { models: { aliases: { x: [NOVA, {} as never] } } }],
    [
      'aliases.x has the member regoin',
      { models: { aliases: { x: { modelId: NOVA, regoin: 'x' } as never } } },
    ],
    ['aliases.x.client is 3', { models: { aliases: { x: { modelId: NOVA, client: 3 as never } } } }],
    ['clients.eu is an object', { clients: { eu: {} as never } }],
    ['throttledMs', { routing: { throttledMs: -1 } }],
    ['no option quota', { routing: { quota: 1 } as never }],
  ])('that are wrong are refused at once: %s', (words, options) => {
    const create = (): unknown => createGateway({ bedrock, authorize: () => undefined, ...options });
    expect(create).toThrow(words);
    expect(create).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }));
  });
});
