import { describe, expect, it } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { environmentOf, NOVA, startBedrock } from './bedrock.js';
import type { Answered } from './cases/answers.js';
import { Client } from './client.js';

describe(`${clientOf('aws4fetch').name}:`, () => {
  for (const [name, where] of [
    ['answer', 'in a header'],
    ['presigned', 'in the query'],
  ] as const) {
    it(`answers a request with its signature ${where}`, async () => {
      const bedrock = await startBedrock();
      using client = await Client.ofNode('aws4fetch');
      const env = environmentOf(bedrock);
      const { text } = await client.run<Answered>(name, env, { model: NOVA, prompt: 'Hello' });
      expect(text).toContain('Nova Lite');
      const wrong = { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' };
      const failure = await client.fail(name, wrong, { model: NOVA, prompt: 'Hello' });
      expect(failure.message).toContain('InvalidSignatureException');
    });
  }
});
