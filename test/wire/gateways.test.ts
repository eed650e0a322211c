import { afterEach, describe, expect, it } from 'vitest';
import { type CallOptions, createBedrock, getCallerIdentity, isBedrockError } from '../../src/index.js';
import { type Answer, answerFrames, startServer, type TestServer } from '../converse/server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const KEY = 'bedrock-secret-key-0123456789';

let server: TestServer;
afterEach(() => server.close());

function answer(status: number, type: string, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(body);
  };
}

const CALLS: Record<string, (options: CallOptions) => PromiseLike<unknown>> = {
  'converse()': (options) => createBedrock(options).converse(request),
  'stream()': (options) => createBedrock(options).stream(request).result(),
  'countTokens()': (options) => createBedrock(options).countTokens(request),
  'discover()': (options) => createBedrock(options).discover({ refreshInterval: 0 }),
  'getCallerIdentity()': (options) =>
    getCallerIdentity({
      ...options,
      region: 'us-east-1',
      credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret' },
    }),
};

async function errorOf(name: string, answered: Answer, options: CallOptions = {}) {
  server = await startServer(answered);
  const own = { endpoint: server.url, credentials: { token: KEY }, maxAttempts: 1, ...options };
  const error: unknown = await CALLS[name]?.(own).then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (isBedrockError(error)) return error;
  throw error;
}

/** What gateways and proxies answer with, and the words that have to survive. */
const BODIES: [what: string, status: number, type: string, body: string, words: string][] = [
  [
    'OpenAI',
    401,
    'application/json',
    '{"error":{"message":"Invalid virtual key","type":"auth_error","code":"401"}}',
    'Invalid virtual key',
  ],
  ['a text as error', 401, 'application/json', '{"error":"invalid virtual key"}', 'invalid virtual key'],
  ['FastAPI', 400, 'application/json', '{"detail":"budget exceeded"}', 'budget exceeded'],
  [
    "FastAPI's list",
    422,
    'application/json',
    '{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required"},{"loc":["query",0],"msg":"No such thing"}]}',
    'body.messages: Field required; query.0: No such thing',
  ],
  [
    'a list of errors',
    403,
    'application/json',
    '{"success":false,"errors":[{"code":9109,"message":"Unauthorized to access"}]}',
    'Unauthorized to access',
  ],
  ['a list of texts', 400, 'application/json', '{"errors":["one","two"]}', 'one; two'],
  [
    'problem details',
    403,
    'application/problem+json',
    '{"type":"about:blank","title":"Forbidden","detail":"Not in this plan","status":403}',
    'Not in this plan',
  ],
  [
    'OAuth',
    401,
    'application/json',
    '{"error":"invalid_token","error_description":"The token was revoked"}',
    'The token was revoked',
  ],
  ['an unknown shape', 400, 'application/json', '{"ok":false,"reason":"no such route"}', 'no such route'],
  ['a list', 500, 'application/json', '[{"error":{"message":"backend gone"}}]', 'backend gone'],
  [
    'a page',
    502,
    'text/html',
    '<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>',
    '502 Bad Gateway',
  ],
  [
    'a page in capitals',
    403,
    'TEXT/HTML; Charset=UTF-8',
    '<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD></HTML>',
    'ERROR: The request could not be satisfied',
  ],
  [
    'a page without a title',
    503,
    'text/html',
    '<html><title></title><body><h1> Service busy </h1></body></html>',
    'Service busy',
  ],
  [
    'XML',
    403,
    'application/xml',
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has no user</Message></Error>',
    'Request has no user',
  ],
  ['plain text', 429, 'text/plain', 'slow down, friend', 'slow down, friend'],
  [
    'plain text in capitals',
    500,
    'Text/Plain',
    'upstream connect error or disconnect/reset before headers',
    'upstream connect error',
  ],
  [
    'JSON of another type in capitals',
    401,
    'Application/Vnd.Api+JSON',
    '{"errors":[{"title":"Key disabled"}]}',
    'Key disabled',
  ],
];

describe('a refusal of a gateway or proxy', () => {
  it.each(BODIES)('of the form of %s keeps its words', async (what, status, type, body, words) => {
    for (const name of Object.keys(CALLS)) {
      const error = await errorOf(name, answer(status, type, body));
      await server.close();
      expect(error).toMatchObject({ status, message: expect.stringContaining(words) });
      // This is the form of STS itself.
      if (what === 'XML' && name === 'getCallerIdentity()') continue;
      expect(error.message).toMatch(/gateway/);
      expect(error.message).not.toMatch(/this machine's clock|permissions of the identity|It needs the IAM/);
    }
  });

  it('is what AWS said where the gateway passes that on', async () => {
    const body = { type: 'error', error: { type: 'ThrottlingException', message: 'Too many requests' } };
    expect(await errorOf('converse()', answer(429, 'application/json', JSON.stringify(body)))).toMatchObject({
      name: 'ThrottlingException',
      code: 'ERR_THROTTLED',
      retryable: true,
    });
    const expired =
      '{"error":{"message":"BedrockException - The security token included in the request is expired"}}';
    await server.close();
    expect(await errorOf('converse()', answer(400, 'application/json', expired))).toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringContaining('These credentials have expired'),
    });
  });

  it.each([
    '',
    '{}',
    '{"message":null}',
    '{"error":null}',
    '{"error":{}}',
    '{"detail":[]}',
    '{"error":{"error":{"error":{"error":{"error":"deep"}}}}}',
  ])('that says nothing is still clear: %s', async (body) => {
    const error = await errorOf('converse()', answer(404, 'application/json', body));
    expect(error).toMatchObject({ status: 404, code: 'ERR_NOT_FOUND' });
    expect(error.message).toMatch(/status 404/);
    expect(error.message).not.toMatch(/undefined|object Object/);
  });

  it('a number in the place of a name is not one', async () => {
    const error = await errorOf(
      'converse()',
      answer(401, 'application/json', '{"code":"401","message":"No."}'),
    );
    expect(error).toMatchObject({ name: 'BedrockError', code: 'ERR_CREDENTIALS' });
  });

  it('an operation that the endpoint does not have says so', async () => {
    const body = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}';
    expect(await errorOf('converse()', answer(404, 'application/json', body))).toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('The endpoint does not serve this operation'),
    });
  });
});

describe('an error inside a 200', () => {
  it.each([
    ['{"error":{"message":"model is overloaded"}}', 'model is overloaded'],
    ['{"error":"no such deployment"}', 'no such deployment'],
    ['{"detail":"budget exceeded"}', 'budget exceeded'],
    ['{"message":"Endpoint request timed out"}', 'Endpoint request timed out'],
    ['{"errors":[{"message":"quota"}]}', 'quota'],
  ])('keeps its words: %s', async (body, words) => {
    for (const name of Object.keys(CALLS)) {
      const error = await errorOf(name, answer(200, 'Application/JSON', body));
      await server.close();
      expect(error).toMatchObject({ code: 'ERR_PROTOCOL', message: expect.stringContaining(`"${words}"`) });
    }
  });

  it('never repeats the key that it was sent', async () => {
    const echo: Answer = (response, { headers }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: `bad header ${headers.authorization}` } }));
    };
    for (const name of ['converse()', 'stream()', 'countTokens()']) {
      const error = await errorOf(name, echo);
      await server.close();
      expect(error.message).toContain('bad header Bearer [secret]');
      expect(error.message).not.toContain(KEY);
    }
  });

  it('a page in a 200 shows its title', async () => {
    const page = '<!doctype html><html><head><title>Sign in</title></head></html>';
    for (const name of Object.keys(CALLS)) {
      const error = await errorOf(name, answer(200, 'text/html', page));
      await server.close();
      expect(error).toMatchObject({ code: 'ERR_PROTOCOL', message: expect.stringContaining('Sign in') });
    }
  });
});

describe('an empty 200', () => {
  it.each(['application/json', 'text/plain', 'application/vnd.amazon.eventstream'])(
    'of type %s is clear',
    async (type) => {
      for (const name of Object.keys(CALLS)) {
        const error = await errorOf(name, answer(200, type, ''));
        await server.close();
        // A stream without events is a truncated answer, no matter who sent it.
        const isStream = name === 'stream()' && type.includes('eventstream');
        expect(error.code).toBe(isStream ? 'ERR_TRUNCATED' : 'ERR_PROTOCOL');
        if (!isStream) expect(error.message).toMatch(/status 200 and an empty body/);
      }
    },
  );
});

it('the type of a stream may be written in any case', async () => {
  server = await startServer((response) => {
    response.writeHead(200, { 'content-type': 'Application/VND.Amazon.EventStream; charset=utf-8' });
    for (const part of answerFrames('Hello')) response.write(part);
    response.end();
  });
  const bedrock = createBedrock({ endpoint: server.url, credentials: { token: KEY } });
  expect(await bedrock.stream(request).text()).toBe('Hello');
});
