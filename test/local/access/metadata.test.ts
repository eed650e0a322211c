import { fromContainerMetadata, fromHttp, fromInstanceMetadata } from '@aws-sdk/credential-providers';
import { createLocalBedrock, type LocalBedrock } from 'bedrock-anywhere/local';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { start, taken } from './identity.js';

const LIST = '/latest/meta-data/iam/security-credentials/';
const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';
const TOKEN = 'x-aws-ec2-metadata-token';

afterEach(() => vi.unstubAllEnvs());

/** One request to the metadata of the machine. */
function ask(local: LocalBedrock, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return local.fetch(new Request(`http://169.254.169.254${path}`, { method, headers }));
}

/** A token for further requests. */
async function tokenOf(local: LocalBedrock, seconds = 60): Promise<string> {
  return (await ask(local, '/latest/api/token', { [TTL]: String(seconds) }, 'PUT')).text();
}

describe('instance metadata', () => {
  it("gives AWS's own fromInstanceMetadata credentials that the local Bedrock takes", async () => {
    const local = await start();
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', local.url);
    expect(await taken(local, await fromInstanceMetadata()())).toBe('ok');
    expect(local.requests.map(({ operation, method, status }) => `${method} ${operation} ${status}`)).toEqual(
      [
        'PUT InstanceMetadataToken 200',
        'GET InstanceRole 200',
        'GET InstanceRoleCredentials 200',
        'POST Converse 200',
      ],
    );
    expect(local.requests[1]?.headers[TOKEN]).toBe('…');
  });

  it('asks for a token first, and for one that has not ended', async () => {
    let now = Date.now();
    const local = createLocalBedrock({ now: () => now });
    expect((await ask(local, LIST)).status).toBe(401);
    expect((await ask(local, LIST, { [TOKEN]: 'made up' })).status).toBe(401);
    const token = await tokenOf(local, 60);
    const role = await (await ask(local, LIST, { [TOKEN]: token })).text();
    expect(role).toBe('local-bedrock-role');
    expect((await ask(local, LIST + role)).status).toBe(401);
    expect((await ask(local, `${LIST}other`, { [TOKEN]: token })).status).toBe(404);
    now += 60_000;
    expect((await ask(local, LIST + role, { [TOKEN]: token })).status).toBe(401);
  });

  it.each(['', '0', '21601', 'long', '1.5'])('gives no token for %j seconds', async (seconds) => {
    const headers: Record<string, string> = seconds === '' ? {} : { [TTL]: seconds };
    expect((await ask(createLocalBedrock(), '/latest/api/token', headers, 'PUT')).status).toBe(400);
  });

  it.each([
    [3600, 3299, 3301],
    [100, 49, 51],
  ])('with a life of %i s rotates them between %i and %i s', async (life, same, other) => {
    const start = Date.now() - (Date.now() % 1000);
    let now = start;
    const local = createLocalBedrock({ credentialsLifeSeconds: life, now: () => now });
    const keyAt = async (seconds: number) => {
      now = start + seconds * 1000;
      const headers = { [TOKEN]: await tokenOf(local) };
      return (await (await ask(local, `${LIST}local-bedrock-role`, headers)).json()) as {
        AccessKeyId: string;
        Expiration: string;
      };
    };
    const first = await keyAt(0);
    expect(first).toMatchObject({ Code: 'Success', Type: 'AWS-HMAC' });
    expect(Date.parse(first.Expiration)).toBe(start + life * 1000);
    expect((await keyAt(same)).AccessKeyId).toBe(first.AccessKeyId);
    expect((await keyAt(other)).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  it('is not for pages', async () => {
    const response = await ask(createLocalBedrock(), '/latest/api/token', { [TTL]: '60' }, 'PUT');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('container credentials', () => {
  it("go to AWS's own providers, with the token that is asked for", async () => {
    const local = await start({ containerAuthorizationToken: 'c0ntainer' });
    const uri = `${local.url}/local-container-credentials`;
    const provider = fromHttp({
      awsContainerCredentialsFullUri: uri,
      awsContainerAuthorizationToken: 'c0ntainer',
    });
    expect(await taken(local, await provider())).toBe('ok');
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', uri);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'c0ntainer');
    expect(await taken(local, await fromContainerMetadata()())).toBe('ok');
    expect(JSON.stringify(local.requests)).not.toContain('c0ntainer');
  });

  it('are refused without it, and open where none is set', async () => {
    const guarded = createLocalBedrock({ containerAuthorizationToken: 'right' });
    const path = '/local-container-credentials';
    expect((await ask(guarded, path)).status).toBe(401);
    expect((await ask(guarded, path, { authorization: 'wrong' })).status).toBe(401);
    const open = await ask(createLocalBedrock(), path);
    expect(open.status).toBe(200);
    expect(open.headers.get('access-control-allow-origin')).toBeNull();
  });
});
