import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { modelPath, ORIGIN, say, send, signed } from './request.js';

const FORM = 'application/x-www-form-urlencoded';

describe('the clock', () => {
  it('is the one of the options, in the date header too', async () => {
    const at = Date.parse('2030-01-02T03:04:05Z');
    const local = createLocalBedrock({ now: () => at });
    const response = await send(local, { date: new Date(at) });
    expect(response.status).toBe(200);
    expect(response.headers.get('date')).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
    expect(local.requests[0]?.at).toBe(at);
  });
});

describe('requests', () => {
  it('tells what was received and what became of it', async () => {
    const local = createLocalBedrock();
    await send(local, { body: say('Hello') });
    await send(local, { path: modelPath('converse', 'unknown'), body: say('Hello') });
    expect(local.requests).toMatchObject([
      {
        method: 'POST',
        path: '/model/amazon.nova-lite-v1%3A0/converse-stream',
        operation: 'ConverseStream',
        modelId: 'amazon.nova-lite-v1:0',
        body: say('Hello'),
        bodyText: JSON.stringify(say('Hello')),
        status: 200,
        errorType: undefined,
      },
      { operation: 'Converse', modelId: 'unknown', status: 400, errorType: 'ValidationException' },
    ]);
  });

  it('holds no secret: no signature, token or key', async () => {
    const session = { accessKeyId: 'ASIASESSIONSESSION00', secretAccessKey: 's3cr3t', sessionToken: 't0k3n' };
    const local = createLocalBedrock({ credentials: session });
    const request = await signed(local, { credentials: session });
    const signature = /Signature=(\w+)/.exec(request.headers.get('authorization') ?? '')?.[1] ?? 'none';
    await local.fetch(request);
    const authorization = `Bearer ${local.apiKey}`;
    await local.fetch(
      new Request(ORIGIN + modelPath('converse'), { method: 'POST', headers: { authorization }, body: '{}' }),
    );
    await local.fetch(new Request(ORIGIN, { headers: { authorization: 'Basic dXNlcjpwYXNz' } }));
    const log = JSON.stringify(local.requests);
    for (const secret of [
      signature,
      's3cr3t',
      't0k3n',
      local.apiKey,
      local.apiKey.slice(20),
      'dXNlcjpwYXNz',
    ]) {
      expect(log).not.toContain(secret);
    }
    expect(local.requests[0]?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIASESSIONSESSION00\//,
    );
  });

  it.each<[name: string, type: string, target: string | undefined, body: string]>([
    ['a login', 'application/json', 'GetId', '{"Logins":{"idp":"t0k3n"}}'],
    ['a login that is text', 'application/json', 'GetId', '{"Logins":"t0k3n"}'],
    ['a login in a list', 'application/json', 'GetId', '{"Logins":["t0k3n"]}'],
    [
      'a login in JSON that is truncated',
      'application/json',
      'GetCredentialsForIdentity',
      '{"Logins":{"idp":"t0k3n"}',
    ],
    [
      'a login in JSON that is too deep',
      'application/json',
      'GetId',
      `{"a":${'['.repeat(9000)}${']'.repeat(9000)},"Logins":{"idp":"t0k3n"}}`,
    ],
    ['a web identity', FORM, undefined, 'Action=AssumeRoleWithWebIdentity&WebIdentityToken=t0k3n&RoleArn=a'],
    [
      'a web identity, escaped',
      FORM,
      undefined,
      'Action=AssumeRoleWithWebIdentity&Web%49dentityToken=t0k3n&RoleArn=a',
    ],
  ])('holds no token of %s', async (_name, type, target, body) => {
    const local = createLocalBedrock();
    const headers: Record<string, string> = { 'content-type': type };
    if (target !== undefined) headers['x-amz-target'] = `AWSCognitoIdentityService.${target}`;
    await local.fetch(new Request(ORIGIN, { method: 'POST', headers, body }));
    expect(local.requests[0]?.bodyText).toContain('…');
    expect(JSON.stringify(local.requests)).not.toContain('t0k3n');
  });

  it('keeps the last 1000, and fewer where bodies are large, so that memory stays flat', async () => {
    const local = createLocalBedrock();
    const post = (body: string): Promise<Response> =>
      local.fetch(new Request(ORIGIN + modelPath('converse'), { method: 'POST', body }));
    for (let i = 0; i < 1005; i++) await post(JSON.stringify({ i }));
    expect(local.requests.length).toBe(1000);
    expect(local.requests[0]?.body).toEqual({ i: 5 });
    const large = 'x'.repeat(5 * 1024 * 1024);
    for (let i = 0; i < 4; i++) await post(large);
    const letters = local.requests.reduce((sum, request) => sum + request.bodyText.length, 0);
    expect(letters).toBeLessThanOrEqual(16 * 1024 * 1024);
    expect(local.requests.at(-1)?.bodyText.length).toBe(large.length);
  });
});
