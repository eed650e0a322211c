import { createLocalBedrock } from 'bedrock-anywhere/local';
import { expect, it } from 'vitest';
import { describeFixtures, fixtureJson, fixtureNames } from '../../fixtures.js';
import { failure, send } from '../request.js';

interface Meta {
  uri: string;
  status: number;
  requestBody: string;
}

describeFixtures('converse', 'requests that the service was recorded with', () => {
  it('are taken or refused here as they were there', async () => {
    for (const file of fixtureNames('converse').filter((name) => name.endsWith('.meta.json'))) {
      const { uri, status, requestBody } = fixtureJson<Meta>(`converse/${file}`);
      const { pathname } = new URL(uri);
      const [, id = ''] = /^\/model\/(.+)\/converse/.exec(pathname) ?? [];
      const modelId = decodeURIComponent(id);
      const body = JSON.parse(requestBody) as { guardrailConfig?: { guardrailIdentifier: string } };
      const guardrailId = body.guardrailConfig?.guardrailIdentifier ?? 'none';
      const local = createLocalBedrock({
        models: modelId === 'does-not-exist' ? [] : [account(modelId)],
        profiles: [profile(modelId)],
        guardrails: [{ id: guardrailId, blockedWords: [], blockedMessage: '' }],
      });
      const response = await send(local, { path: pathname, body: requestBody });
      const said = response.status === 200 ? '' : (await failure(response)).message;
      expect([file, said, response.status]).toEqual([file, expect.any(String), status]);
    }
  });
});

function account(modelId: string) {
  return {
    modelId: modelId.replace(/^.*inference-profile\//, ''),
    modelName: undefined,
    inputModalities: ['TEXT', 'IMAGE'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    inferenceTypesSupported: ['ON_DEMAND'],
  };
}

function profile(modelId: string) {
  const id = modelId.replace(/^.*inference-profile\//, '');
  return {
    inferenceProfileName: id,
    inferenceProfileArn: `arn:aws:bedrock:us-east-1:012345678901:inference-profile/${id}`,
    inferenceProfileId: id,
    models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${id}` }],
    status: 'ACTIVE' as const,
    type: 'SYSTEM_DEFINED' as const,
  };
}
