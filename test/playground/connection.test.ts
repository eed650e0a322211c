import { describe, expect, it } from 'vitest';
import { LOCAL, readConnection, whyNot } from '../../playground/connection/connection.js';
import { readServed } from '../../playground/connection/kept.js';
import { isReachable, originsOf } from '../../playground/connection/origins.js';

const POOL = {
  ...LOCAL,
  region: 'us-east-1',
  identityPoolId: 'eu-central-1:01234567-89ab-cdef-0123-456789abcdef',
};

describe('the origins of a connection', () => {
  it('are those of its own hosts, and no others', () => {
    expect(originsOf(LOCAL)).toEqual([]);
    expect(originsOf({ ...LOCAL, kind: 'machine' })).toEqual([]);
    expect(originsOf({ ...LOCAL, kind: 'api-key', region: 'cn-north-1' })).toEqual([
      'https://bedrock-runtime.cn-north-1.amazonaws.com.cn',
      'https://bedrock.cn-north-1.amazonaws.com.cn',
    ]);
    expect(originsOf({ ...POOL, kind: 'guest' })).toEqual([
      'https://bedrock-runtime.us-east-1.amazonaws.com',
      'https://bedrock.us-east-1.amazonaws.com',
      'https://cognito-identity.eu-central-1.amazonaws.com',
      'https://sts.eu-central-1.amazonaws.com',
    ]);
    expect(originsOf({ ...POOL, kind: 'login' })).not.toContain('https://sts.eu-central-1.amazonaws.com');
    expect(originsOf({ ...POOL, kind: 'guest', endpoint: 'http://127.0.0.1:4000/x' })).toEqual([
      'http://127.0.0.1:4000',
    ]);
  });

  it('decide whether the page has to be loaded again', () => {
    const key = { ...LOCAL, kind: 'api-key' as const };
    expect(isReachable(LOCAL, [])).toBe(true);
    expect(isReachable(key, [])).toBe(false);
    expect(isReachable(key, originsOf(key))).toBe(true);
  });
});

describe('readConnection()', () => {
  it('takes over what fits', () => {
    expect(readConnection({ kind: 'api-key', region: ' eu-central-1 ', secret: 'x' })).toEqual({
      ...LOCAL,
      kind: 'api-key',
      region: 'eu-central-1',
    });
  });

  it.each([
    undefined,
    {},
    { kind: 'other' },
    { kind: 'api-key', region: "eu-central-1; script-src 'unsafe-inline'" },
    { kind: 'api-key', region: 'evil.example/#' },
    { kind: 'gateway', endpoint: '' },
    { kind: 'gateway', endpoint: 'http://evil.example' },
    { kind: 'gateway', endpoint: 'https://user@a.example' },
    { kind: 'gateway', endpoint: 'javascript:alert(1)' },
    { kind: 'guest', region: 'us-east-1', identityPoolId: '', guestRoleArn: 'x' },
  ])('refuses %j', (value) => {
    expect(readConnection(value)).toBeUndefined();
  });

  it.each(['https://a.example; script-src *', 'https://a.example,*', "https://a.example'self'"])(
    'lets no address write a policy: %s',
    (endpoint) => {
      const connection = { ...LOCAL, kind: 'gateway' as const, endpoint };
      // What a URL may contain before its path cannot end a directive.
      if (whyNot(connection) === undefined)
        expect(originsOf(connection).join(' ')).toMatch(/^https:\/\/[\w.-]+$/);
    },
  );
});

describe('readServed()', () => {
  const page = 'https://app.example/playground/index.html';
  const read = (endpoint: unknown) => {
    const connection = { kind: 'gateway', endpoint };
    return readServed(async () => Response.json({ connection }), page);
  };

  it.each([
    ['/bedrock', 'https://app.example/bedrock'],
    ['/', 'https://app.example'],
    ['./', 'https://app.example/playground'],
    ['../bedrock/', 'https://app.example/bedrock'],
    ['https://gateway.example/v', 'https://gateway.example/v'],
  ])('knows where the address %s leads', async (endpoint, whole) => {
    expect((await read(endpoint)).connection?.endpoint).toBe(whole);
  });

  it.each(['//evil.example', '/\\evil.example', 'bedrock', '', 5])(
    'makes nothing else an address of the page: %j',
    async (endpoint) => {
      expect((await read(endpoint)).connection).toBeUndefined();
    },
  );
});
