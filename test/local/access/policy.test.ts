import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { createApiKey, createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, type LocalBedrock, type LocalBedrockOptions } from 'bedrock-anywhere/local';
import { describe, expect, it, vi } from 'vitest';
import { failure, modelPath, say, send } from '../request.js';
import { start } from './identity.js';

const LITE = 'amazon.nova-lite-v1:0';
const STREAM = 'bedrock:InvokeModelWithResponseStream';

/** What a call says that is refused; undefined where it is not. */
async function refused(
  options: LocalBedrockOptions,
  path: string,
  method = 'POST',
): Promise<string | undefined> {
  const local = createLocalBedrock(options);
  const response = await send(local, { path, method, ...(method === 'POST' && { body: say('Hi') }) });
  if (response.ok) return undefined;
  const { status, name, message } = await failure(response);
  return `${status} ${name} ${message}`;
}

/** A call with an API key. */
function withKey(local: LocalBedrock, token: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify(say('Hi'));
  const url = `https://local.example${modelPath('converse', LITE)}`;
  return local.fetch(new Request(url, { method: 'POST', headers, body }));
}

describe('an action that is denied', () => {
  it.each([
    ['converse', 'bedrock:InvokeModel'],
    ['converse-stream', STREAM],
    ['count-tokens', 'bedrock:CountTokens'],
  ])('refuses %s in the words of IAM, and nothing else', async (operation, action) => {
    const why = `because no identity-based policy allows the ${action} action`;
    const arn = `arn:aws:bedrock:us-east-1::foundation-model/${LITE}`;
    const path = modelPath(operation, LITE);
    expect(await refused({ deny: [action] }, path)).toBe(
      `403 AccessDeniedException User: arn:aws:iam::123456789012:user/local is not authorized to perform: ${action} on resource: ${arn} ${why}`,
    );
    expect((await refused({ deny: ['bedrock:ListFoundationModels'] }, path)) ?? '').not.toMatch(/authorized/);
  });

  it.each([
    ['a profile', `us.${LITE}`, `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${LITE}`],
    ['an unknown model', 'no.such', 'arn:aws:bedrock:us-east-1::foundation-model/no.such'],
    [
      'an ARN',
      'arn:aws:bedrock:us-east-1::foundation-model/x',
      'arn:aws:bedrock:us-east-1::foundation-model/x',
    ],
  ])('names the resource of %s', async (_what, modelId, arn) => {
    const said = await refused({ deny: [STREAM] }, modelPath('converse-stream', modelId));
    expect(said).toContain(`${STREAM} on resource: ${arn} because`);
  });

  it('names no resource where the action has none', async () => {
    const action = 'bedrock:ListInferenceProfiles';
    expect(await refused({ deny: [action] }, '/inference-profiles', 'GET')).toContain(
      `perform: ${action} because no identity-based policy`,
    );
  });

  it("is AccessDeniedException for AWS's client", async () => {
    const local = await start({ deny: [STREAM] });
    const { url: endpoint, region, credentials } = local;
    const client = new BedrockRuntimeClient({ endpoint, region, credentials });
    const call = client.send(
      new ConverseStreamCommand({ modelId: LITE, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }),
    );
    await expect(call).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(STREAM),
    });
    client.destroy();
  });

  it('may be the one that API keys need', async () => {
    const local = createLocalBedrock({ deny: ['bedrock:CallWithBearerToken'] });
    const { status, message } = await failure(await withKey(local, local.apiKey));
    expect(status).toBe(403);
    expect(message).toContain('bedrock:CallWithBearerToken on resource: *');
    const signed = await send(local, { path: modelPath('converse', LITE), method: 'POST', body: say('Hi') });
    expect(signed.status).toBe(200);
  });

  it('leaves the lists that discovery may do without', async () => {
    const local = createLocalBedrock({ deny: ['bedrock:ListInferenceProfiles'] });
    const fetch = (input: RequestInfo | URL, init?: RequestInit) => local.fetch(new Request(input, init));
    const bedrock = createBedrock({ region: local.region, credentials: local.credentials, fetch });
    const { models, warnings } = await bedrock.discover({ refreshInterval: 0 });
    expect(models.length).toBeGreaterThan(0);
    expect(warnings.join()).toContain('bedrock:ListInferenceProfiles');
  });
});

describe('a short-term API key that is over', () => {
  it('is told from one that is wrong', async () => {
    const local = createLocalBedrock({ now: () => Date.now() });
    const key = await createApiKey(local.credentials, { region: local.region, expiresInSeconds: 60 });
    expect((await withKey(local, key)).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect((await failure(await withKey(local, key))).message).toBe('Bearer Token has expired');
    } finally {
      vi.useRealTimers();
    }
    const wrong = await failure(await withKey(local, `${key.slice(0, -8)}AAAAAAAA`));
    expect(wrong).toMatchObject({ status: 403, message: expect.stringContaining('API Key is valid') });
  });
});
