import { getToken } from '@aws/bedrock-token-generator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiKeyExpiration, createApiKey, fromBearerToken, fromStatic } from '../../src/index.js';
import fc from '../property.js';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalr/XUtnFEMI+K7MDENG' };

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 24, 12, 30, 15) }));
afterEach(() => void vi.useRealTimers());

describe('createApiKey()', () => {
  it("makes byte for byte what AWS's own generator makes", async () => {
    const text = fc.stringMatching(/^[A-Za-z0-9/+=]{4,60}$/);
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.option(text, { nil: undefined }),
        fc.constantFrom('us-east-1', 'eu-central-1', 'us-gov-west-1'),
        fc.integer({ min: 1, max: 43_200 }),
        fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }),
        async (accessKeyId, secretAccessKey, sessionToken, region, expiresInSeconds, now) => {
          vi.setSystemTime(now);
          const credentials = {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken !== undefined && { sessionToken }),
          };
          const theirs = await getToken({ credentials, region, expiresInSeconds });
          expect(await createApiKey(credentials, { region, expiresInSeconds })).toBe(theirs);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('lives for twelve hours unless told otherwise', async () => {
    const key = await createApiKey(fromStatic(keys), { region: 'us-east-1' });
    expect(key).toBe(await getToken({ credentials: keys, region: 'us-east-1' }));
    expect(apiKeyExpiration(key)).toEqual(new Date('2026-11-25T00:30:15Z'));
  });

  it.each([0, -1, 43_201, 1.5, Number.NaN])('refuses a life of %s seconds', async (expiresInSeconds) => {
    await expect(createApiKey(keys, { region: 'us-east-1', expiresInSeconds })).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('1 to 43200'),
    });
  });

  it.each([
    'us-east-1/aws4_request',
    'evil',
    'us east-1',
    'US-EAST-1',
    'us-east-1a',
    'https://bedrock.us-east-1.amazonaws.com',
    'us-east-1\n',
  ])('refuses %j, which is not a region', async (region) => {
    await expect(createApiKey(keys, { region })).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringMatching(/\(from createApiKey\(\)\) is not an AWS region\./),
    });
  });

  it('refuses access keys that have expired, and says when', async () => {
    const expiration = new Date('2026-11-24T12:30:15Z');
    const make = (given: Date | string) =>
      createApiKey(async () => ({ ...keys, expiration: given as Date }), { region: 'us-east-1' });
    for (const given of [expiration, expiration.toISOString()]) {
      await expect(make(given)).rejects.toMatchObject({
        code: 'ERR_CREDENTIALS',
        message: expect.stringMatching(
          /^The access keys expired at 2026-11-24T12:30:15\.000Z, .* Get new ones/,
        ),
      });
    }
    expect(await make(new Date(expiration.getTime() + 1))).toMatch(/^bedrock-api-key-/);
  });

  it('refuses to make a key from a key', async () => {
    await expect(createApiKey(fromBearerToken('k'), { region: 'us-east-1' })).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
    });
  });
});

describe('the expiry of a key', () => {
  it('is read back from it', async () => {
    const key = await createApiKey(keys, { region: 'us-east-1', expiresInSeconds: 900 });
    expect(apiKeyExpiration(key)).toEqual(new Date('2026-11-24T12:45:15Z'));
  });

  it.each(['ABSKQmVkcm9ja0FQSUtleS', 'bedrock-api-key-', 'bedrock-api-key-!!', 'bedrock-api-key-AQID'])(
    'is not known of %s',
    (key) => {
      expect(apiKeyExpiration(key)).toBeUndefined();
    },
  );

  it('makes fromBearerToken() fetch the next one in time', async () => {
    const key = await createApiKey(keys, { region: 'us-east-1', expiresInSeconds: 900 });
    expect(await fromBearerToken(() => key)()).toEqual({
      token: key,
      expiration: new Date('2026-11-24T12:45:15Z'),
    });
    expect(await fromBearerToken('plain')()).toEqual({ token: 'plain' });
  });
});
