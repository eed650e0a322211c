import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryStorage } from '../../src/index.js';
import { machine } from '../credentials/machine.js';
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

describe('the list of a Cognito identity pool', () => {
  it('is found with every new keys of a guest, who stays in the account of the pool', async () => {
    const { library } = await machine({});
    const storage = memoryStorage();
    let issued = 0;
    const fetch = async (_input: unknown, init?: RequestInit) => {
      const target = new Headers(init?.headers).get('x-amz-target');
      if (target?.endsWith('GetId')) return Response.json({ IdentityId: 'us-east-1:guest' });
      issued += 1;
      return Response.json({
        Credentials: { AccessKeyId: `ASIA${issued}`, SecretKey: 'secret', SessionToken: 'token' },
      });
    };
    const as = async (pool: string) => {
      const credentials = library.fromCognitoIdentityPool({ identityPoolId: `us-east-1:${pool}`, fetch });
      return (await library.discover({ region: 'us-east-1', storage, credentials })).source;
    };
    expect(await as('one')).toBe('network');
    expect(await as('one')).toBe('cache');
    expect(await as('two')).toBe('network');
    expect(issued).toBeGreaterThan(2);
  });
});
