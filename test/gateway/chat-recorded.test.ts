import { expect, it } from 'vitest';
import { describeFixtures } from '../fixtures.js';
import { aliasesFor, PIXEL, recordedRequests } from './recorded.js';
import { CLAUDE, GPT_OSS, json, NEW_CLAUDE, NOVA, parseSse, setUp } from './setup.js';

describeFixtures('agents', 'what real clients send to Chat Completions', () => {
  const requests = recordedRequests('/v1/chat/completions');

  it.each([CLAUDE, NEW_CLAUDE, NOVA, GPT_OSS])('is accepted and answered by %s', async (target) => {
    const options = { models: { aliases: aliasesFor(requests, target) }, fetchImage: async () => PIXEL };
    const usual = await setUp({ gateway: options });
    // What the local Bedrock writes without a script is not JSON.
    const ofJson = await setUp({ gateway: options, local: { script: [{ text: '{"city":"Bern"}' }] } });
    expect(requests.length).toBeGreaterThan(30);
    for (const { name, body } of requests) {
      const { type } = Object(body['response_format']) as { type?: string };
      const gateway = type === 'json_object' ? ofJson : usual;
      const response = await gateway.send('/v1/chat/completions', body);
      if (target === GPT_OSS && name.includes('image')) {
        expect([name, response.status]).toEqual([name, 400]);
        continue;
      }
      if (body['stream'] === true) {
        const events = parseSse(await response.text());
        expect(events.at(-1)?.data, name).toBe('[DONE]');
        const { include_usage: wanted } = Object(body['stream_options']) as { include_usage?: boolean };
        const counted = events.filter(({ data }) => Boolean(Object(data).usage));
        expect(counted, name).toHaveLength(wanted ? 1 : 0);
      } else {
        const answer = await json(response);
        expect(answer.object, `${name}: ${JSON.stringify(answer)}`).toBe('chat.completion');
      }
      expect(response.status, name).toBe(200);
      expect(gateway.local.requests.at(-1)?.status, name).toBe(200);
    }
  });
});
