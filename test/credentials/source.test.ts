import { describe, expect, it } from 'vitest';
import { credentialSource, firstAvailable, fromStatic, shouldAutoDiscover } from '../../src/index.js';

const keys = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' };

describe('credentialSource()', () => {
  it.each([
    [{ AWS_BEARER_TOKEN_BEDROCK: 't', AWS_PROFILE: 'p', ...keys }, 'bearer-token', 'bearer-token'],
    [{ AWS_PROFILE: 'p', ...keys }, 'access-keys', 'profile'],
    [keys, 'access-keys', 'access-keys'],
    [{ AWS_PROFILE: 'p' }, 'profile', 'profile'],
    [{ AWS_ACCESS_KEY_ID: 'AKIA' }, 'default-chain', 'default-chain'],
    [{ AWS_BEARER_TOKEN_BEDROCK: ' ' }, 'default-chain', 'default-chain'],
    [{}, 'default-chain', 'default-chain'],
  ])('of %j is %s, used is %s', (env, source, effective) => {
    expect(credentialSource(env)).toEqual({ source, effective });
  });

  it('reads no secret out', () => {
    expect(JSON.stringify(credentialSource({ AWS_BEARER_TOKEN_BEDROCK: 'S3CRET' }))).not.toContain('S3CRET');
  });
});

describe('shouldAutoDiscover()', () => {
  it.each([
    [{ AWS_BEARER_TOKEN_BEDROCK: 't' }, true],
    [keys, true],
    [{ AWS_PROFILE: 'default' }, true],
    [{ AWS_ACCESS_KEY_ID: 'AKIA' }, false],
    [{ AWS_SECRET_ACCESS_KEY: 's' }, false],
    [{ AWS_REGION: 'us-east-1', AWS_WEB_IDENTITY_TOKEN_FILE: '/t' }, false],
    [{ AWS_PROFILE: ' ' }, false],
    [{}, false],
  ])('for %j is %s', (env, expected) => {
    expect(shouldAutoDiscover(env)).toBe(expected);
  });
});

describe('firstAvailable()', () => {
  it('gives what the first provider has that does not fail', async () => {
    const none = () => Promise.reject(new Error('nothing here'));
    const provider = firstAvailable(none, fromStatic({ token: 'second' }), fromStatic({ token: 'third' }));
    expect(await provider()).toEqual({ token: 'second' });
  });

  it('says why each of them has none', async () => {
    const fails = (message: string) => () => Promise.reject(new Error(message));
    await expect(firstAvailable(fails('no file'), fails('no network'))()).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringMatching(/None of 2.*1\. no file 2\. no network/),
    });
  });
});
