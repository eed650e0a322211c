import { expect, it } from 'vitest';
import { describeFixtures } from '../fixtures.js';
import { collectResponses } from './collect-responses.js';
import { aliasesFor, PIXEL, recordedRequests } from './recorded.js';
import { CLAUDE, GPT_OSS, NEW_CLAUDE, NOVA, setUp } from './setup.js';

/** Some requests allow ten tokens. */
const ENDED = /^(?:completed|incomplete)$/;

describeFixtures('agents', 'what real clients send to Responses', () => {
  const requests = recordedRequests('/v1/responses');

  it.each([CLAUDE, NEW_CLAUDE, NOVA, GPT_OSS])('is accepted and answered by %s', async (target) => {
    const gateway = await setUp({
      gateway: { models: { aliases: aliasesFor(requests, target) }, fetchImage: async () => PIXEL },
    });
    expect(requests.length).toBeGreaterThan(40);
    for (const { name, headers, body } of requests) {
      const response = await gateway.send('/v1/responses', body, { originator: headers['originator'] ?? '' });
      const text = await response.text();
      const json = JSON.stringify(body);
      if (json.includes('"item_reference"')) {
        expect(JSON.parse(text), name).toMatchObject({
          error: {
            message: expect.stringMatching(/^Item with id 'rs_1' not found\. Items are not persisted/),
            param: 'input',
            code: null,
          },
        });
        expect(response.status).toBe(404);
      } else if (json.includes('"previous_response_id":"')) {
        expect(JSON.parse(text), name).toMatchObject({ error: { code: 'previous_response_not_found' } });
      } else if (text.includes("doesn't support the image")) {
        expect([target, response.status], name).toEqual([GPT_OSS, 400]);
      } else if (body['stream'] === true) {
        expect(response.status, `${name}: ${text.slice(0, 400)}`).toBe(200);
        expect(collectResponses(text).response.status, name).toMatch(ENDED);
      } else
        expect(JSON.parse(text), name).toMatchObject({
          object: 'response',
          status: expect.stringMatching(ENDED),
        });
    }
  });

  // https://github.com/BerriAI/litellm/issues/36545
  it('is passed on as Bedrock accepts it, if Codex sends it', async () => {
    const ofCodex = requests.filter(({ name }) => name.startsWith('codex-'));
    const aliases = aliasesFor(ofCodex, 'openai.gpt-5.6-sol');
    const gateway = await setUp({ gateway: { passThrough: 'auto', models: { aliases } } });
    for (const { name, body } of ofCodex) {
      const response = await gateway.send('/v1/responses', body);
      expect([name, response.status, await response.text()]).toEqual([
        name,
        200,
        expect.stringContaining('response.completed'),
      ]);
    }
    const operations = gateway.local.requests.map(({ operation }) => operation);
    expect(operations).toEqual(ofCodex.map(() => 'CreateResponse'));
    expect(operations.length).toBeGreaterThan(8);
  });
});
