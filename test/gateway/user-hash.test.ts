import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GPT_OSS, NOVA, setUp } from './setup.js';

const ALICE = 'alice@example.com';
const HASH = createHash('sha256').update(ALICE).digest('hex').slice(0, 16);
const MESSAGES = [{ role: 'user', content: 'Hi' }];

describe('the end user of a request', () => {
  it.each([
    ['/v1/chat/completions', { model: NOVA, messages: MESSAGES, user: ALICE }],
    [
      '/v1/chat/completions',
      { model: GPT_OSS, messages: MESSAGES, safety_identifier: ALICE, user: 'an older id' },
    ],
    ['/v1/responses', { model: NOVA, input: 'Hi', store: false, safety_identifier: ALICE }],
    ['/v1/messages', { model: NOVA, max_tokens: 9, messages: MESSAGES, metadata: { user_id: ALICE } }],
    ['/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'Hi', user: ALICE }],
  ])('is in the log as a hash, and in no other form: %s %j', async (path, body) => {
    const gateway = await setUp({ gateway: { passThrough: 'auto' } });
    await (await gateway.send(path, body)).text();
    expect(gateway.log).toMatchObject([{ status: 200, userHash: HASH }]);
    expect(JSON.stringify(gateway.log)).not.toContain('alice');
  });

  it.each([{}, { user: '' }, { user: 1 }, { user: null, metadata: null }, { user: 'x'.repeat(5000) }])(
    'is unknown for %j',
    async (named) => {
      const gateway = await setUp();
      const body = { model: NOVA, messages: MESSAGES, ...named };
      await (await gateway.send('/v1/chat/completions', body)).text();
      expect(gateway.log).toHaveLength(1);
      expect(gateway.log[0]?.userHash).toBeUndefined();
    },
  );
});
