import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CognitoIdentityPoolInit,
  type DiscoverOptions,
  memoryStorage,
  type StorageLike,
} from '../../src/index.js';
import { behind, type MachineSketch, machine, start } from '../credentials/machine.js';
import { answeringNetwork, asGlobal } from './answering.js';

beforeEach(() => void asGlobal(answeringNetwork()));
afterEach(() => vi.unstubAllGlobals());

/** A profile's section of a credentials file. */
function profile(name: string, id: string, { account = '', session = true } = {}): string {
  return [
    `[${name}]`,
    `aws_access_key_id = ${id}`,
    'aws_secret_access_key = secret',
    session ? `aws_session_token = token-of-${id}` : '',
    account && `aws_account_id = ${account}`,
    '',
  ].join('\n');
}

/** Lists of a machine with these profiles, kept in one storage; `write` changes the profiles. */
async function lists(...sections: string[]) {
  const { home } = await machine({ files: { '.aws/credentials': sections.join('\n') } });
  const storage = memoryStorage();
  return {
    write: (section: string) => writeFileSync(join(home, '.aws/credentials'), section),
    /** In a process of its own: the AWS SDK remembers keys that do not say when they expire. */
    as: async (name: string) => {
      vi.stubEnv('AWS_PROFILE', name);
      vi.resetModules();
      const library = await import('bedrock-anywhere');
      return (await library.discover({ region: 'us-east-1', storage })).source;
    },
  };
}

describe('the list of a profile', () => {
  it('is found after its temporary keys changed within the account', async () => {
    const account = '111111111111';
    const { as, write } = await lists(profile('work', 'ASIAONE', { account }));
    expect(await as('work')).toBe('network');
    write(profile('work', 'ASIATWO', { account }));
    expect(await as('work')).toBe('cache');
  });

  it('is not found after it was filled with keys of another account', async () => {
    const { as, write } = await lists(profile('work', 'ASIAONE'));
    expect(await as('work')).toBe('network');
    expect(await as('work')).toBe('cache');
    write(profile('work', 'ASIATWO'));
    expect(await as('work')).toBe('network');
  });

  it('is not found with the id of its keys and another secret', async () => {
    const { as, write } = await lists(profile('work', 'AKIAONE', { session: false }));
    expect(await as('work')).toBe('network');
    write(profile('work', 'AKIAONE', { session: false }).replace('= secret', '= another-secret'));
    expect(await as('work')).toBe('network');
  });

  it('is not that of another profile of the account, whose role may see other models', async () => {
    const account = '111111111111';
    const { as } = await lists(
      profile('work', 'ASIAONE', { account }),
      profile('play', 'ASIATWO', { account }),
    );
    expect(await as('work')).toBe('network');
    expect(await as('play')).toBe('network');
    expect(await as('work')).toBe('cache');
  });

  it('goes by the key where that is a lasting one, whatever the account', async () => {
    const account = '111111111111';
    const { as, write } = await lists(profile('work', 'AKIAONE', { account, session: false }));
    expect(await as('work')).toBe('network');
    write(profile('work', 'AKIATWO', { account, session: false }));
    expect(await as('work')).toBe('network');
  });
});

/** What the library of a machine finds in a storage that others use too. */
async function sourceOn(sketch: MachineSketch, storage: StorageLike, options: DiscoverOptions = {}) {
  const { library } = await machine(sketch);
  const { source } = await library.discover({ region: 'us-east-1', storage, ...options });
  vi.unstubAllEnvs();
  return source;
}

const A = '111111111111';
const B = '222222222222';
const credentialsFile = (...sections: string[]): MachineSketch => ({
  files: { '.aws/credentials': sections.join('\n') },
});

/** An SSO portal on this machine that gives each account keys of its own. */
async function ssoPortal(): Promise<string> {
  let issued = 0;
  const server = createServer((_request, response) => {
    issued += 1;
    const accessKeyId = `ASIASSO${issued}`;
    const roleCredentials = {
      accessKeyId,
      secretAccessKey: 'secret',
      sessionToken: 'session',
      expiration: Date.now() + 3600_000,
    };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ roleCredentials }));
  }).listen(0, '127.0.0.1');
  behind(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function ssoMachine(url: string, account: string): MachineSketch {
  const config = [
    '[profile work]',
    'sso_session = corp',
    `sso_account_id = ${account}`,
    'sso_role_name = reader',
    '[sso-session corp]',
    'sso_start_url = https://corp.example.com/start',
    'sso_region = us-east-1',
    'sso_registration_scopes = sso:account:access',
  ].join('\n');
  const token = JSON.stringify({
    startUrl: 'https://corp.example.com/start',
    region: 'us-east-1',
    accessToken: 'sso-access',
    expiresAt: new Date(Date.now() + 3600_000).toISOString(),
  });
  const cache = `.aws/sso/cache/${createHash('sha1').update('corp').digest('hex')}.json`;
  return {
    files: { '.aws/config': config, [cache]: token },
    env: { AWS_PROFILE: 'work', AWS_ENDPOINT_URL_SSO: url },
  };
}

/** A machine whose role comes from a local Bedrock of its own, which issues other keys than any other. */
async function roleMachine(env: (url: string) => Record<string, string>): Promise<MachineSketch> {
  const { url } = await start();
  return { files: { token: 'w3bt0ken' }, env: env(url) };
}

const onInstance = () =>
  roleMachine((url) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url, AWS_EC2_METADATA_DISABLED: 'false' }));
const inContainer = () =>
  roleMachine((url) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/local-container-credentials` }));

/** Roles of one account, as pods of a cluster have them. */
const inPod = async (role: string) => {
  const { url } = await start({ webIdentityToken: 'w3bt0ken' });
  return {
    files: { token: 'w3bt0ken' },
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: '$HOME/token',
      AWS_ROLE_ARN: `arn:aws:iam::123456789012:role/${role}`,
      AWS_ENDPOINT_URL_STS: url,
    },
  };
};

describe('two machines that share a storage', () => {
  it.each<[what: string, machines: () => Promise<[MachineSketch, MachineSketch]>]>([
    [
      'profiles of one name and of two accounts',
      async () => [
        { ...credentialsFile(profile('work', 'ASIAONE', { account: A })), env: { AWS_PROFILE: 'work' } },
        { ...credentialsFile(profile('work', 'ASIATWO', { account: B })), env: { AWS_PROFILE: 'work' } },
      ],
    ],
    [
      'profiles of one name that do not say their account',
      async () => [
        { ...credentialsFile(profile('work', 'ASIAONE')), env: { AWS_PROFILE: 'work' } },
        { ...credentialsFile(profile('work', 'ASIATWO')), env: { AWS_PROFILE: 'work' } },
      ],
    ],
    [
      'default profiles of two accounts',
      async () => [
        credentialsFile(profile('default', 'ASIAONE', { account: A })),
        credentialsFile(profile('default', 'ASIATWO', { account: B })),
      ],
    ],
    [
      'default profiles that do not say their account',
      async () => [
        credentialsFile(profile('default', 'ASIAONE')),
        credentialsFile(profile('default', 'ASIATWO')),
      ],
    ],
    [
      'SSO profiles of one name and of two accounts',
      async () => {
        const url = await ssoPortal();
        return [ssoMachine(url, A), ssoMachine(url, B)];
      },
    ],
    ['roles of containers', async () => [await inContainer(), await inContainer()]],
    ['roles of instances', async () => [await onInstance(), await onInstance()]],
    ['roles of pods in one account', async () => [await inPod('reader'), await inPod('writer')]],
    [
      'API keys',
      async () => [
        { env: { AWS_BEARER_TOKEN_BEDROCK: 'key-one' } },
        { env: { AWS_BEARER_TOKEN_BEDROCK: 'key-two' } },
      ],
    ],
    [
      'temporary keys of the environment',
      async () => [
        { env: { AWS_ACCESS_KEY_ID: 'ASIAONE', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' } },
        { env: { AWS_ACCESS_KEY_ID: 'ASIATWO', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' } },
      ],
    ],
  ])('do not see the list of each other: %s', async (_what, machines) => {
    const storage = memoryStorage();
    const [one, two] = await machines();
    expect(await sourceOn(one, storage)).toBe('network');
    expect(await sourceOn(two, storage)).toBe('network');
  });

  it('share the list of an account that both say is theirs, whatever the keys', async () => {
    const storage = memoryStorage();
    const work = (id: string) => ({
      ...credentialsFile(profile('work', id, { account: A })),
      env: { AWS_PROFILE: 'work' },
    });
    expect(await sourceOn(work('ASIAONE'), storage)).toBe('network');
    expect(await sourceOn(work('ASIATWO'), storage)).toBe('cache');
  });

  it('share the list of one API key, and of one lasting key', async () => {
    const storage = memoryStorage();
    for (const env of [
      { AWS_BEARER_TOKEN_BEDROCK: 'key-one' },
      { AWS_ACCESS_KEY_ID: 'AKIAONE', AWS_SECRET_ACCESS_KEY: 's' },
    ]) {
      expect(await sourceOn({ env }, storage)).toBe('network');
      expect(await sourceOn({ env }, storage)).toBe('cache');
    }
  });
});

describe('the list of a provider that nothing is known of', () => {
  const keys = (id: string, more: object = {}) => ({
    accessKeyId: id,
    secretAccessKey: 'secret',
    sessionToken: 'token',
    ...more,
  });

  it.each<[what: string, one: object, two: object]>([
    ['of two accounts', { accountId: A }, { accountId: B }],
    ['of one account, which may be two roles', { accountId: A }, { accountId: A }],
    ['that says a blank account', { accountId: '' }, { accountId: '' }],
    ['that says no account', {}, {}],
  ])('belongs to its keys: %s', async (_what, one, two) => {
    const storage = memoryStorage();
    const as = (id: string, more: object) =>
      sourceOn({}, storage, { credentials: async () => keys(id, more) });
    expect(await as('ASIAONE', one)).toBe('network');
    expect(await as('ASIATWO', two)).toBe('network');
    expect(await as('ASIAONE', one)).toBe('cache');
  });

  it('belongs to a key whose session token is blank as to a lasting one', async () => {
    const storage = memoryStorage();
    const as = (id: string) =>
      sourceOn({ env: { AWS_PROFILE: 'work' } }, storage, {
        credentials: async () => keys(id, { sessionToken: undefined, accountId: A }),
      });
    expect(await as('AKIAONE')).toBe('network');
    expect(await as('AKIATWO')).toBe('network');
  });
});

const GUESTS = 'arn:aws:iam::123456789012:role/guests';

/** What STS answers. */
function assumed(accessKeyId: string): Response {
  const members = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>`;
  const xml = `<R><AssumeRoleWithWebIdentityResult><Credentials>${members}</Credentials></AssumeRoleWithWebIdentityResult></R>`;
  return new Response(xml, { headers: { 'content-type': 'text/xml' } });
}

describe('the list of a Cognito identity pool', () => {
  it('is found with every new keys of a guest, who stays in the account of the pool', async () => {
    const { library } = await machine({});
    const storage = memoryStorage();
    let issued = 0;
    const fetch = async (_input: unknown, init?: RequestInit) => {
      const target = new Headers(init?.headers).get('x-amz-target');
      if (target?.endsWith('GetId')) return Response.json({ IdentityId: 'us-east-1:9e57' });
      if (target?.endsWith('GetOpenIdToken')) return Response.json({ Token: 'token' });
      issued += 1;
      return assumed(`ASIA${issued}`);
    };
    const as = async (pool: string) => {
      const credentials = library.fromCognitoIdentityPool({
        identityPoolId: `us-east-1:${pool}`,
        guestRoleArn: GUESTS,
        fetch,
      });
      return (await library.discover({ region: 'us-east-1', storage, credentials })).source;
    };
    expect(await as('1e')).toBe('network');
    expect(await as('1e')).toBe('cache');
    expect(await as('2e')).toBe('network');
    expect(issued).toBeGreaterThan(2);
  });

  it('is not that of another role or user of the pool', async () => {
    const { library } = await machine({});
    const storage = memoryStorage();
    let issued = 0;
    const fetch = async (_input: unknown, init?: RequestInit) => {
      const target = new Headers(init?.headers).get('x-amz-target');
      if (target?.endsWith('GetId')) return Response.json({ IdentityId: 'us-east-1:9e57' });
      if (target?.endsWith('GetOpenIdToken')) return Response.json({ Token: 'token' });
      issued += 1;
      if (target === null) return assumed(`ASIA${issued}`);
      return Response.json({
        Credentials: { AccessKeyId: `ASIA${issued}`, SecretKey: 'secret', SessionToken: 'token' },
      });
    };
    const as = async (init: Partial<CognitoIdentityPoolInit>) => {
      const identityPoolId = 'us-east-1:1e';
      const credentials = library.fromCognitoIdentityPool({ identityPoolId, fetch, ...init });
      return (await library.discover({ region: 'us-east-1', storage, credentials })).source;
    };
    const logins = { idp: 'token' };
    const user = { logins, userIdentifier: 'ann' };
    const different: Partial<CognitoIdentityPoolInit>[] = [
      { guestRoleArn: GUESTS },
      { guestRoleArn: `${GUESTS}-2` },
      user,
      { ...user, customRoleArn: 'arn:aws:iam::123456789012:role/a' },
      { ...user, customRoleArn: 'arn:aws:iam::123456789012:role/b' },
      { logins, userIdentifier: 'bob' },
      { logins, userIdentifier: 'ANONYMOUS' },
    ];
    for (const init of different) {
      expect(await as(init)).toBe('network');
      expect(await as(init)).toBe('cache');
    }
    // The token decides about the role, and nothing says whose it is.
    expect(await as({ logins })).toBe('network');
    expect(await as({ logins: { idp: 'another' } })).toBe('network');
    expect(await as({ logins })).toBe('network');
  });
});
