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

/** Each of Anthropic's clients, and the operations and the service that it uses. */
const WAYS = [
  ['fetch', 'us.anthropic.claude-opus-5', ['CreateMessage', 'CreateMessage'], 'bedrock'],
  ['fetch', 'anthropic.claude-opus-5', ['CreateMessage', 'CreateMessage'], 'bedrock-mantle'],
  ['mantle', 'anthropic.claude-opus-5', ['CreateMessage', 'CreateMessage'], 'bedrock-mantle'],
  ['invoke', 'us.anthropic.claude-opus-5', ['InvokeModel', 'InvokeModelWithResponseStream'], 'bedrock'],
] as const;

describe(`${clientOf('anthropic').name}:`, () => {
  let client: Client;
  beforeAll(async () => {
    client = await Client.ofNode('anthropic');
  });
  afterAll(() => client?.[Symbol.dispose]());

  for (const [via, model, operations, service] of WAYS) {
    const input = { via, model, fetchModule };
    const where = `${model} through ${via === 'fetch' ? 'createBedrockFetch()' : `its own client for ${via}`}`;

    it.each(CREDENTIALS)(`runs tools with %s, whole and as a stream: ${where}`, async (kind, environment) => {
      for (const [i, operation] of operations.entries()) {
        const bedrock = await startBedrock({ script });
        const more = { prompt: PROMPT, stream: i === 1, thinking: { type: 'adaptive' } };
        const looped = await client.run('loop', environment(bedrock), { ...input, ...more });
        expect(looped).toMatchObject({ ...LOOPED, reasoning: ['Both cities at once.'] });
        expect(operationsOf(bedrock)).toEqual(Array(3).fill(operation));
        expect(servicesOf(bedrock)).toEqual(new Set([kind === 'an API key' ? undefined : service]));
      }
    });

    it(`tries again when it is throttled: ${where}`, async () => {
      const bedrock = await startBedrock({
        faults: ['throttle=1,retry-after=0'],
        script: [{ text: 'Here.' }],
      });
      expect(await client.run('retry', environmentOf(bedrock), input)).toBe('Here.');
      expect(bedrock.requests.map(({ status }) => status)).toEqual([429, 200]);
    });

    it(`shows what Bedrock refuses: ${where}`, async () => {
      const deny = ['bedrock:InvokeModel', 'bedrock-mantle:CreateInference'];
      const bedrock = await startBedrock({ deny });
      expect(await client.run('fail', environmentOf(bedrock), input)).toMatchObject({
        name: 'PermissionDeniedError',
        status: 403,
        message: expect.stringContaining('is not authorized to perform'),
      });
    });

    it(`notices an exception and a truncated stream: ${where}`, async () => {
      const bedrock = await startBedrock({ script: [{ text: 'One two three four.' }] });
      const cut = { ...input, fault: 'exception=throttlingException@3' };
      expect(await client.run('cut', environmentOf(bedrock), cut)).toMatchObject({
        message: expect.stringContaining('Too many requests'),
      });
      const truncated = { ...input, fault: 'truncate=900' };
      expect(await client.run('cut', environmentOf(bedrock), truncated)).toMatchObject({
        message: expect.stringMatching(/.+/),
      });
    });
  }

  it('counts tokens at bedrock-mantle', async () => {
    const bedrock = await startBedrock();
    const input = { via: 'fetch', model: 'anthropic.claude-opus-5', fetchModule };
    expect(await client.run('count', environmentOf(bedrock), input)).toBeGreaterThan(3);
  });
});
