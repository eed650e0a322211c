import {
  BedrockClient,
  GetFoundationModelAvailabilityCommand,
  GetInferenceProfileCommand,
} from '@aws-sdk/client-bedrock';
import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, say, send } from '../request.js';
import { start } from './identity.js';

const LITE = 'amazon.nova-lite-v1:0';
const PRO = 'amazon.nova-pro-v1:0';

describe('models without access', () => {
  it("are told apart by AWS's own client", async () => {
    const local = await start({ noAccess: [PRO] });
    const client = new BedrockClient({
      endpoint: local.url,
      region: local.region,
      credentials: local.credentials,
    });
    const availability = (modelId: string) =>
      client.send(new GetFoundationModelAvailabilityCommand({ modelId }));
    expect(await availability(LITE)).toMatchObject({
      modelId: LITE,
      authorizationStatus: 'AUTHORIZED',
      entitlementAvailability: 'AVAILABLE',
      agreementAvailability: { status: 'AVAILABLE' },
      regionAvailability: 'AVAILABLE',
    });
    expect(await availability(PRO)).toMatchObject({
      authorizationStatus: 'NOT_AUTHORIZED',
      entitlementAvailability: 'NOT_AVAILABLE',
      agreementAvailability: { status: 'NOT_AVAILABLE' },
    });
    await expect(availability('no.such-model')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    client.destroy();
  });

  it.each([PRO, `us.${PRO}`])('are listed and refuse to answer: %s', async (modelId) => {
    const local = createLocalBedrock({ noAccess: [PRO] });
    const fetch: typeof globalThis.fetch = (input, init) => local.fetch(new Request(input, init));
    const bedrock = createBedrock({ credentials: local.credentials, region: local.region, fetch });
    const { models } = await bedrock.discover({ refreshInterval: 0 });
    expect(models.map(({ foundationModelId }) => foundationModelId)).toContain(PRO);
    const response = await send(local, {
      path: modelPath('converse', modelId),
      method: 'POST',
      body: say('Hi'),
    });
    expect(await failure(response)).toMatchObject({ status: 403, name: 'AccessDeniedException' });
  });

  it.each(['/foundation-model-availability/x', '/inference-profiles/x'])(
    'want a signature: %s',
    async (path) => {
      const response = await createLocalBedrock().fetch(new Request(`https://local.example${path}`));
      expect(await failure(response)).toMatchObject({
        status: 403,
        name: 'MissingAuthenticationTokenException',
      });
    },
  );
});

describe('an inference profile', () => {
  it("is found by id and by ARN with AWS's own client", async () => {
    const local = await start();
    const client = new BedrockClient({
      endpoint: local.url,
      region: local.region,
      credentials: local.credentials,
    });
    const get = (id: string) =>
      client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: id }));
    const byId = await get(`us.${LITE}`);
    expect(byId).toMatchObject({
      inferenceProfileId: `us.${LITE}`,
      status: 'ACTIVE',
      type: 'SYSTEM_DEFINED',
    });
    expect(byId.models?.length).toBeGreaterThan(1);
    expect(await get(byId.inferenceProfileArn ?? '')).toMatchObject({ inferenceProfileId: `us.${LITE}` });
    await expect(get('us.no-such')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    client.destroy();
  });
});
