import { createLocalBedrock, type LocalBedrock, type LocalBedrockOptions } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, ORIGIN, say, send } from '../request.js';

const PAGE = 'http://localhost:5173';

function askFirst(local: LocalBedrock, headers: Record<string, string> = {}): Promise<Response> {
  return local.fetch(
    new Request(ORIGIN + modelPath('converse-stream'), {
      method: 'OPTIONS',
      headers: { origin: PAGE, 'access-control-request-method': 'POST', ...headers },
    }),
  );
}

/** Whether a page of this origin gets an answer that its browser lets it read. */
async function lets(origin: string, options?: LocalBedrockOptions): Promise<boolean> {
  const local = createLocalBedrock(options);
  const preflight = await askFirst(local, { origin });
  const response = await send(local, { headers: { origin } });
  const isAllowed = response.headers.get('access-control-allow-origin') === origin;
  expect(preflight.headers.get('access-control-allow-origin')).toBe(isAllowed ? origin : null);
  expect([preflight.status, response.status]).toEqual(isAllowed ? [204, 200] : [403, 403]);
  if (isAllowed) expect(response.headers.get('vary')).toBe('origin');
  return isAllowed;
}

describe('pages', () => {
  it.each([
    'http://localhost',
    'http://localhost:5173',
    'https://localhost:8443',
    'http://app.localhost:3000',
    'http://127.0.0.1:1',
    'http://127.1.2.3',
    'http://[::1]:8080',
    'HTTP://LocalHost:1',
  ])('of %s, on this machine, may use it', async (origin) => {
    expect(await lets(origin)).toBe(true);
  });

  it.each([
    'null',
    'https://evil.example',
    'http://localhost.evil.example',
    'http://evillocalhost:5173',
    'http://127.0.0.1.evil.example',
    'http://1270.0.0.1',
    'http://192.168.1.5:5173',
    'http://[::2]',
    'http://[fe80::1]',
    'http://user@localhost',
    'http://evil.example#localhost',
    'http://evil.example/localhost',
    'file://localhost',
    'chrome-extension://localhost',
    'localhost',
    '*',
  ])('of %s may not', async (origin) => {
    expect(await lets(origin)).toBe(false);
  });

  it('may be those that allowedOrigins names instead', async () => {
    const allowedOrigins = ['https://App.example.com', 'http://localhost:3000', 'null'];
    expect(await lets('https://app.example.com', { allowedOrigins })).toBe(true);
    expect(await lets('http://localhost:3000', { allowedOrigins })).toBe(true);
    expect(await lets('null', { allowedOrigins })).toBe(true);
    for (const origin of [PAGE, 'https://app.example.com:444', 'https://sub.app.example.com']) {
      expect(await lets(origin, { allowedOrigins })).toBe(false);
    }
    expect(await lets('https://any.example', { allowedOrigins: ['*'] })).toBe(true);
    expect(await lets(PAGE, { allowedOrigins: [] })).toBe(false);
  });

  it('may always be those of the server itself', async () => {
    expect(await lets(ORIGIN, { allowedOrigins: [] })).toBe(true);
    expect(await lets(ORIGIN.replace('https', 'http'))).toBe(true);
  });

  it.each([['https://app.example.com/'], ['app.example.com'], ['https://*.example.com/x'], [7]])(
    'cannot be allowed as %j',
    (origin) => {
      expect(() => createLocalBedrock({ allowedOrigins: [origin as string] })).toThrow(
        expect.objectContaining({
          code: 'ERR_INPUT',
          message: expect.stringMatching(/is not an origin/) as unknown,
        }),
      );
    },
  );

  it('that are refused learn how to be allowed, and use up neither faults nor rules', async () => {
    const local = createLocalBedrock({ faults: ['status=503'], script: [{ once: true, text: 'once' }] });
    const refused = await send(local, { headers: { origin: 'https://evil.example' } });
    expect(await failure(refused)).toEqual({
      status: 403,
      name: 'AccessDeniedException',
      message:
        'Pages of https://evil.example may not use this local Bedrock. Start it with allowedOrigins that include this ' +
        'origin (--allowed-origin), if the page is yours.',
    });
    expect(local.requests.map(({ status, errorType }) => [status, errorType])).toEqual([
      [403, 'AccessDeniedException'],
    ]);
    expect((await send(local)).status).toBe(503);
    expect(await (await send(local)).text()).toContain('once');
    expect(local.liveConnections()).toBe(0);
  });
});

describe('preflight', () => {
  it("lets pass what AWS's clients send and the header for faults, and nothing else", async () => {
    const response = await askFirst(createLocalBedrock());
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE');
    expect(Number(response.headers.get('access-control-max-age'))).toBeGreaterThan(0);
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ').sort();
    expect(allowed).toEqual([
      'amz-sdk-invocation-id',
      'amz-sdk-request',
      // The clients of OpenAI and Anthropic.
      'anthropic-beta',
      'anthropic-dangerous-direct-browser-access',
      'anthropic-version',
      'authorization',
      'content-type',
      'openai-organization',
      'openai-project',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
      'x-amz-target',
      'x-amz-user-agent',
      // InvokeModel has its members in headers. Source: botocore, bedrock-runtime, `InvokeModelRequest`.
      'x-amzn-bedrock-accept',
      'x-amzn-bedrock-guardrailidentifier',
      'x-amzn-bedrock-guardrailversion',
      'x-amzn-bedrock-performanceconfig-latency',
      'x-amzn-bedrock-request-metadata',
      'x-amzn-bedrock-service-tier',
      'x-amzn-bedrock-trace',
      'x-api-key',
      'x-local-fault',
    ]);
  });

  it('allows a page to talk to this machine if the browser asks, and the page is allowed', async () => {
    const local = createLocalBedrock({ allowedOrigins: ['https://app.example.com'] });
    const ask = async (origin: string, headers: Record<string, string>) =>
      (await askFirst(local, { origin, ...headers })).headers.get('access-control-allow-private-network');
    const asking = { 'access-control-request-private-network': 'true' };
    expect(await ask('https://app.example.com', asking)).toBe('true');
    expect(await ask('https://app.example.com', {})).toBeNull();
    expect(await ask('https://evil.example', asking)).toBeNull();
  });

  it('is none without an origin', async () => {
    const response = await createLocalBedrock().fetch(new Request(ORIGIN, { method: 'OPTIONS' }));
    expect(response.status).toBe(404);
  });
});

describe('an answer to a page', () => {
  it('can be read, and by default none of its headers', async () => {
    const local = createLocalBedrock();
    const wrong = { ...local.credentials, secretAccessKey: 'wrong' };
    const headers = { origin: PAGE };
    for (const response of [
      await send(local, { headers }),
      await send(local, { headers, credentials: wrong }),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
      expect(response.headers.has('access-control-expose-headers')).toBe(false);
    }
  });

  it('shows the headers that exposeHeaders names', async () => {
    const local = createLocalBedrock({ exposeHeaders: ['x-amzn-requestid', 'x-amzn-errortype'] });
    const response = await send(local, { headers: { origin: PAGE } });
    expect(response.headers.get('access-control-expose-headers')).toBe('x-amzn-requestid, x-amzn-errortype');
  });

  it('is the same for a program, without a word of origins', async () => {
    const response = await send(createLocalBedrock(), { path: modelPath('converse'), body: say('Hello') });
    expect(response.status).toBe(200);
    expect([...response.headers.keys()].filter((name) => /access-control|vary/.test(name))).toEqual([]);
  });
});

describe('metadata with keys', () => {
  const paths: [method: string, path: string][] = [
    ['GET', '/local-container-credentials'],
    ['PUT', '/latest/api/token'],
    ['GET', '/latest/meta-data/iam/security-credentials/'],
    ['GET', '/latest/meta-data/iam/security-credentials/local-bedrock-role'],
  ];
  const ask = (method: string, path: string, headers: Record<string, string>) =>
    createLocalBedrock({ allowedOrigins: ['*'] }).fetch(
      new Request(`http://127.0.0.1:1${path}`, {
        method,
        headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60', ...headers },
      }),
    );

  it.each(paths)('are for no page, not even one of the same origin: %s %s', async (method, path) => {
    for (const headers of [
      { origin: PAGE },
      { origin: 'http://127.0.0.1:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'same-origin' },
    ] as Record<string, string>[]) {
      const response = await ask(method, path, headers);
      expect(response.status).toBe(403);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
      expect(await response.text()).not.toMatch(/AccessKeyId|ASIA/);
    }
  });

  it('are for programs, and for people who type the address', async () => {
    expect(await (await ask('GET', '/local-container-credentials', {})).json()).toHaveProperty('AccessKeyId');
    expect((await ask('GET', '/local-container-credentials', { 'sec-fetch-site': 'none' })).status).toBe(200);
  });
});
