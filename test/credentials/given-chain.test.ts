import { expect, it } from 'vitest';
import { machine } from './machine.js';

it.each([
  ['fromSdkChain()', {}, /^The AWS default chain gave no credentials: /],
  [
    'a profile that is not there',
    { profile: 'work' },
    /^The AWS profile "work" gave no credentials: .*log in again\.$/,
  ],
])('%s does not claim that other settings were tried', async (_name, init, message) => {
  const { library } = await machine({ env: { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-api-key-unused' } });
  const { fromSdkChain } = await import('bedrock-anywhere/aws');
  const bedrock = library.createBedrock({ credentials: fromSdkChain(init) });
  const failure = await bedrock.converse({ modelId: 'm', prompt: 'Hi' }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'ERR_CREDENTIALS', message: expect.stringMatching(message) });
  expect(String(failure)).not.toContain('not set');
});

it('a call without credentials says what was tried, even after the chain has failed as an option', async () => {
  const { library } = await machine({});
  const { fromSdkChain } = await import('bedrock-anywhere/aws');
  const call = (options: object) => library.createBedrock(options).converse({ modelId: 'm', prompt: 'Hi' });
  await expect(call({ credentials: fromSdkChain() })).rejects.toThrow(/^The AWS default chain/);
  await expect(call({})).rejects.toThrow(
    /^No credentials were found\. Tried: the option credentials \(not set\)/,
  );
});
