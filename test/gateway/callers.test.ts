import { createBedrock } from 'bedrock-anywhere';
import { createGateway, fromKeys, hashKey } from 'bedrock-anywhere/gateway';
import { describe, expect, it } from 'vitest';
import { readCarryingId } from '../../src/gateway/conversation/carrier.js';
import { json, KEY, NOVA, setUp } from './setup.js';

const ASK = { model: NOVA, messages: [{ role: 'user', content: 'Hi' }] };

describe('what authorize returns', () => {
  it.each([
    { name: 'a', models: 'gpt' },
    { name: 'a', models: {} },
    { name: 'a', models: [1] },
    { name: '' },
    {},
    true,
    'a',
  ])('is a fault of the gateway if it is not a caller: %j', async (caller) => {
    const gateway = await setUp({ gateway: { authorize: (() => caller) as never } });
    const response = await gateway.send('/v1/chat/completions', ASK);
    expect([response.status, (await json(response)).error.type]).toEqual([500, 'server_error']);
    const { error } = gateway.log[0] ?? {};
    expect(String((error as Error).cause)).toContain('authorize returned');
    expect(gateway.local.requests).toEqual([]);
  });

  it('may have null for all models', async () => {
    const gateway = await setUp({ gateway: { authorize: () => ({ name: 'a', models: null as never }) } });
    expect((await gateway.send('/v1/chat/completions', ASK)).status).toBe(200);
  });
});

describe('fromKeys()', () => {
  it.each([
    [{ name: '' }, 'no name'],
    [{ name: undefined }, 'no name'],
    [{ models: 'gpt' }, 'not a list of strings'],
    [{ models: null }, 'not a list of strings'],
    [{ models: [1] }, 'not a list of strings'],
  ])('refuses a key with %j', async (wrong, words) => {
    const key = { name: 'team-a', hash: await hashKey(KEY), ...wrong };
    expect(() => fromKeys([key as never])).toThrow(words);
  });
});

it('closeGraceMs is not longer than timers can wait', () => {
  const create = (closeGraceMs: number) => () =>
    createGateway({ bedrock: createBedrock(), authorize: () => undefined, limits: { closeGraceMs } });
  expect(create(2 ** 31)).toThrow('2147483647');
  expect(create(2 ** 31 - 1)).not.toThrow();
});

it('an id that is longer than any that the gateway made carries nothing', () => {
  const carrying = (length: number) => {
    const text = 't'.repeat(length);
    return `call_1_ba1_${Buffer.from(JSON.stringify([{ t: text }])).toString('base64url')}`;
  };
  expect(readCarryingId(carrying(10_000)).reasoning).toHaveLength(1);
  expect(readCarryingId(carrying(20_000))).toEqual({ id: 'call_1', reasoning: [] });
});
