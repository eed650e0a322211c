import { fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers';
import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { type Sketch, signed } from '../request.js';
import { start, taken } from './identity.js';

const ROLE = 'arn:aws:iam::210987654321:role/team/reader';
const STS = 'https://sts.us-east-1.amazonaws.com';

/** A call of the query API. */
function query(action: string, parameters: Record<string, string> = {}): Sketch {
  return {
    url: STS,
    path: '/',
    method: 'POST',
    service: 'sts',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action: action, Version: '2011-06-15', ...parameters }).toString(),
  };
}

/** A request of the query API, signed with its own content type. */
async function ask(local: ReturnType<typeof createLocalBedrock>, sketch: Sketch, unsigned = false) {
  const request = unsigned
    ? new Request(`${STS}/`, {
        method: 'POST',
        headers: sketch.headers ?? {},
        body: String(sketch.body),
      })
    : await signed(local, { ...sketch, contentType: 'application/x-www-form-urlencoded' });
  const response = await local.fetch(request);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

describe("AWS's own providers", () => {
  it('assume a role for as long as they ask', async () => {
    const local = await start({ credentialsLifeSeconds: 1800 });
    const before = Math.floor(Date.now() / 1000) * 1000;
    const credentials = await fromTemporaryCredentials({
      masterCredentials: local.credentials,
      params: { RoleArn: ROLE, RoleSessionName: 'me', DurationSeconds: 900 },
      clientConfig: { endpoint: local.url, region: local.region },
    })();
    const expires = credentials.expiration?.getTime() ?? 0;
    expect(expires).toBeGreaterThanOrEqual(before + 900_000);
    expect(expires).toBeLessThanOrEqual(Date.now() + 900_000);
    expect(await taken(local, credentials)).toBe('ok');
    expect(local.requests.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'AssumeRole 200',
      'Converse 200',
    ]);
  });

  it('assume a role with a web identity, unsigned, and carry its account', async () => {
    const local = await start({ webIdentityToken: 't0ken' });
    const credentials = await fromWebToken({
      roleArn: ROLE,
      webIdentityToken: 't0ken',
      clientConfig: { endpoint: local.url, region: local.region },
    })();
    expect(credentials).toMatchObject({ accountId: '210987654321' });
    expect(await taken(local, credentials)).toBe('ok');
    const [assumed] = local.requests;
    expect(assumed?.headers).not.toHaveProperty('authorization');
    expect(assumed?.bodyText).toContain('WebIdentityToken=…');
    expect(JSON.stringify(local.requests)).not.toContain('t0ken');
  });

  it('read its errors', async () => {
    const local = await start({ webIdentityToken: 't0ken' });
    const clientConfig = { endpoint: local.url, region: local.region, maxAttempts: 1 };
    const web = fromWebToken({ roleArn: ROLE, webIdentityToken: 'other', clientConfig });
    await expect(web()).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
    const temporary = (masterCredentials: { accessKeyId: string; secretAccessKey: string }, role = ROLE) =>
      fromTemporaryCredentials({
        masterCredentials,
        params: { RoleArn: role, RoleSessionName: 'me' },
        clientConfig,
      })();
    const { accessKeyId } = local.credentials;
    await expect(temporary({ accessKeyId, secretAccessKey: 'wrong' })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: expect.stringContaining('request signature we calculated'),
    });
    await expect(temporary({ accessKeyId: 'ASIANOBODY', secretAccessKey: 'x' })).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    await expect(temporary(local.credentials, 'reader')).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('GetCallerIdentity', () => {
  it('tells who signed, in XML', async () => {
    const local = createLocalBedrock();
    const { status, type, text } = await ask(local, query('GetCallerIdentity'));
    expect({ status, type }).toEqual({ status: 200, type: 'text/xml' });
    expect(text).toMatch(
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">\n {2}<GetCallerIdentityResult>\n {4}<Arn>arn:aws:iam::123456789012:user\/local<\/Arn>\n {4}<UserId>AIDA[A-Z2-7]{16}<\/UserId>\n {4}<Account>123456789012<\/Account>\n {2}<\/GetCallerIdentityResult>\n {2}<ResponseMetadata>\n {4}<RequestId>[0-9a-f-]{36}<\/RequestId>\n {2}<\/ResponseMetadata>\n<\/GetCallerIdentityResponse>\n$/,
    );
  });

  it('tells the role of a session, in JSON where that is accepted', async () => {
    const local = createLocalBedrock({ webIdentityToken: 't' });
    const role = { RoleArn: `${ROLE}&co`, RoleSessionName: 'me', WebIdentityToken: 't' };
    const { text } = await ask(local, query('AssumeRoleWithWebIdentity', role), true);
    expect(text).toContain('assumed-role/reader&amp;co/me<');
    const field = (name: string) => new RegExp(`<${name}>(.*)</${name}>`).exec(text)?.[1] ?? '';
    const credentials = {
      accessKeyId: field('AccessKeyId'),
      secretAccessKey: field('SecretAccessKey'),
      sessionToken: field('SessionToken'),
    };
    const sketch = query('GetCallerIdentity');
    const headers = { ...sketch.headers, accept: 'application/json' };
    const answer = await ask(local, { ...sketch, headers, credentials });
    expect(JSON.parse(answer.text)).toMatchObject({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: {
          Arn: 'arn:aws:sts::210987654321:assumed-role/reader&co/me',
          Account: '210987654321',
        },
      },
    });
  });

  it.each<[what: string, sketch: Partial<Sketch>, code: string]>([
    ['a signature for Bedrock', { service: 'bedrock' }, 'SignatureDoesNotMatch'],
    ['another region', { region: 'eu-west-1' }, 'SignatureDoesNotMatch'],
    ['an old signature', { date: new Date(Date.now() - 600_000) }, 'SignatureDoesNotMatch'],
    ['a wrong secret', { credentials: { accessKeyId: 'X', secretAccessKey: 'y' } }, 'InvalidClientTokenId'],
    ['an API key', { headers: { authorization: 'Bearer key' } }, 'IncompleteSignature'],
  ])('refuses %s', async (_what, sketch, code) => {
    const local = createLocalBedrock();
    const plain = query('GetCallerIdentity');
    const headers = { ...plain.headers, ...sketch.headers };
    const { status, text } = await ask(local, { ...plain, ...sketch, headers });
    expect(status).toBe(403);
    expect(text).toContain(`<Code>${code}</Code>`);
    expect(text).toContain('<Type>Sender</Type>');
    if (sketch.service !== undefined) expect(text).toContain("correct service: 'sts'");
  });

  it('refuses what is not signed', async () => {
    const { status, text } = await ask(createLocalBedrock(), query('GetCallerIdentity'), true);
    expect(status).toBe(403);
    expect(text).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});

describe('the query API', () => {
  it('says what it cannot do', async () => {
    const local = createLocalBedrock();
    const { status, text } = await ask(local, query('GetSessionToken'));
    expect(status).toBe(404);
    expect(text).toContain('<Code>InvalidAction</Code>');
    const parameters = { RoleArn: ROLE, RoleSessionName: 'me', DurationSeconds: '10' };
    expect((await ask(local, query('AssumeRole', parameters))).text).toContain('between 900 and 43200');
    expect((await ask(local, query('AssumeRole', { RoleArn: ROLE }))).text).toContain('roleSessionName');
  });

  it('fails as it is told to', async () => {
    const sketch = query('GetCallerIdentity');
    const fault = async (header: string) =>
      ask(createLocalBedrock(), { ...sketch, headers: { ...sketch.headers, 'x-local-fault': header } });
    expect(await fault('status=503')).toMatchObject({
      status: 503,
      text: expect.stringMatching(/<Type>Receiver<\/Type>\s*<Code>ServiceUnavailable</),
    });
    expect(await fault('html')).toMatchObject({ status: 502, type: 'text/html' });
  });

  it('leaves the faults of the options to Bedrock', async () => {
    const local = createLocalBedrock({ faults: ['status=503'] });
    expect((await ask(local, query('GetCallerIdentity'))).status).toBe(200);
    expect((await local.fetch(await signed(local))).status).toBe(503);
  });
});
