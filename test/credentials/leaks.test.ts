import type { AwsCredentials, Credentials, StorageLike } from 'bedrock-anywhere';
import { describe, expect, it, vi } from 'vitest';
import {
  answering,
  consoleOutput,
  everyCall,
  failure,
  IDP,
  KEYS,
  library,
  question,
  TOKEN,
} from './failing.js';
import { start } from './machine.js';
import { expectNoMark, MARK, secret } from './marks.js';

describe('the search for marks', () => {
  it.each([
    ['a message', new Error(MARK)],
    ['a cause', new Error('x', { cause: { deep: [new Error(MARK)] } })],
    ['a hidden member', Object.defineProperty({}, 'hidden', { value: MARK })],
    ['base64', [Buffer.from(`a key: ${MARK} `).toString('base64')]],
    ['bytes', { bytes: Buffer.from(`x${MARK}`) }],
    ['a map', new Map([[{}, { token: MARK }]])],
  ])('sees one in %s', (_where, value) => {
    expect(() => expectNoMark(value)).toThrow();
  });
});

describe('no secret is in the error of a call', () => {
  it.each<[what: string, credentials: Credentials]>([
    ['access keys that nobody knows', KEYS],
    ['a token that nobody knows', TOKEN],
  ])('with %s', async (_what, credentials) => {
    const local = await start();
    for (const call of await everyCall({ endpoint: local.url, credentials })) {
      expect(await failure(call)).toMatchObject({ code: 'ERR_CREDENTIALS' });
    }
  });

  it('with a wrong secret', async () => {
    const local = await start();
    const credentials = { ...local.credentials, secretAccessKey: secret('wrong') };
    for (const call of await everyCall({ endpoint: local.url, credentials })) await failure(call);
  });

  it('with credentials that are over, from a provider', async () => {
    const local = await start({ credentials: { ...KEYS, expiration: new Date(0) } });
    for (const call of await everyCall({ endpoint: local.url, credentials: async () => KEYS })) {
      expect(await failure(call)).toMatchObject({ name: 'ExpiredTokenException' });
    }
  });

  it('with a key of createApiKey() that is refused', async () => {
    const local = await start();
    const { createApiKey } = await library();
    const token = await createApiKey(KEYS, { region: 'us-east-1' });
    for (const call of await everyCall({ endpoint: local.url, credentials: { token } })) await failure(call);
  });

  it.each(['text/plain', 'text/html', 'application/json'])(
    'that a proxy answers with %s which repeats the headers',
    async (type) => {
      const endpoint = await answering(({ headers }) => {
        const { authorization, 'x-amz-security-token': session } = headers;
        const said = `refused: ${session ?? authorization}`;
        const bodies: Record<string, string> = {
          'text/plain': said,
          'text/html': `<html><title>${said}</title><body>${said}</body></html>`,
          'application/json': JSON.stringify({ message: said }),
        };
        return { status: 502, type, body: bodies[type] ?? '' };
      });
      for (const credentials of [KEYS, TOKEN]) {
        for (const call of await everyCall({ endpoint, credentials })) await failure(call);
      }
    },
  );

  it.each([
    ['percent-encoded', encodeURIComponent],
    ['as HTML', (text: string) => text.replaceAll('/', '&#x2F;').replaceAll('+', '&#43;')],
    ['with the slashes of JSON escaped', (text: string) => text.replaceAll('/', '\\/')],
  ])('that a proxy repeats the session token in, %s', async (_how, spell) => {
    const endpoint = await answering(({ headers }) => ({
      status: 502,
      type: 'text/plain',
      body: `refused: ${spell(String(headers['x-amz-security-token']))}`,
    }));
    for (const call of await everyCall({ endpoint, credentials: KEYS })) await failure(call);
  });

  it('that a proxy repeats the signature in', async () => {
    const endpoint = await answering(({ headers }) => ({
      status: 502,
      type: 'text/plain',
      body: /Signature=.*/.exec(String(headers['authorization']))?.[0] ?? '',
    }));
    for (const call of await everyCall({ endpoint, credentials: KEYS })) {
      expect((await failure(call)).message).not.toMatch(/Signature=[0-9a-f]{64}/);
    }
  });

  it('that is redirected to an address with a secret in it', async () => {
    const local = await start();
    const headers = { 'x-local-fault': `redirect=https://user:${MARK}@other.example/?token=${MARK}` };
    const { createBedrock } = await library();
    const bedrock = createBedrock({
      endpoint: local.url,
      region: 'us-east-1',
      credentials: local.credentials,
    });
    expect(await failure(() => bedrock.converse(question, { headers }))).toMatchObject({
      code: 'ERR_REDIRECT',
    });
  });

  it.each(['https://user:%s@bedrock.example.com', 'https://bedrock.example.com/?token=%s'])(
    'whose endpoint is %s',
    async (endpoint) => {
      for (const call of await everyCall({ endpoint: endpoint.replace('%s', MARK), credentials: KEYS })) {
        expect(await failure(call)).toMatchObject({ code: 'ERR_INPUT' });
      }
    },
  );

  it('whose endpoint is no URL and holds a password', async () => {
    const endpoint = `https://user:${MARK}@bedrock.example.com:port`;
    for (const call of await everyCall({ endpoint, credentials: KEYS })) await failure(call);
  });

  it('whose connection fails', async () => {
    for (const call of await everyCall({ endpoint: 'http://127.0.0.1:1', credentials: KEYS })) {
      expect(await failure(call)).toMatchObject({ code: 'ERR_NETWORK' });
    }
  });

  it('whose provider fails without telling a secret, alone or among others', async () => {
    const { firstAvailable, fromEnvironment } = await library({
      env: { AWS_SECRET_ACCESS_KEY: secret('half') },
    });
    const fails = () => Promise.reject(new Error('The vault is sealed.'));
    for (const credentials of [fails, firstAvailable(fails, fromEnvironment())]) {
      for (const call of await everyCall({ credentials })) {
        expect((await failure(call)).message).toContain('The vault is sealed.');
      }
    }
  });

  it('whose provider gives half of what is needed, or what no header can carry', async () => {
    for (const credentials of [
      { secretAccessKey: secret('key') } as Credentials,
      { token: `${MARK}\n${MARK}` },
      { ...KEYS, sessionToken: `${MARK} ${MARK}` },
    ]) {
      for (const call of await everyCall({ credentials: async () => credentials })) await failure(call);
    }
  });

  it('of createApiKey()', async () => {
    const { createApiKey } = await library();
    await failure(() => createApiKey(KEYS, { region: 'us-east-1', expiresInSeconds: 0 }));
    await failure(() =>
      createApiKey(async () => TOKEN as unknown as AwsCredentials, { region: 'us-east-1' }),
    );
  });
});

describe('no secret is kept or printed', () => {
  /** A storage that tells what it was asked to keep. */
  function watched() {
    const kept = new Map<string, string>();
    const asked: unknown[] = [];
    const storage: StorageLike = {
      getItem(key) {
        asked.push(key);
        return kept.get(key) ?? null;
      },
      setItem(key, value) {
        asked.push([key, value]);
        kept.set(key, value);
      },
    };
    return { storage, asked, kept };
  }

  it.each<[what: string, credentials: Credentials]>([
    ['access keys', KEYS],
    ['a token', TOKEN],
  ])('by discover() with %s', async (_what, credentials) => {
    const local = await start({ credentials: KEYS, apiKey: TOKEN.token });
    const { createBedrock } = await library();
    const { storage, asked, kept } = watched();
    for (const given of [credentials, async () => credentials]) {
      const bedrock = createBedrock({ endpoint: local.url, region: local.region, credentials: given });
      const found = await bedrock.discover({ storage, checkAccess: true });
      expect(found.models.length).toBeGreaterThan(0);
      expectNoMark(found);
    }
    expect(kept.size).toBeGreaterThan(0);
    expectNoMark(asked, 'The storage');
    expectNoMark(local.requests, 'The log of the local Bedrock');
    expectNoMark(consoleOutput(), 'The console');
  });

  it('by fromCognitoIdentityPool(), which keeps the id of the identity alone', async () => {
    const logins = { [IDP]: secret('login') };
    const local = await start({ logins });
    const { createBedrock, fromCognitoIdentityPool } = await library();
    const { storage, asked, kept } = watched();
    const credentials = fromCognitoIdentityPool({
      identityPoolId: local.identityPoolId,
      logins,
      userIdentifier: 'ann',
      cache: storage,
      clientConfig: { endpoint: local.url },
    });
    await createBedrock({ endpoint: local.url, region: local.region, credentials }).countTokens(question);
    expect(kept.size).toBe(1);
    expectNoMark(asked, 'The storage');
    expectNoMark(local.requests, 'The log of the local Bedrock');
    expectNoMark(consoleOutput(), 'The console');
  });

  it('when clients, streams and providers are printed', async () => {
    const { createBedrock, firstAvailable, fromBearerToken, fromStatic } = await library();
    const bedrock = createBedrock({ credentials: KEYS });
    for (const value of [
      bedrock,
      bedrock.stream(question),
      fromStatic(KEYS),
      firstAvailable(fromStatic(KEYS)),
    ]) {
      expectNoMark(value);
    }
    expectNoMark(fromBearerToken(TOKEN.token));
    vi.restoreAllMocks();
  });
});
