import { afterEach, describe, expect, it } from 'vitest';
import {
  type Bedrock,
  type BedrockError,
  type CallOptions,
  createBedrock,
  isBedrockError,
  stream,
  type Transport,
  type TransportCall,
} from '../../src/index.js';
import { startServer, type TestServer } from './server.js';

const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
const credentials = { token: 'key' };

/** Runs a call that must fail before anything is sent, and gives its error. */
async function refusal(request: unknown, options: CallOptions = {}): Promise<BedrockError> {
  let sent = false;
  const fetch = (): Promise<Response> => {
    sent = true;
    return Promise.reject(new Error('something was sent'));
  };
  const error: unknown = await stream(request as never, { credentials, fetch, maxAttempts: 1, ...options })
    .result()
    .catch((reason: unknown) => reason);
  if (!isBedrockError(error) || sent) throw new Error(`not refused: ${String(error)}`);
  return error;
}

describe('a request is refused before anything is sent', () => {
  it.each<[why: string, request: unknown, says: RegExp]>([
    ['that is not an object', 'Hi', /^The request is a string\. Pass \{ modelId, prompt/],
    ['that is a list', [], /^The request is an array/],
    ['that is null', null, /^The request is null/],
    ['without a modelId', { messages }, /modelId is empty.*Pass an id/],
    ['with a blank modelId', { modelId: ' ', messages }, /modelId is empty/],
    ['with a modelId that holds a space', { modelId: 'nova lite', messages }, /"nova lite" has characters/],
    ['with half a character in its modelId', { modelId: 'm\ud83d', messages }, /has characters/],
    [
      'with half a character in an ARN',
      { modelId: 'arn:aws:bedrock:eu-west-3::foundation-model/\ud83d', messages },
      /has characters/,
    ],
    ['with a modelId that walks the path', { modelId: '..', messages }, /has characters/],
    [
      'with half an ARN',
      { modelId: 'arn:aws:bedrock:us-east-1', messages },
      /not a complete ARN.*arn:aws:bedrock:us-east-1:123456789012:/,
    ],
    [
      'with the ARN of another service',
      { modelId: 'arn:aws:s3:::bucket/key', messages },
      /not a complete ARN/,
    ],
    ['without messages', { modelId: 'm' }, /no messages.*prompt/],
    ['with empty messages', { modelId: 'm', messages: [] }, /no messages/],
    ['with a modelId that is not a string', { modelId: 5, messages }, /^modelId is 5\. Pass a string/],
    [
      'with messages that are text',
      { modelId: 'm', messages: 'Hi' },
      /^messages is a string\. Pass a list of/,
    ],
    [
      'with a Blob as image',
      {
        modelId: 'm',
        messages: [
          { role: 'user', content: [{ image: { format: 'png', source: { bytes: new Blob(['x']) } } }] },
        ],
      },
      /messages.0.content.0.image.source.bytes is a Blob.*arrayBuffer/,
    ],
    [
      'with a bigint',
      { modelId: 'm', messages, additionalModelRequestFields: { top: [1, { k: 1n }] } },
      /^additionalModelRequestFields\.top\.1\.k is a bigint\. Pass a finite number/,
    ],
    [
      'with a guardrail that has no version',
      { modelId: 'm', messages, guardrailConfig: { guardrailIdentifier: 'abc' } },
      /guardrailVersion/,
    ],
    [
      'with a guardrail id that is none',
      { modelId: 'm', messages, guardrailConfig: { guardrailIdentifier: 'My Rail', guardrailVersion: '1' } },
      /"My Rail" is neither/,
    ],
    [
      'with a guardrail version that is none',
      { modelId: 'm', messages, guardrailConfig: { guardrailIdentifier: 'abc', guardrailVersion: 'latest' } },
      /"latest" is neither a version number/,
    ],
  ])('%s', async (_why, request, says) => {
    const error = await refusal(request);
    expect(error).toMatchObject({ code: 'ERR_INPUT', retryable: false, phase: 'prepare' });
    expect(error.message).toMatch(says);
  });

  it('with a structure that contains itself', async () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect((await refusal({ modelId: 'm', messages, additionalModelRequestFields: loop })).message).toMatch(
      /contains itself/,
    );
  });
});

describe('an option is refused before anything is sent', () => {
  it.each<[why: string, options: Record<string, unknown>, says: RegExp]>([
    ['a region by its name', { region: 'US East' }, /"US East".*not an AWS region.*us-east-1/],
    ['a zone as region', { region: 'us-east-1a' }, /not an AWS region/],
    ['an empty region', { region: '' }, /not an AWS region/],
    ['an endpoint that is no URL', { endpoint: 'bedrock' }, /endpoint is not a URL.*https:/],
    ['an endpoint with a query', { endpoint: 'https://a.example/?x=1' }, /query or fragment/],
    ['an endpoint with a fragment', { endpoint: 'https://a.example/#x' }, /query or fragment/],
    ['an endpoint with a user', { endpoint: 'https://me:pw@a.example/' }, /user name or password/],
    ['plain http to another host', { endpoint: 'http://a.example' }, /plain http:.*allowInsecureEndpoint/],
    ['a strange protocol', { endpoint: 'ftp://a.example' }, /protocol ftp:/],
    ['a negative idleTimeoutMs', { idleTimeoutMs: -1 }, /idleTimeoutMs is -1.*0 or more/],
    ['a negative timeoutMs', { timeoutMs: -1 }, /timeoutMs is -1/],
    ['a timeout that is no number', { timeoutMs: '5s' }, /timeoutMs is the string "5s"\. Pass milliseconds/],
    ['not a single attempt', { maxAttempts: 0 }, /maxAttempts is 0.*1 or more/],
    ['a negative maxRetryDelayMs', { maxRetryDelayMs: -5 }, /maxRetryDelayMs is -5/],
    [
      'an authorization header of its own',
      { headers: { Authorization: 'Bearer x' } },
      /cannot set authorization.*credentials/,
    ],
    ['a header that is none', { headers: { 'a b': 'c' } }, /not valid in HTTP/],
  ])('%s', async (_why, options, says) => {
    const error = await refusal({ modelId: 'm', messages }, options);
    expect(error.code).toBe('ERR_INPUT');
    expect(error.message).toMatch(says);
    expect(error.message).not.toContain('pw');
  });
});

describe('strings leave as blocks', () => {
  const given = Object.freeze({
    modelId: 'm',
    system: 'Be brief',
    messages: [{ role: 'user' as const, content: ['Hi', { toolResult: { toolUseId: 'a', content: '21' } }] }],
    toolConfig: { tools: [{ toolSpec: { name: 'a', inputSchema: { json: { type: 'object' } } } }] },
  });
  const sent = {
    system: [{ text: 'Be brief' }],
    messages: [
      {
        role: 'user',
        content: [{ text: 'Hi' }, { toolResult: { toolUseId: 'a', content: [{ text: '21' }] } }],
      },
    ],
    toolConfig: given.toolConfig,
  };

  /** The body of the only request that a call sends. */
  async function bodyOf(call: (bedrock: Bedrock) => Promise<unknown>): Promise<unknown> {
    let body: unknown;
    const fetch = async (_url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
      body = JSON.parse(new TextDecoder().decode(init.body as Uint8Array));
      return new Response('gone', { status: 410 });
    };
    await call(createBedrock({ credentials, fetch, maxAttempts: 1 })).catch(() => {});
    return body;
  }

  it.each<[name: string, call: (bedrock: Bedrock) => Promise<unknown>, body: unknown]>([
    ['stream()', (bedrock) => bedrock.stream(given).result(), sent],
    ['converse()', (bedrock) => bedrock.converse(given), sent],
    ['countTokens()', (bedrock) => bedrock.countTokens(given), { input: { converse: sent } }],
    [
      'countTokens() of an input',
      ({ countTokens }) =>
        countTokens({ modelId: 'm', input: { converse: { prompt: 'Hi', system: ['a'] } } }),
      { input: { converse: { system: [{ text: 'a' }], messages } } },
    ],
    [
      'stream() of a prompt',
      (bedrock) => bedrock.stream({ modelId: 'm', prompt: 'Hi' }).result(),
      { messages },
    ],
  ])('of %s', async (_name, call, body) => {
    expect(await bodyOf(call)).toEqual(body);
  });

  it('of a tool that returns null, which the service takes as text alone', async () => {
    const history = (result: object) => [
      ...messages,
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'b', input: {} } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [result] } }] },
    ];
    const toolConfig = { tools: [{ toolSpec: { name: 'b', inputSchema: { json: { type: 'object' } } } }] };
    const request = { modelId: 'm', messages: history({ json: null }), toolConfig } as never;
    expect(await bodyOf((bedrock) => bedrock.converse(request))).toEqual({
      messages: history({ text: 'null' }),
      toolConfig,
    });
    expect(await bodyOf((bedrock) => bedrock.converse(request, { repair: false }))).toEqual({
      messages: history({ json: null }),
      toolConfig,
    });
  });

  it('and of a transport', async () => {
    const { transport, inputs } = listening();
    await createBedrock({ transport })
      .converse(given)
      .catch(() => {});
    expect(inputs).toEqual([{ modelId: 'm', ...sent }]);
  });
});

/** A transport that notes what it is to send. */
function listening(): { transport: Transport; inputs: unknown[] } {
  const inputs: unknown[] = [];
  const note = async (call: TransportCall): Promise<never> => {
    inputs.push(call.input);
    throw new Error('enough');
  };
  return {
    inputs,
    transport: {
      destination: async () => ({
        region: 'eu-west-3',
        endpoint: new URL('https://a.example'),
        credentials: async () => credentials,
      }),
      unary: note,
      stream: note,
    },
  };
}

describe('a transport is not given a request that JSON cannot carry', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  it.each<[what: string, fields: unknown, says: RegExp]>([
    ['a BigInt', { n: 5n }, /additionalModelRequestFields\.n is a bigint/],
    ['a Map', new Map(), /additionalModelRequestFields is a Map/],
    ['a cycle', cycle, /contains itself/],
  ])('with %s', async (_what, additionalModelRequestFields, message) => {
    const { transport, inputs } = listening();
    const bedrock = createBedrock({ transport });
    const request = { modelId: 'm', messages, additionalModelRequestFields } as never;
    const refused = { code: 'ERR_INPUT', message: expect.stringMatching(message) };
    await expect(bedrock.stream(request).result()).rejects.toMatchObject(refused);
    await expect(bedrock.converse(request)).rejects.toMatchObject(refused);
    await expect(bedrock.countTokens(request)).rejects.toMatchObject(refused);
    expect(inputs).toEqual([]);
  });

  it('but its bytes as they are', async () => {
    const { transport, inputs } = listening();
    const bytes = new Uint8Array([1]);
    const content = [{ image: { format: 'png' as const, source: { bytes } } }];
    await createBedrock({ transport })
      .converse({ modelId: 'm', messages: [{ role: 'user', content }] })
      .catch(() => {});
    expect(inputs).toEqual([{ modelId: 'm', messages: [{ role: 'user', content }] }]);
  });
});

describe('countTokens() is refused before anything is sent', () => {
  it.each<[what: string, request: unknown, says: RegExp]>([
    ['without messages', { modelId: 'm' }, /no messages.*prompt/],
    ['with a system alone', { modelId: 'm', system: 'a' }, /no messages/],
    ['with an input without messages', { modelId: 'm', input: { converse: { system: 'a' } } }, /no messages/],
    [
      'with a Map',
      { modelId: 'm', messages, additionalModelRequestFields: new Map([['top_k', 5]]) },
      /^input\.converse\.additionalModelRequestFields is a Map\. Pass a plain object/,
    ],
    [
      'with a Map further inside',
      { modelId: 'm', messages, additionalModelRequestFields: { thinking: new Map() } },
      /^input\.converse\.additionalModelRequestFields\.thinking is a Map/,
    ],
  ])('%s', async (_what, request, says) => {
    const fetch = (): never => expect.fail('something was sent');
    await expect(createBedrock({ credentials, fetch }).countTokens(request as never)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringMatching(says),
    });
  });
});

describe('the region', () => {
  async function hostFor(options: CallOptions, bound: CallOptions = {}, modelId = 'm'): Promise<string> {
    let host = '';
    const fetch = async (url: RequestInfo | URL): Promise<Response> => {
      host = new URL(String(url)).host;
      return Response.json({ inputTokens: 1 });
    };
    await createBedrock({ credentials, fetch, ...bound }).countTokens({ modelId, messages }, options);
    return host;
  }
  const arn = 'arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6';

  it('of the call comes first, then the one of the ARN, then the bound one', async () => {
    expect(await hostFor({ region: 'eu-west-3' }, { region: 'us-west-2' }, arn)).toMatch(/\.eu-west-3\./);
    expect(await hostFor({}, { region: 'us-west-2' }, arn)).toMatch(/\.eu-west-3\./);
    expect(await hostFor({ region: 'ap-south-1' }, { region: 'us-west-2' })).toMatch(/\.ap-south-1\./);
    expect(await hostFor({}, { region: 'us-west-2' })).toMatch(/\.us-west-2\./);
  });

  it('of the call that contradicts the ARN is refused, naming both', async () => {
    const error = await refusal({ modelId: arn, messages }, { region: 'us-east-1' });
    expect(error.message).toMatch(/eu-west-3.*us-east-1/);
  });
});

describe('what answers is not Bedrock', () => {
  let server: TestServer;
  afterEach(() => server.close());

  async function answerWith(status: number, type: string, body: string): Promise<BedrockError> {
    server = await startServer((response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    const error: unknown = await stream(
      { modelId: 'm', messages },
      { endpoint: server.url, credentials, maxAttempts: 1 },
    )
      .text()
      .catch((reason: unknown) => reason);
    if (!isBedrockError(error)) throw error;
    return error;
  }

  it('the web page of a proxy keeps its status and title', async () => {
    const error = await answerWith(
      502,
      'text/html',
      '<html><head><title>502 Bad Gateway</title></head></html>',
    );
    expect(error).toMatchObject({ code: 'ERR_SERVICE', status: 502, retryable: true });
    expect(error.message).toMatch(/"502 Bad Gateway".*proxy/);
  });

  it('an error in plain text keeps what it says', async () => {
    const error = await answerWith(403, 'text/plain', 'blocked by policy 12');
    expect(error).toMatchObject({ code: 'ERR_ACCESS_DENIED', status: 403 });
    expect(error.message).toContain('blocked by policy 12');
  });

  it.each(['text/html', 'application/json'])('200 with %s is ERR_PROTOCOL', async (type) => {
    const error = await answerWith(200, type, '{}');
    expect(error).toMatchObject({ code: 'ERR_PROTOCOL', status: 200, retryable: false });
    expect(error.message).toContain(type);
  });

  it('bytes that are no frames are ERR_PROTOCOL', async () => {
    const error = await answerWith(200, 'application/vnd.amazon.eventstream', 'this is no frame at all');
    expect(error.code).toBe('ERR_PROTOCOL');
  });

  it('a redirect is not followed, and names only where it leads', async () => {
    server = await startServer((response) => {
      response.writeHead(307, { location: 'https://elsewhere.example/login?token=s3cret' }).end();
    });
    const options = { endpoint: server.url, credentials: { token: 'k3y' } };
    const error: unknown = await stream({ modelId: 'm', messages }, options)
      .text()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_REDIRECT',
      status: 307,
      message: expect.stringContaining('https://elsewhere.example'),
    });
    expect(String(error)).not.toContain('s3cret');
    expect(server.requests).toHaveLength(1);
  });
});
