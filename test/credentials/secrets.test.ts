import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Credentials, createBedrock } from '../../src/index.js';

const SECRETS = ['S3CRETKEY', 'S3SSIONTOKEN', 'B3ARERTOKEN'];
const keys: Credentials = {
  accessKeyId: 'ASIAOPEN',
  secretAccessKey: 'S3CRETKEY',
  sessionToken: 'S3SSIONTOKEN',
};
const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

/** Everything that a person or a log could see of a value. */
function allOf(value: unknown): string {
  const error = value as { message?: string; stack?: string; cause?: unknown };
  return [
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value),
    error?.message,
    error?.stack,
    inspect(error?.cause, { depth: 20 }),
  ].join('\n');
}

function expectNoSecret(value: unknown): void {
  for (const secret of SECRETS) expect(allOf(value)).not.toContain(secret);
}

async function failure(credentials: Credentials, fetch: typeof globalThis.fetch): Promise<unknown> {
  const bedrock = createBedrock({ credentials, fetch, maxAttempts: 1 });
  return bedrock
    .stream(request)
    .text()
    .catch((error: unknown) => error);
}

describe('secrets are in no error', () => {
  it('of a service that repeats the canonical request, as AWS does', async () => {
    const message =
      "The Canonical String should have been 'POST\nx-amz-security-token:S3SSIONTOKEN' with S3CRETKEY";
    const headers = { 'x-amzn-errortype': 'InvalidSignatureException' };
    const error = await failure(keys, async () => Response.json({ message }, { status: 403, headers }));
    expect(error).toMatchObject({ code: 'ERR_CREDENTIALS' });
    expectNoSecret(error);
  });

  it('of a proxy that repeats the headers', async () => {
    const body = 'cannot forward: authorization: Bearer B3ARERTOKEN';
    expectNoSecret(await failure({ token: 'B3ARERTOKEN' }, async () => new Response(body, { status: 502 })));
  });

  it.each<[what: string, credentials: Credentials]>([
    ['API key', { token: 'B3ARERTOKEN\nB3ARERTOKEN' }],
    ['secret access key', { ...keys, secretAccessKey: 'S3CRETKEY S3CRETKEY' }],
    ['access key id', { ...keys, accessKeyId: 'S3CRETKEY\u00e9' }],
    ['session token', { ...keys, sessionToken: 'S3SSION TOKEN S3SSIONTOKEN' }],
  ])('about an %s that no key is like', async (_what, credentials) => {
    const error = await failure(credentials, fetch);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIALS', message: expect.stringContaining('copied') });
    expectNoSecret(error);
  });

  it('of a connection that fails', async () => {
    expectNoSecret(await failure(keys, async () => Promise.reject(new TypeError('fetch failed'))));
  });
});

describe('secrets are not seen', () => {
  it('in a client or stream that is printed', () => {
    const bedrock = createBedrock({ credentials: keys });
    expectNoSecret(bedrock);
    expectNoSecret(bedrock.stream(request));
  });
});
