import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApiKey } from '../../src/index.js';
import { type LocalServer, startLocalBedrock } from '../../src/local/node.js';
import { environment, run, variablesFor } from './run.js';

let local: LocalServer;
beforeEach(async () => {
  local = await startLocalBedrock();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

/** A config file with a region and keys for two profiles. */
function profiles(home: string): void {
  const { accessKeyId, secretAccessKey } = local.credentials;
  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  writeFileSync(join(home, 'credentials'), `[default]\n${keys}\n[work]\n${keys}`);
  writeFileSync(join(home, 'config'), '[default]\nregion = eu-north-1\n[profile work]\nregion = us-east-1\n');
}

describe('bedrock-anywhere whoami', () => {
  it('shows keys of the environment, whose they are, and where the rest comes from', async () => {
    environment(variablesFor(local));
    const { code, out, err } = await run(['whoami']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        'Credentials  access keys in the environment  (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)',
        `Key id       …${local.credentials.accessKeyId.slice(-4)}`,
        'Account      123456789012',
        'ARN          arn:aws:iam::123456789012:user/local',
        'Region       us-east-1  (AWS_REGION)',
        `Endpoint     ${local.url}  (AWS_ENDPOINT_URL, for bedrock-runtime, bedrock, sts)`,
        '',
      ].join('\n'),
    );
  });

  it('puts remarks below where there is no room behind', async () => {
    environment(variablesFor(local));
    const { out } = await run(['whoami'], { columns: 70, colour: true });
    const plain = out.replaceAll('\u001B[2m', '').replaceAll('\u001B[22m', '');
    expect(plain).toContain(
      `in the environment\n${' '.repeat(13)}(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)\n`,
    );
    expect(plain).toMatch(/^Region +us-east-1 {2}\(AWS_REGION\)$/m);
    for (const line of plain.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
  });

  it('shows the profile that is used, and what is set beside it', async () => {
    profiles(environment({ ...variablesFor(local), AWS_PROFILE: 'work', AWS_REGION: undefined }));
    const { code, out, err } = await run(['whoami']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Credentials +AWS profile "work" +\(AWS_PROFILE, config and credentials files\)$/m);
    expect(err).toMatch(
      /^bedrock-anywhere: AWS_PROFILE overrides AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, .+\n$/,
    );
    expect(out).toMatch(/^Not used +AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY {2}\(set, but overridden\)$/m);
    expect(out).toMatch(/^Region +us-east-1 {2}\(the AWS profile "work"\)$/m);
    expect(out).toMatch(/^ARN +arn:aws:iam::123456789012:user\/local$/m);
  });

  it('names the step of the default chain', async () => {
    const variables = { AWS_ENDPOINT_URL: local.url, AWS_REGION: 'us-east-1' };
    profiles(environment(variables));
    expect((await run(['whoami'])).out).toMatch(
      /^Credentials +AWS default chain +\(config and credentials files\)$/m,
    );
  });

  it('tells when an API key ends, and that AWS does not say whose it is', async () => {
    environment({ AWS_BEARER_TOKEN_BEDROCK: await createApiKey(local.credentials, { region: 'us-east-1' }) });
    const { code, out, err } = await run(['whoami']);
    expect(code).toBe(0);
    expect(err).toMatch(/^bedrock-anywhere: No region is set, so calls go to us-east-1\. .+\n$/);
    expect(out).toMatch(/^Credentials +Bedrock API key +\(AWS_BEARER_TOKEN_BEDROCK\)$/m);
    expect(out).toMatch(/^Expires +\S+Z {2}\(in 12 hours\)$/m);
    expect(out).toMatch(/^Account +— {2}\(AWS has no call that shows who owns an API key\.\)$/m);
    expect(out).toMatch(/^Region +us-east-1 {2}\(the default\)$/m);
    expect(out).not.toMatch(/^(Endpoint|Key id|ARN)/m);
    expect(local.requests).toEqual([]);
  });

  it('ends with 1 where an API key has expired, and says when that was', async () => {
    vi.useFakeTimers({ now: Date.now() - 5 * 60 * 60_000, toFake: ['Date'] });
    const key = await createApiKey(local.credentials, { region: 'us-east-1', expiresInSeconds: 3600 });
    vi.useRealTimers();
    environment({ AWS_BEARER_TOKEN_BEDROCK: key });
    const { code, out, err } = await run(['whoami']);
    expect(code).toBe(1);
    expect(out).toMatch(/^Expires +\S+Z {2}\(4 hours ago\)$/m);
    expect(err).toMatch(
      /^bedrock-anywhere: The Bedrock API key expired at \S+Z\. Make a new one .+BEDROCK\.$/m,
    );
  });

  it('does not know the end of a long-lived API key', async () => {
    environment({ AWS_BEARER_TOKEN_BEDROCK: 'ABSKlongLivedSecretText' });
    const { code, out } = await run(['whoami']);
    expect(code).toBe(0);
    expect(out).not.toContain('Expires');
  });

  it('shows where it looked when there is nothing, and ends with the reason', async () => {
    environment({ AWS_ACCESS_KEY_ID: 'AKIAHALF', AWS_DEFAULT_REGION: 'eu-west-3', AWS_PROFILE: 'gone' });
    const { code, out, err } = await run(['whoami']);
    expect(code).toBe(1);
    expect(out).toMatch(/^Credentials +AWS profile "gone" {2}\(AWS_PROFILE\)$/m);
    expect(out).toMatch(/^Not used +AWS_ACCESS_KEY_ID {2}\(set/m);
    expect(out).toMatch(/^Region +eu-west-3 {2}\(AWS_DEFAULT_REGION\)$/m);
    expect(err).toMatch(/^bedrock-anywhere: AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY, /);
    expect(err).toMatch(/^bedrock-anywhere: The AWS profile "gone" gave no credentials: /m);
  });

  it.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, [], 'eu-west-1', 'AWS_REGION'],
    [{ AWS_REGION: 'eu-west-1' }, ['--region', 'us-west-2'], 'us-west-2', '--region'],
    [
      { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'https://bedrock-runtime.eu-west-3.amazonaws.com' },
      [],
      'eu-west-3',
      'the host in AWS_ENDPOINT_URL',
    ],
    [
      {
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'https://bedrock-runtime.eu-west-3.amazonaws.com/',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      },
      [],
      'eu-west-3',
      'the host in AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
    ],
    [{ AWS_ENDPOINT_URL_BEDROCK: 'https://bedrock.eu-west-3.amazonaws.com' }, [], 'us-east-1', 'the default'],
  ] as [Record<string, string>, string[], string, string][])(
    'of %j and %j the region is %s, from %s',
    async (variables, args, region, from) => {
      environment({ ...variables, AWS_BEARER_TOKEN_BEDROCK: 'ABSKlongLivedSecretText' });
      const { out } = await run(['whoami', '--json', ...args]);
      expect(JSON.parse(out)).toMatchObject({ region, regionFrom: from });
    },
  );
});

describe('bedrock-anywhere whoami --json', () => {
  it('prints the same keys each time', async () => {
    environment(variablesFor(local));
    const known = JSON.parse((await run(['whoami', '--json'], { animated: true })).out) as object;
    environment({ AWS_BEARER_TOKEN_BEDROCK: 'ABSKlongLivedSecretText' });
    const unknown = JSON.parse((await run(['whoami', '--json'])).out) as object;
    expect(Object.keys(unknown)).toEqual(Object.keys(known));
    expect(known).toEqual({
      source: 'access-keys',
      effective: 'access-keys',
      variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
      unused: [],
      profile: null,
      step: null,
      keyIdEnd: local.credentials.accessKeyId.slice(-4),
      expiration: null,
      account: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/local',
      region: 'us-east-1',
      regionFrom: 'AWS_REGION',
      endpoints: [
        { variable: 'AWS_ENDPOINT_URL', url: local.url, services: ['bedrock-runtime', 'bedrock', 'sts'] },
      ],
      warnings: [],
      note: null,
    });
  });
});

describe('an endpoint that no call can use', () => {
  it.each([
    ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', null],
    ['AWS_ENDPOINT_URL_BEDROCK', 'us-east-1'],
    ['AWS_ENDPOINT_URL_STS', 'us-east-1'],
  ])('in %s ends with 1, after the rest was shown', async (name, region) => {
    environment({ ...variablesFor(local), [name]: 'nowhere' });
    const { code, out, err } = await run(['whoami', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ region, keyIdEnd: local.credentials.accessKeyId.slice(-4) });
    expect(err).toBe(
      `bedrock-anywhere: The variable ${name} is not a URL. Pass one with a protocol, such as https://bedrock.example.com/base.\n`,
    );
  });
});

describe('no secret is shown', () => {
  const SECRETS = {
    AWS_ACCESS_KEY_ID: 'AKIAMARKEDKEYID01234',
    AWS_SECRET_ACCESS_KEY: 'MarkedSecretAccessKey0123456789',
    AWS_SESSION_TOKEN: 'MarkedSessionToken0123456789',
    AWS_BEARER_TOKEN_BEDROCK: 'bedrock-api-key-TWFya2VkVG9rZW4=',
  };
  const marks = [...Object.values(SECRETS), 'Marked', 'TWFya2Vk', 'AKIAMARKED'];

  it.each([
    ['keys that AWS refuses', { AWS_BEARER_TOKEN_BEDROCK: undefined }],
    ['an API key', {}],
    ['keys with a line break', { AWS_BEARER_TOKEN_BEDROCK: undefined, AWS_SESSION_TOKEN: 'Marked\nToken' }],
    [
      'an endpoint with a password',
      { AWS_ENDPOINT_URL_STS: 'https://user:MarkedPassword@127.0.0.1/?k=Marked' },
    ],
    [
      'keys and an endpoint with a password',
      { AWS_BEARER_TOKEN_BEDROCK: undefined, AWS_ENDPOINT_URL_STS: 'https://user:MarkedPassword@127.0.0.1' },
    ],
    ['an endpoint that is none', { AWS_ENDPOINT_URL_STS: 'MarkedEndpoint' }],
    ['a profile that is not there', { AWS_BEARER_TOKEN_BEDROCK: undefined, AWS_PROFILE: 'none' }],
  ])('for %s', async (_what, variables) => {
    const all = { AWS_ENDPOINT_URL: local.url, AWS_REGION: 'us-east-1', ...SECRETS, ...variables };
    for (const args of [
      ['whoami'],
      ['whoami', '--json'],
      ['models'],
      ['models', '--json'],
      ['policy'],
      ['doctor'],
      ['doctor', '--json'],
      ['ask', '--dry-run', 'x'],
    ]) {
      environment(all);
      const { out, err } = await run(args, { animated: true, colour: true, columns: 100 });
      for (const mark of marks) expect(out + err, args.join(' ')).not.toContain(mark);
    }
  });
});

describe('what STS answers', () => {
  let server: Server;
  afterEach(() => void server.close());

  async function sts(answer: RequestListener): Promise<void> {
    server = createServer(answer).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    environment({ ...variablesFor(local), AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}/base/` });
  }

  const replies = (status: number, body: string, type = 'text/xml'): Promise<void> =>
    sts((_request, response) => void response.writeHead(status, { 'content-type': type }).end(body));

  const refusal = (code: string, message: string): string =>
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>
      <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
    </ErrorResponse>`;

  it('is asked for in the way that AWS describes', async () => {
    let seen = '';
    await sts((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const { authorization = '', 'content-type': type } = request.headers;
        const scope = /Credential=\w+\/\d+\/([^,]+), SignedHeaders=([^,]+)/
          .exec(authorization)
          ?.slice(1)
          .join(' ');
        seen = [request.method, request.url, type, scope, body].join('\n');
        response.end(`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:iam::210987654321:user/R&amp;D/&lt;Al&apos;ice&gt;</Arn>
            <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
            <Account>210987654321</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
        </GetCallerIdentityResponse>`);
      });
    });
    const { out } = await run(['whoami', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      account: '210987654321',
      arn: "arn:aws:iam::210987654321:user/R&D/<Al'ice>",
    });
    expect(seen).toBe(
      [
        'POST',
        '/base/',
        'application/x-www-form-urlencoded; charset=utf-8',
        'us-east-1/sts/aws4_request content-type;host;x-amz-date',
        'Action=GetCallerIdentity&Version=2011-06-15',
      ].join('\n'),
    );
  });

  it.each([
    [
      'keys that are unknown',
      403,
      refusal('InvalidClientTokenId', 'The security token included in the request is invalid.'),
      /: InvalidClientTokenId: The security token included in the request is invalid\. AWS does not know this access key/,
    ],
    [
      'a wrong secret',
      403,
      refusal('SignatureDoesNotMatch', 'The request signature we calculated does not match.'),
      /: SignatureDoesNotMatch: .* Most often the secret access key is wrong/,
    ],
    [
      'keys that are over',
      403,
      refusal('ExpiredToken', 'The security token included in the request is expired'),
      /: ExpiredToken: The security token included in the request is expired\. These credentials have expired/,
    ],
    [
      'a denial',
      403,
      refusal('AccessDenied', 'Not authorized: &quot;x&quot;'),
      /: AccessDenied: Not authorized: "x"/,
    ],
    ['a page of a proxy', 200, '<html><title>Sign in</title></html>', /"Sign in".*proxy or gateway/],
    [
      'a page of a proxy that fails',
      502,
      '<html><title>Bad Gateway</title></html>',
      /status 502.*"Bad Gateway"/,
    ],
    ['another JSON', 200, '{"ok":true}', /answered GetCallerIdentity without account.*so it is not STS/],
    [
      'half an answer',
      200,
      '<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>',
      /without account, ARN or user id/,
    ],
    [
      'an answer without the user',
      200,
      '<GetCallerIdentityResult><Account>1</Account><Arn>a</Arn></GetCallerIdentityResult>',
      /without account, ARN or user id/,
    ],
    ['nothing', 204, '', /status 204/],
    ['a redirect', 307, '', /answered with a redirect/],
  ])('%s ends with 1 and its reason', async (_what, status, body, reason) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    await replies(status, body);
    const { code, out, err } = await run(['whoami']);
    vi.restoreAllMocks();
    expect(code).toBe(1);
    expect(out).toMatch(/^Account +—$/m);
    expect(err).toMatch(/^bedrock-anywhere: .+\n$/);
    expect(err).toMatch(reason);
  });

  it('is asked for again where it is busy', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    let times = 0;
    await sts((_request, response) => {
      times += 1;
      response.writeHead(400).end(refusal('Throttling', 'Rate exceeded'));
    });
    const { err } = await run(['whoami']);
    vi.restoreAllMocks();
    expect(err).toMatch(/: Throttling: Rate exceeded\. Wait and try again/);
    expect(times).toBe(3);
  });
});
