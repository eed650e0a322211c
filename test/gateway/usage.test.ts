import { describe, expect, it } from 'vitest';
import type { GatewayLogEntry } from '../../src/gateway/log.js';
import { KnownModels } from '../../src/gateway/models/known-models.js';
import { UsageCounters } from '../../src/gateway/usage.js';
import { CLAUDE, NOVA, setUp } from './setup.js';

const CHAT = '/v1/chat/completions';
const MESSAGES = [{ role: 'user', content: 'Hi' }];

describe('usage()', () => {
  it('counts requests, failures and tokens by caller and model', async () => {
    const gateway = await setUp({
      local: { faults: ['', '', 'status=503', 'status=503', 'status=503', ''] },
    });
    for (const model of [NOVA, CLAUDE, NOVA])
      await (await gateway.send(CHAT, { model, messages: MESSAGES })).text();
    await (
      await gateway.send('/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'Hi' })
    ).text();
    await gateway.send(CHAT, { model: NOVA, messages: MESSAGES }, { authorization: 'Bearer wrong' });
    await gateway.send(CHAT, { model: 'nothing', messages: MESSAGES });
    const rows = gateway.usage();
    expect(rows.map(({ caller, modelId, requests, failed }) => [caller, modelId, requests, failed])).toEqual([
      ['team-a', NOVA, 2, 1],
      ['team-a', CLAUDE, 1, 0],
      ['team-a', 'amazon.titan-embed-text-v2:0', 1, 0],
      ['team-a', undefined, 1, 1],
    ]);
    const [nova, , titan] = rows;
    const logged = gateway.log.filter(({ modelId }) => modelId === NOVA);
    expect(nova?.inputTokens).toBe(logged[0]?.usage?.inputTokens);
    expect(nova?.outputTokens).toBeGreaterThan(0);
    expect(titan?.inputTokens).toBeGreaterThan(0);
  });

  it('has no rows for ids that a client makes up, however its calls fail', async () => {
    const statuses = [400, 403, 404, 429, 500];
    const gateway = await setUp({
      client: { maxAttempts: 1 },
      local: { faults: [...statuses.map((status) => `status=${status}`), ''] },
      gateway: { models: { default: CLAUDE } },
    });
    for (const status of statuses)
      await gateway.send(CHAT, { model: `us.amazon.made-up-${status}`, messages: MESSAGES });
    await (await gateway.send(CHAT, { model: NOVA, messages: MESSAGES })).text();
    const rows = gateway.usage().map(({ modelId, requests, failed }) => [modelId, requests, failed]);
    expect(rows).toEqual([
      [undefined, statuses.length, statuses.length],
      [NOVA, 1, 0],
    ]);
    const logged = await gateway.send(CHAT, { model: 'x'.repeat(5000), messages: MESSAGES });
    expect([logged.status, gateway.log.at(-1)?.model?.length]).toEqual([400, 200]);
  });

  it('knows no more models than an account may have', () => {
    const known = new KnownModels({ aliases: { 'gpt-4o': NOVA }, default: [CLAUDE] });
    expect([known.find(NOVA, false), known.find(CLAUDE, false), known.find('other', false)]).toEqual([
      NOVA,
      CLAUDE,
      undefined,
    ]);
    for (let i = 0; i < 2000; i++) known.find(`id-${i}`, true);
    expect([known.find('id-5', false), known.find('id-1999', true)]).toEqual(['id-5', undefined]);
  });

  it('has no end of rows only for the first callers', () => {
    const counters = new UsageCounters(new KnownModels({}));
    for (let i = 0; i < 10_010; i++)
      counters.add({
        caller: `user-${i}`,
        modelId: NOVA,
        status: 200,
        outcome: 'complete',
      } as GatewayLogEntry);
    const rows = counters.list();
    expect([rows.length, rows.at(-1)]).toMatchObject([
      10_001,
      { caller: undefined, modelId: undefined, requests: 10 },
    ]);
  });
});
