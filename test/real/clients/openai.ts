import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { environmentOf, startBedrock } from './bedrock.js';
import {
  CREDENTIALS,
  fetchModule,
  LOOPED,
  operationsOf,
  PROMPT,
  script,
  servicesOf,
} from './cases/endpoints.js';
import { Client } from './client.js';

/** Models of each host and path, and the way of OpenAI's own provider to them. */
const MODELS = [
  ['runtime', 'us.openai.gpt-5.6-sol', '/openai/v1'],
  ['mantle', 'openai.gpt-5.6-sol', '/openai/v1'],
  ['mantle', 'openai.gpt-oss-120b', '/v1'],
] as const;

/** Tests a major version of OpenAI's client. */
export function testOpenAi(key: string): void {
  describe(`${clientOf(key).name}:`, () => {
    let client: Client;
    beforeAll(async () => {
      client = await Client.ofNode(key, 'openai.mjs');
    });
    afterAll(() => client?.[Symbol.dispose]());

    for (const [endpoint, model, base] of MODELS) {
      for (const via of ['fetch', 'provider'] as const) {
        // Version 6 knows bedrock-mantle only.
        if (via === 'provider' && endpoint === 'runtime' && key === 'openai-6') continue;
        const input = { via, model, endpoint, base, fetchModule, prompt: PROMPT };
        const where = `${model} at ${endpoint} through ${via === 'fetch' ? 'createBedrockFetch()' : 'its own provider'}`;

        it.each(CREDENTIALS)(
          `runs tools with %s, whole and as a stream: ${where}`,
          async (kind, environment) => {
            for (const stream of [false, true]) {
              const bedrock = await startBedrock({ script });
              expect(await client.run('chatLoop', environment(bedrock), { ...input, stream })).toEqual(
                LOOPED,
              );
              expect(operationsOf(bedrock)).toEqual(Array(3).fill('CreateChatCompletion'));
              const responses = await startBedrock({ script });
              for (const isStored of [false, true]) {
                const looped = await client.run('responseLoop', environment(responses), {
                  ...input,
                  stream,
                  isStored,
                });
                expect(looped).toMatchObject(LOOPED);
              }
              expect(operationsOf(responses)).toEqual(Array(6).fill('CreateResponse'));
              const service = endpoint === 'mantle' ? 'bedrock-mantle' : 'bedrock';
              expect(servicesOf(responses)).toEqual(new Set([kind === 'an API key' ? undefined : service]));
            }
          },
        );
      }
    }

    const [, , [, model, base]] = MODELS;
    const input = { via: 'fetch', model, endpoint: 'mantle', base, fetchModule };

    it('lists the models of bedrock-mantle', async () => {
      const bedrock = await startBedrock();
      expect(await client.run('models', environmentOf(bedrock), input)).toContain('anthropic.claude-opus-5');
    });

    it('shows what Bedrock refuses, with its class, code and words', async () => {
      const bedrock = await startBedrock({ deny: ['bedrock-mantle:CreateInference'] });
      expect(await client.run('fail', environmentOf(bedrock), input)).toMatchObject({
        name: 'AuthenticationError',
        status: 401,
        code: 'access_denied',
        type: 'permission_denied_error',
        message: expect.stringContaining('not authorized to perform: bedrock-mantle:CreateInference'),
      });
      const other = await startBedrock();
      expect(
        await client.run('fail', environmentOf(other), { ...input, model: 'openai.gpt-oss-9b' }),
      ).toMatchObject({
        name: 'NotFoundError',
        code: 'model_not_found',
        message: expect.stringContaining("The model 'openai.gpt-oss-9b' does not exist"),
      });
    });

    it('tries again when it is throttled', async () => {
      const bedrock = await startBedrock({
        faults: ['throttle=1,retry-after=0'],
        script: [{ text: 'Here.' }],
      });
      expect(await client.run('retry', environmentOf(bedrock), input)).toBe('Here.');
      expect(bedrock.requests.map(({ status }) => status)).toEqual([429, 200]);
    });

    it('reports an exception in the middle of a stream', async () => {
      const bedrock = await startBedrock({ script: [{ text: 'One two three four.' }] });
      const { text, message } = await client.run<{ text: string; message?: string }>(
        'cut',
        environmentOf(bedrock),
        {
          ...input,
          fault: 'exception=throttlingException@3',
        },
      );
      expect(text).toContain('One');
      expect(message).toContain('Too many requests');
    });
  });
}
