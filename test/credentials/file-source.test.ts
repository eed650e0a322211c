import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { count, machine, printed, seen, signers, start } from './machine.js';

const KEYS = { accessKeyId: 'AKIAFILEFILEFILEFILE', secretAccessKey: 'f1lefilefile' };
const OTHER = { accessKeyId: 'AKIAOTHEROTHEROTHERO', secretAccessKey: '0therotherother' };
const ROLE = 'arn:aws:iam::123456789012:role/reader';

type Keys = typeof KEYS;

/** Access keys as they stand in a file. */
const lines = ({ accessKeyId, secretAccessKey }: Keys) =>
  `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;

describe('with nothing given, a signed request goes out with', () => {
  it('the default profile of the credentials file', async () => {
    const local = await start({ credentials: KEYS });
    const here = await machine({ files: { '.aws/credentials': `[default]\n${lines(KEYS)}` } });
    expect(await count(here, local)).toBeGreaterThan(0);
    expect(seen(local)).toEqual(['CountTokens 200']);
    expect(signers(local)).toEqual([KEYS.accessKeyId]);
    expect(here.library.credentialSource()).toEqual({ source: 'default-chain', effective: 'default-chain' });
  });

  it('the profile that AWS_PROFILE names, its region too', async () => {
    const local = await start({ credentials: [KEYS, OTHER], region: 'eu-west-3' });
    const here = await machine({
      files: {
        '.aws/credentials': `[default]\n${lines(OTHER)}`,
        '.aws/config': `[profile work]\nregion = eu-west-3\n${lines(KEYS)}`,
      },
      env: { AWS_PROFILE: 'work' },
    });
    await count(here, local);
    expect(signers(local)).toEqual([KEYS.accessKeyId]);
    expect(here.library.credentialSource()).toEqual({ source: 'profile', effective: 'profile' });
  });

  it('a profile whose keys are in quotes, with a blank session token', async () => {
    const local = await start({ credentials: KEYS });
    const quoted = {
      accessKeyId: `"${KEYS.accessKeyId}"`,
      secretAccessKey: `'${KEYS.secretAccessKey}'`,
    };
    const here = await machine({
      files: { '.aws/credentials': `[default]\n${lines(quoted)}aws_session_token =\n` },
    });
    await count(here, local);
    expect(signers(local)).toEqual([KEYS.accessKeyId]);
  });

  it('files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name', async () => {
    const local = await start({ credentials: KEYS, region: 'eu-north-1' });
    const here = await machine({
      files: { 'a/keys': `[default]\n${lines(KEYS)}`, 'b/settings': '[default]\nregion = eu-north-1\n' },
      env: { AWS_SHARED_CREDENTIALS_FILE: '$HOME/a/keys', AWS_CONFIG_FILE: '$HOME/b/settings' },
    });
    await count(here, local);
    expect(signers(local)).toEqual([KEYS.accessKeyId]);
  });

  it('the profile where access keys are set as well, and nothing is printed about it', async () => {
    const local = await start({ credentials: KEYS });
    const here = await machine({
      files: { '.aws/credentials': `[work]\n${lines(KEYS)}` },
      env: {
        AWS_PROFILE: 'work',
        AWS_ACCESS_KEY_ID: OTHER.accessKeyId,
        AWS_SECRET_ACCESS_KEY: OTHER.secretAccessKey,
      },
    });
    const output = printed();
    await count(here, local);
    // What AWS's packages say about the age of this Node has nothing to do with profiles.
    expect(output.filter((text) => !text.includes('NodeVersionSupportWarning'))).toEqual([]);
    expect(signers(local)).toEqual([KEYS.accessKeyId]);
    expect(here.library.credentialSource()).toEqual({ source: 'access-keys', effective: 'profile' });
  });

  it('a role that the profile assumes through source_profile', async () => {
    const local = await start({ credentials: KEYS });
    const here = await machine({
      files: {
        '.aws/config': `[profile base]\n${lines(KEYS)}\n[profile reader]\nrole_arn = ${ROLE}\nsource_profile = base\n`,
      },
      env: { AWS_PROFILE: 'reader', AWS_ENDPOINT_URL_STS: local.url, AWS_REGION: local.region },
    });
    await count(here, local);
    await count(here, local);
    expect(seen(local)).toEqual(['AssumeRole 200', 'CountTokens 200', 'CountTokens 200']);
    expect(signers(local, 'AssumeRole')).toEqual([KEYS.accessKeyId]);
    const [signer] = signers(local);
    expect(signer).toMatch(/^ASIA/);
    expect(signers(local)).toEqual([signer, signer]);
  });

  it('what a credential_process prints, asked once until its end comes near', async () => {
    const local = await start({ credentials: { ...KEYS, sessionToken: 'process-token' } });
    const here = await machine({
      files: {
        'keys.mjs': `
          import { appendFileSync } from 'node:fs';
          appendFileSync('$HOME/runs', 'x');
          console.log(JSON.stringify({
            Version: 1,
            AccessKeyId: '${KEYS.accessKeyId}',
            SecretAccessKey: '${KEYS.secretAccessKey}',
            SessionToken: 'process-token',
            Expiration: new Date(Date.now() + 3600_000).toISOString(),
          }));`,
        '.aws/config': `[profile tool]\ncredential_process = "${process.execPath}" $HOME/keys.mjs\n`,
      },
      env: { AWS_PROFILE: 'tool' },
    });
    await Promise.all([count(here, local), count(here, local)]);
    await count(here, local);
    expect(signers(local)).toEqual(Array(3).fill(KEYS.accessKeyId));
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(`${here.home}/runs`, 'utf8')).toBe('x');
  });

  it('what a credential_process gives anew, once the service says that the first are over', async () => {
    const session = { ...KEYS, sessionToken: 'old' };
    const local = await start({
      credentials: [
        { ...session, expiration: new Date(Date.now() - 1000) },
        { ...OTHER, sessionToken: 'new' },
      ],
    });
    const here = await machine({
      files: {
        'keys.mjs': `
          import { existsSync, writeFileSync } from 'node:fs';
          const again = existsSync('$HOME/ran');
          writeFileSync('$HOME/ran', '');
          console.log(JSON.stringify({
            Version: 1,
            AccessKeyId: again ? '${OTHER.accessKeyId}' : '${KEYS.accessKeyId}',
            SecretAccessKey: again ? '${OTHER.secretAccessKey}' : '${KEYS.secretAccessKey}',
            SessionToken: again ? 'new' : 'old',
            Expiration: new Date(Date.now() + 3600_000).toISOString(),
          }));`,
        '.aws/config': `[profile tool]\ncredential_process = "${process.execPath}" $HOME/keys.mjs\n`,
      },
      env: { AWS_PROFILE: 'tool' },
    });
    await count(here, local);
    expect(seen(local)).toEqual(['CountTokens 403', 'CountTokens 200']);
    expect(local.requests[0]?.errorType).toBe('ExpiredTokenException');
    expect(signers(local)).toEqual([KEYS.accessKeyId, OTHER.accessKeyId]);
  });

  it('the keys that stand in the file now, once the service says that those read before are over', async () => {
    const [old, fresh] = [
      { ...KEYS, sessionToken: 'old', expiration: new Date(Date.now() - 1000) },
      { ...OTHER, sessionToken: 'new' },
    ];
    const local = await start({ credentials: [old, fresh] });
    const file = ({ sessionToken, ...keys }: typeof fresh) =>
      `[work]\n${lines(keys)}aws_session_token = ${sessionToken}\n`;
    const here = await machine({ files: { '.aws/credentials': file(old) }, env: { AWS_PROFILE: 'work' } });
    await expect(count(here, local)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    writeFileSync(`${here.home}/.aws/credentials`, file(fresh));
    await count(here, local);
    await count(here, local);
    expect(signers(local).slice(2)).toEqual([KEYS.accessKeyId, OTHER.accessKeyId, OTHER.accessKeyId]);
    expect(seen(local).slice(2)).toEqual(['CountTokens 403', 'CountTokens 200', 'CountTokens 200']);
  });
});

describe('a profile that gives nothing', () => {
  it.each([
    ['that does not exist', ''],
    ['without keys', '[profile work]\nregion = us-east-1\n'],
    ['whose source does not exist', `[profile work]\nrole_arn = ${ROLE}\nsource_profile = gone\n`],
  ])('%s is named in the error, with what to do, and nothing is sent', async (_what, config) => {
    const local = await start();
    const here = await machine({ files: { '.aws/config': config }, env: { AWS_PROFILE: 'work' } });
    await expect(count(here, local)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringMatching(/AWS profile "work" gave no credentials: .*~\/\.aws\/config/s),
    });
    expect(local.requests).toEqual([]);
  });
});
