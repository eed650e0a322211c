import { afterEach, describe, expect, it, vi } from 'vitest';
import { explain } from '../../src/index.js';
import { onlyVariables } from '../explain/variables.js';
import { noProcess } from '../no-process.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const keys = { AWS_ACCESS_KEY_ID: 'AKIAOFSOMEVARIABLEOK', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('explain() in a build without the AWS default chain', () => {
  it('knows no profile, and says that AWS_PROFILE is not used', async () => {
    onlyVariables({ ...keys, AWS_PROFILE: 'work' });
    expect(await explain()).toMatchObject({
      region: 'us-east-1',
      regionFrom: 'the default',
      profile: undefined,
      credentials: {
        source: 'access-keys',
        effective: 'access-keys',
        notUsed: ['AWS_PROFILE'],
        keyId: '…LEOK',
      },
    });
  });

  it('says that there are no credentials, without being told to ask', async () => {
    onlyVariables({});
    expect((await explain()).credentials).toMatchObject({
      source: 'none',
      effective: 'none',
      failure: {
        code: 'ERR_CREDENTIALS',
        message: expect.stringMatching(/^No credentials were found\. Tried: /),
      },
    });
  });

  it('says that a browser refuses long-lived keys, unless they are allowed', async () => {
    const credentials = { accessKeyId: 'AKIAFOREVERANDFOREVE', secretAccessKey: 'secret' };
    vi.stubGlobal('process', noProcess());
    vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' });
    expect((await explain({ credentials })).credentials).toMatchObject({
      keyId: '…REVE',
      failure: { code: 'ERR_CREDENTIALS', message: expect.stringContaining('allowLongLivedKeys') },
    });
    const allowed = await explain({ credentials, allowLongLivedKeys: true });
    expect(allowed.credentials.failure).toBeUndefined();
  });
});
