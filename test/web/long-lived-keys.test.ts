import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CallOptions, type Credentials, createApiKey, createBedrock } from '../../src/index.js';
import { noProcess } from '../no-process.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const longLived: [kind: string, credentials: Credentials][] = [
  ['AKIA…', { accessKeyId: 'AKIAFOREVER', secretAccessKey: 'S3CRET' }],
  ['ABSK…', { token: 'ABSKS3CRET' }],
];

function pretend(userAgent: string, process: unknown): void {
  vi.stubGlobal('process', process ?? noProcess());
  vi.stubGlobal('navigator', { userAgent });
}
const browser = (): void => pretend('Mozilla/5.0 (X11; Linux x86_64)', undefined);

/** A call whose answer is a ValidationException: it ends with ERR_INPUT when it was sent. */
function call(credentials: Credentials, options: CallOptions = {}): Promise<unknown> {
  const fetch = async (): Promise<Response> => Response.json({ message: 'no' }, { status: 400 });
  return createBedrock({ credentials, fetch, ...options }).converse(request);
}

afterEach(() => vi.unstubAllGlobals());

describe('long-lived keys', () => {
  it.each(longLived)(
    '%s are refused in a browser, and the error says what to use',
    async (_kind, credentials) => {
      browser();
      const error: unknown = await call(credentials).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'ERR_CREDENTIALS',
        message: expect.stringMatching(/Cognito.*allowLongLivedKeys/),
      });
      expect(String(error)).not.toContain('S3CRET');
    },
  );

  it.each(longLived)('%s are taken there with allowLongLivedKeys', async (_kind, credentials) => {
    browser();
    await expect(call(credentials, { allowLongLivedKeys: true })).rejects.toMatchObject({
      code: 'ERR_INPUT',
    });
  });

  it.each(longLived)('%s are taken there at a loopback endpoint', async (_kind, credentials) => {
    browser();
    await expect(call(credentials, { endpoint: 'http://localhost:1' })).rejects.toMatchObject({
      code: 'ERR_INPUT',
    });
  });

  it.each<[polyfill: string, process: unknown]>([
    ['of the usual kind', { env: {}, browser: true, versions: {} }],
    ['that has the version of a Node', { env: {}, versions: { node: '20.0.0' }, release: { name: 'node' } }],
  ])('are refused in a page with a polyfill %s for `process`', async (_what, polyfill) => {
    pretend('Mozilla/5.0 (X11; Linux x86_64)', polyfill);
    for (const [, credentials] of longLived)
      await expect(call(credentials)).rejects.toMatchObject({ code: 'ERR_CREDENTIALS' });
  });

  it('make no API key in a browser, unless it is allowed', async () => {
    const region = 'us-east-1';
    const keys = { accessKeyId: 'AKIAFOREVER', secretAccessKey: 'S3CRET' };
    const session = { ...keys, accessKeyId: 'ASIASESSION', sessionToken: 't' };
    expect(await createApiKey(keys, { region })).toMatch(/^bedrock-api-key-/);
    browser();
    const error: unknown = await createApiKey(keys, { region }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringMatching(/AKIA….*allowLongLivedKeys/),
    });
    expect(String(error)).not.toContain('S3CRET');
    expect(await createApiKey(keys, { region, allowLongLivedKeys: true })).toMatch(/^bedrock-api-key-/);
    expect(await createApiKey(session, { region })).toMatch(/^bedrock-api-key-/);
  });

  it.each([
    ['Node with jsdom', 'Mozilla/5.0 (linux) jsdom/26', process],
    ['Deno', 'Deno/2.9', undefined],
    ['workerd', 'Cloudflare-Workers', undefined],
  ])('are taken in %s', async (_runtime, userAgent, process) => {
    pretend(userAgent, process);
    for (const [, credentials] of longLived)
      await expect(call(credentials)).rejects.toMatchObject({ code: 'ERR_INPUT' });
  });
});

describe('short-lived keys', () => {
  it.each<Credentials>([
    { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't' },
    { token: 'bedrock-api-key-x' },
  ])('are taken in a browser: %j', async (credentials) => {
    browser();
    await expect(call(credentials)).rejects.toMatchObject({ code: 'ERR_INPUT' });
  });
});

describe('the error for missing credentials', () => {
  it('says that this build has no AWS chain, and how a Node bundle keeps it', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', '');
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    await expect(createBedrock().converse(request)).rejects.toThrow(/not in this build.*condition "node"/);
    vi.unstubAllEnvs();
  });
});
