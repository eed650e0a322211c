import { afterEach, describe, expect, it } from 'vitest';
import {
  BedrockError,
  type BedrockErrorCode,
  type CallOptions,
  type ConverseEvent,
  type ConverseStream,
  createBedrock,
  type PartialResult,
} from '../../src/index.js';
import { toResponse } from '../../src/responses/response.js';
import { closedPort } from '../closed-port.js';
import {
  type Answer,
  awsError,
  frame,
  frames,
  messageStart,
  startServer,
  type TestServer,
  text,
} from './server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

/** Status by code, as docs/responses.md has it. */
const STATUSES: Record<BedrockErrorCode, number> = {
  ERR_INPUT: 500,
  ERR_CREDENTIALS: 500,
  ERR_ACCESS_DENIED: 500,
  ERR_NOT_FOUND: 500,
  ERR_THROTTLED: 429,
  ERR_QUOTA: 429,
  ERR_MODEL: 502,
  ERR_SERVICE: 502,
  ERR_NETWORK: 502,
  ERR_REDIRECT: 502,
  ERR_TRUNCATED: 502,
  ERR_PROTOCOL: 502,
  ERR_CANCELLED: 503,
  ERR_TIMEOUT: 504,
};

const ROLE = 'arn:aws:sts::123456789012:assumed-role/PayrollRole/i-0abc';
const MODEL = 'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.model';
const DENIED = `User: ${ROLE} is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: ${MODEL}`;
const HOST = 'vpce-0abc.bedrock-runtime.internal.example';

/** What no end user may read: parts of the sentences above, and of where requests go. */
const MARKS =
  /arn:|123456789012|Payroll|i-0abc|bedrock[:-]|Invoke|IAM|inference-profile|eu-central|internal|vpce|127\.0\.0\.1|Exception|x-amz|security token|key-of-the-server|discover\(|timeoutMs|truncated it|allowInsecure/;

let server: TestServer;
afterEach(() => server.close());

async function streamOf(answer: Answer, options: CallOptions = {}): Promise<ConverseStream> {
  server = await startServer(answer);
  const endpoint = options.endpoint ?? server.url;
  const credentials = options.credentials ?? { token: 'key-of-the-server' };
  return createBedrock({ region: 'eu-central-1', maxAttempts: 1 }).stream(request, {
    ...options,
    endpoint,
    credentials,
  });
}

/** Everything of a response that a visitor can see, and the code in it. */
async function shown(response: Response): Promise<{ all: string; code: string | undefined }> {
  const body = await response.text();
  const all = `${response.status} ${response.statusText} ${JSON.stringify([...response.headers])} ${body}`;
  return { all, code: /"code":"(\w+)"/.exec(body)?.[1] };
}

const refused = (status: number, name: string, message: string) => awsError(status, name, message);
const silence: Answer = () => {};

/** A failure of each kind, as it happens. */
const FAILURES: readonly [what: string, code: BedrockErrorCode, answer: Answer, options?: CallOptions][] = [
  ['a missing permission', 'ERR_ACCESS_DENIED', refused(403, 'AccessDeniedException', DENIED)],
  [
    'a key that AWS does not know',
    'ERR_CREDENTIALS',
    refused(
      403,
      'UnrecognizedClientException',
      `The security token included in the request is invalid. ${ROLE}`,
    ),
  ],
  [
    'credentials that are missing',
    'ERR_CREDENTIALS',
    silence,
    { credentials: () => Promise.reject(new Error(`Could not assume ${ROLE}`)) },
  ],
  ['a model that does not exist', 'ERR_NOT_FOUND', refused(404, 'ResourceNotFoundException', `No ${MODEL}`)],
  ['a request that AWS rejects', 'ERR_INPUT', refused(400, 'ValidationException', `Malformed: ${MODEL}`)],
  ['an option that is wrong', 'ERR_INPUT', silence, { endpoint: `http://${HOST}` }],
  ['throttling', 'ERR_THROTTLED', refused(429, 'ThrottlingException', `Too many requests for ${MODEL}`)],
  ['a quota', 'ERR_QUOTA', refused(402, 'ServiceQuotaExceededException', `Quota of ${ROLE}`)],
  ['a model that fails', 'ERR_MODEL', refused(424, 'ModelErrorException', `Failed: ${MODEL}`)],
  ['a service that fails', 'ERR_SERVICE', refused(500, 'InternalServerException', `Failed at ${HOST}`)],
  [
    'a redirect',
    'ERR_REDIRECT',
    (response) => void response.writeHead(302, { location: `https://${HOST}/` }).end(),
  ],
  [
    "a proxy's page",
    'ERR_PROTOCOL',
    (response) =>
      void response.writeHead(200, { 'content-type': `text/html; by=${HOST}` }).end(`Denied: ${ROLE}`),
  ],
  ['a connection that breaks', 'ERR_NETWORK', (response) => void response.destroy()],
  ['an answer that is empty', 'ERR_TRUNCATED', frames()],
  ['a limit that runs out', 'ERR_TIMEOUT', silence, { timeoutMs: 1 }],
];

describe('a failure before the head', () => {
  it.each(FAILURES)('%s: %s, and nothing of what the server knows', async (_what, code, answer, options) => {
    const error: unknown = await (await streamOf(answer, options)).result().catch((error: unknown) => error);
    expect(String((error as Error).message)).toMatch(MARKS);
    await server.close();
    for (const to of ['toResponse', 'toTextResponse'] as const) {
      const response = await (await streamOf(answer, options))[to]();
      const { all, code: told } = await shown(response);
      expect([response.status, told]).toEqual([STATUSES[code], code]);
      expect(all).not.toMatch(MARKS);
      await server.close();
    }
  });

  it.each([
    [200, 502],
    [201, 502],
    [204, 502],
    [205, 502],
    [301, 502],
    [304, 502],
    [401, 500],
    [403, 500],
    [404, 500],
    [418, 500],
    [500, 502],
    [999, 502],
  ])('a status %i of what answers is never the status of the response, which is %i', async (theirs, ours) => {
    const answer: Answer = (response) => void response.writeHead(theirs, { location: '/' }).end();
    for (const to of ['toResponse', 'toTextResponse'] as const) {
      const response = await (await streamOf(answer))[to]();
      expect(response.status).toBe(ours);
      expect(await response.json()).toHaveProperty('error.code');
      await server.close();
    }
  });

  it('nothing listens at the endpoint', async () => {
    const response = await (
      await streamOf(silence, { endpoint: `http://127.0.0.1:${await closedPort()}` })
    ).toResponse();
    const { all, code } = await shown(response);
    expect([response.status, code]).toEqual([502, 'ERR_NETWORK']);
    expect(all).not.toMatch(MARKS);
  });
});

describe('a failure after the head', () => {
  it.each([
    ['accessDeniedException', 'ERR_ACCESS_DENIED', DENIED],
    ['unrecognizedClientException', 'ERR_CREDENTIALS', `The security token of ${ROLE}`],
    ['validationException', 'ERR_INPUT', `Malformed: ${MODEL}`],
    ['throttlingException', 'ERR_THROTTLED', `Too many requests for ${MODEL}`],
    ['modelStreamErrorException', 'ERR_MODEL', `Failed: ${MODEL}`],
    ['internalServerException', 'ERR_SERVICE', `Failed at ${HOST}`],
  ])('%s is an event error: %s, and nothing of what the server knows', async (type, code, message) => {
    const exception = frame(type, { message }, 'exception');
    const response = await (await streamOf(frames(messageStart, text('a'), exception))).toResponse();
    expect(response.status).toBe(200);
    const { all, code: told } = await shown(response);
    expect(told).toBe(code);
    expect(all).not.toMatch(MARKS);
  });
});

describe('every code', () => {
  const facts = {
    name: 'AccessDeniedException',
    message: DENIED,
    status: 403,
    retryable: true,
    retryAfterMs: 1500,
    requestId: '0b1c-2d3e_4f',
    phase: 'stream',
    attempts: 3,
    partial: { warnings: [DENIED] } as unknown as PartialResult,
    cause: new Error(HOST),
  } as const;

  /** A stream that fails behind so many events. */
  async function* failing(error: unknown, events: number): AsyncGenerator<ConverseEvent, undefined> {
    for (let i = 0; i < events; i++) yield { type: 'messageStart', role: 'assistant' };
    throw error;
  }

  it.each(Object.entries(STATUSES))(
    '%s is a status %i, and its own words stay here',
    async (code, status) => {
      server = await startServer();
      const error = new BedrockError({ ...facts, code: code as BedrockErrorCode });
      for (const events of [0, 1]) {
        const response = await toResponse(failing(error, events));
        expect(response.status).toBe(events === 0 ? status : 200);
        if (events === 0) expect(response.headers.get('retry-after')).toBe('2');
        const { all } = await shown(response);
        expect(all).toContain(`"code":"${code}"`);
        expect(all).toContain('"requestId":"0b1c-2d3e_4f","retryable":true,"retryAfterMs":1500}');
        expect(all).not.toMatch(MARKS);
      }
    },
  );

  it('that this version does not know is ERR_SERVICE', async () => {
    server = await startServer();
    for (const code of ['ERR_OF_TOMORROW', 'constructor']) {
      const response = await toResponse(failing(new BedrockError({ ...facts, code: code as never }), 0));
      expect([response.status, (await shown(response)).code]).toEqual([502, 'ERR_SERVICE']);
    }
  });

  it('comes without a request id that is none, such as one of a proxy', async () => {
    server = await startServer();
    for (const requestId of [`${HOST}/17`, ROLE, 'x'.repeat(129)]) {
      const error = new BedrockError({ ...facts, code: 'ERR_SERVICE', requestId });
      expect((await shown(await toResponse(failing(error, 0)))).all).not.toContain('requestId');
    }
  });
});
