import { expect, it } from 'vitest';
import { describeFixtures } from '../fixtures.js';
import { aliasesFor, PIXEL, recordedRequests } from './recorded.js';
import { CLAUDE, GPT_OSS, json, NEW_CLAUDE, NOVA, parseSse, setUp } from './setup.js';

const NEWEST = 'us.anthropic.claude-opus-5-5';

describeFixtures('agents', 'what real clients send to Messages', () => {
  const requests = recordedRequests('/v1/messages');

  it.each([CLAUDE, NEW_CLAUDE, NEWEST, NOVA, GPT_OSS])('is accepted and answered by %s', async (target) => {
    const gateway = await setUp({
      gateway: { models: { aliases: aliasesFor(requests, target) }, fetchImage: async () => PIXEL },
    });
    expect(requests.length).toBeGreaterThan(50);
    for (const { name, headers, body } of requests) {
      const beta = headers['anthropic-beta'];
      const response = await gateway.send(
        '/v1/messages?beta=true',
        body,
        beta ? { 'anthropic-beta': beta } : {},
      );
      const text = await response.text();
      if (body['thread'] !== undefined) {
        expect(JSON.parse(text).error.details, name).toEqual({ error_code: 'thread_unsupported_request' });
      } else if (target === GPT_OSS && text.includes('image field')) {
        expect(response.status, name).toBe(400);
      } else if (body['stream'] === true) {
        const events = parseSse(text);
        expect([events[0]?.name, events.at(-1)?.name], `${name}: ${text.slice(0, 500)}`).toEqual([
          'message_start',
          'message_stop',
        ]);
        expect(events.every((event) => Object(event.data).type === event.name)).toBe(true);
      } else {
        // The newest Claude cannot be forced to answer in JSON, and without a script the local Bedrock does not.
        const isProse = target === NEWEST && text.includes('did not answer with the JSON');
        const expected = isProse ? { type: 'error' } : { type: 'message', role: 'assistant', usage: {} };
        expect(JSON.parse(text), name).toMatchObject(expected);
      }
    }
  });

  it('is counted', async () => {
    const [counted] = recordedRequests('/v1/messages/count_tokens');
    const gateway = await setUp({ gateway: { models: { default: CLAUDE } } });
    const response = await gateway.send('/v1/messages/count_tokens', { ...counted?.body });
    expect(await json(response)).toEqual({ input_tokens: expect.any(Number) });
    expect(gateway.local.requests.at(-1)?.operation).toBe('CountTokens');
  });
});
