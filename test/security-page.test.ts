import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBedrock, fromCognitoIdentityPool, getCallerIdentity } from '../src/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(`${root}docs/security.md`, 'utf8');

const region = 'eu-central-1';
const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const keys = { accessKeyId: 'ASIAOFTHETEST', secretAccessKey: 's', sessionToken: 't' };

type Call = (options: { region: string; fetch: typeof fetch; maxAttempts: number }) => Promise<unknown>;

/** Each feature of the table, as a page uses it. */
const FEATURES: Record<string, Call> = {
  'stream()': (options) =>
    createBedrock({ ...options, credentials: keys })
      .stream(request)
      .result(),
  'converse()': (options) => createBedrock({ ...options, credentials: keys }).converse(request),
  'countTokens()': (options) => createBedrock({ ...options, credentials: keys }).countTokens(request),
  'discover()': (options) =>
    createBedrock({ ...options, credentials: keys }).discover({ refreshInterval: 0 }),
  'getCallerIdentity()': (options) => getCallerIdentity({ ...options, credentials: keys }),
  'fromCognitoIdentityPool()': async ({ fetch }) =>
    fromCognitoIdentityPool({
      identityPoolId: `${region}:01234567-89ab-cdef-0123-456789abcdef`,
      logins: { idp: 'token' },
      fetch,
    })(),
  guestRoleArn: async ({ fetch }) =>
    fromCognitoIdentityPool({
      identityPoolId: `${region}:01234567-89ab-cdef-0123-456789abcdef`,
      guestRoleArn: 'arn:aws:iam::123456789012:role/guests',
      fetch: async (input, init) =>
        new Headers(init?.headers).has('x-amz-target')
          ? Response.json({ IdentityId: `${region}:0`, Token: 'token' })
          : fetch(input, init),
    })(),
};

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((one) => one.startsWith('AWS_')))
    vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

describe('docs/security.md', () => {
  const rows = page.split('\n').flatMap((line) => {
    const [, features = '', origin] =
      /^\| (`.*`)(?:, besides the pool)? \| `(https:[^`]*<region>[^`]*)` \|$/.exec(line) ?? [];
    return origin === undefined
      ? []
      : features.split(', ').map((name) => [name.slice(1, -1), origin] as const);
  });

  it('has the features that call AWS, each with its host', () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(FEATURES));
  });

  it.each(rows)('allows a page that uses %s exactly what it calls: %s', async (name, origin) => {
    const called = new Set<string>();
    const fetch = (async (input: string | URL | Request) => {
      called.add(new URL(input instanceof Request ? input.url : input).origin);
      return Response.json({ message: 'no' }, { status: 400 });
    }) as typeof globalThis.fetch;
    await expect(FEATURES[name]?.({ region, fetch, maxAttempts: 1 })).rejects.toThrow();
    expect([...called]).toEqual([origin.replace('<region>', region)]);
  });

  it('names only files that are there', () => {
    const files = page.match(/(?<=`)(?:src|test|scripts|examples|docs)\/[\w./-]*(?=`)/g) ?? [];
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !existsSync(root + file))).toEqual([]);
  });
});
