import { expect, it } from 'vitest';
import { bearerOf, environmentOf, NOVA, SONNET_BASE, startBedrock } from '../bedrock.js';
import type { Candidate, DefineCase, Running } from '../suite.js';
import type { Answered } from './answers.js';

const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6';

/** Defaults of libraries, and of the first pages of their documentation. */
const IDS = [
  'us.anthropic.claude-sonnet-5',
  'us.amazon.nova-2-lite-v1:0',
  'amazon.nova-micro-v1:0',
  'anthropic.claude-3-haiku-20240307-v1:0',
  'meta.llama3-8b-instruct-v1:0',
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  'openai.gpt-oss-120b-1:0',
];

/** Regions, keys, and the ids that a model can be called by. */
export function testAccount(client: Running, define: DefineCase, { regionFrom }: Candidate): void {
  define('answer', 'signs with the access keys of the environment', async () => {
    const bedrock = await startBedrock();
    await client().run('answer', environmentOf(bedrock), { model: NOVA, prompt: 'Hello' });
    expect(bedrock.requests.map(({ headers }) => headers['authorization'])).toEqual([
      expect.stringContaining(`AWS4-HMAC-SHA256 Credential=${bedrock.credentials.accessKeyId}/`),
    ]);
  });

  define('answer', 'uses the API key of the environment', async () => {
    const bedrock = await startBedrock();
    await client().run('answer', bearerOf(bedrock), { model: NOVA, prompt: 'Hello' });
    expect(bedrock.requests.map(({ headers }) => headers['authorization'])).toEqual([
      expect.stringMatching(/^Bearer /),
    ]);
  });

  for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const) {
    if (!regionFrom.includes(variable)) {
      it.skip(`takes the region from ${variable} (left out: it does not read that variable)`, () => {});
      continue;
    }
    define('answer', `takes the region from ${variable}`, async () => {
      const bedrock = await startBedrock({ region: 'eu-central-1' });
      const { AWS_REGION: _, AWS_DEFAULT_REGION: _too, ...env } = environmentOf(bedrock);
      const input = { model: 'amazon.nova-lite-v1:0', prompt: 'Hello' };
      await client().run('answer', { ...env, [variable]: 'eu-central-1' }, input);
      expect(bedrock.requests.map(({ status }) => status)).toEqual([200]);
    });
  }

  define('answer', 'calls a model by the ARN of an application profile', async () => {
    const profile = {
      inferenceProfileId: 'a1b2c3d4e5f6',
      inferenceProfileArn: PROFILE,
      inferenceProfileName: 'team-a',
      models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${SONNET_BASE}` }],
      status: 'ACTIVE' as const,
      type: 'APPLICATION' as const,
    };
    const bedrock = await startBedrock({ profiles: [profile] });
    const { text } = await client().run<Answered>('answer', environmentOf(bedrock), {
      model: PROFILE,
      prompt: 'Hello',
    });
    expect(text).toContain('Claude Sonnet 4.5');
    expect(bedrock.requests.map(({ modelId }) => modelId)).toEqual([PROFILE]);
  });

  define('answer', 'calls models by the ids that people use', async () => {
    const bedrock = await startBedrock();
    for (const model of IDS) {
      await client().run('answer', environmentOf(bedrock), { model, prompt: 'Hello' });
    }
    expect(bedrock.requests.map(({ modelId, status }) => [modelId, status])).toEqual(
      IDS.map((id) => [id, 200]),
    );
  });

  define('count', 'counts the tokens of a prompt for a model', async () => {
    const bedrock = await startBedrock();
    const count = (prompt: string) =>
      client().run<number>('count', environmentOf(bedrock), { model: SONNET_BASE, prompt });
    const short = await count('Hello');
    expect(short).toBeGreaterThan(0);
    expect(await count('Hello '.repeat(100))).toBeGreaterThan(short);
    // Some clients estimate by themselves if Bedrock does not answer.
    expect(bedrock.requests.map(({ operation, status }) => [operation, status])).toEqual([
      ['CountTokens', 200],
      ['CountTokens', 200],
    ]);
  });
}
