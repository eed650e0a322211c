import {
  InvokeModelCommand,
  type InvokeModelCommandInput,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import {
  createBedrock,
  type InvokeRequest,
  invokeModel,
  invokeModelStream,
  isBedrockError,
} from '../../src/index.js';
import { awsClient, KEYS } from '../wire/aws-client.js';
import { answering } from './recorded.js';

const OPTIONS = { region: 'us-east-1', credentials: KEYS, maxAttempts: 1 };
const OK = { status: 200, headers: { 'content-type': 'application/json' } };
const BODY = new TextEncoder().encode('{"ok":true}');

async function requestOf(request: InvokeRequest, options: object = {}): Promise<Request> {
  const { fetch, requests } = answering(OK, [BODY]);
  await invokeModel(request, { ...OPTIONS, fetch, ...options });
  return requests[0] as Request;
}

async function streamRequestOf(request: InvokeRequest): Promise<Request> {
  const { fetch, requests } = answering(OK, []);
  await invokeModelStream(request, { ...OPTIONS, fetch })
    .result()
    .catch(() => undefined);
  return requests[0] as Request;
}

/** Headers that only say who sends. */
const OWN = /^(?:authorization|x-amz-.*|amz-sdk-.*|user-agent|host|content-length)$/;
const headersOf = (headers: Iterable<[string, string]>) =>
  Object.fromEntries([...headers].filter(([name]) => !OWN.test(name)));

const REQUESTS: Readonly<Record<string, Omit<InvokeModelCommandInput, 'body'>>> = {
  'a model': { modelId: 'amazon.nova-lite-v1:0' },
  'an application profile': {
    modelId: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6',
  },
  'a guardrail': {
    modelId: 'm',
    guardrailIdentifier: 'abc123',
    guardrailVersion: 'DRAFT',
    trace: 'ENABLED_FULL',
  },
  'all other members': {
    modelId: 'm',
    contentType: 'application/json',
    accept: 'application/json',
    performanceConfigLatency: 'optimized',
    serviceTier: 'priority',
    requestMetadata: '{"team":"a"}',
  },
};

describe('a request of InvokeModel is the one that the AWS client sends', () => {
  it.each(Object.entries(REQUESTS))('for %s', async (_what, input) => {
    const body = { inputText: 'Grüße, 世界 🌍' };
    for (const isStream of [false, true]) {
      const { client, sent } = awsClient();
      const awsInput = { ...input, body: JSON.stringify(body), ...('accept' in input ? {} : JSON_TYPES) };
      await client
        .send(
          (isStream
            ? new InvokeModelWithResponseStreamCommand(awsInput)
            : new InvokeModelCommand(awsInput)) as InvokeModelCommand,
        )
        .catch(() => undefined);
      const theirs = sent[0];
      const request = { ...input, body } as InvokeRequest;
      const ours = await (isStream ? streamRequestOf(request) : requestOf(request));
      expect(new URL(ours.url).pathname).toBe(theirs?.path);
      expect(headersOf(ours.headers)).toEqual(headersOf(Object.entries(theirs?.headers ?? {})));
      expect(await ours.text()).toBe(JSON.stringify(body));
      const signed = /SignedHeaders=([^,]+)/.exec(ours.headers.get('authorization') ?? '')?.[1]?.split(';');
      for (const name of ours.headers.keys())
        if (name.startsWith('x-amzn-bedrock-')) expect(signed).toContain(name);
    }
  });

  const JSON_TYPES = { contentType: 'application/json', accept: 'application/json' };
});

describe('the body of a request', () => {
  const bytes = new TextEncoder().encode('{"a":1}');
  it.each<[string, InvokeRequest['body'], string]>([
    ['an object becomes JSON', { a: [1, 'é'] }, '{"a":[1,"é"]}'],
    ['bytes in an object become base64', { image: new Uint8Array([1, 2, 3]) }, '{"image":"AQID"}'],
    ['a text is sent as it is', '{ "a" : 1 }', '{ "a" : 1 }'],
    ['bytes are sent as they are', bytes, '{"a":1}'],
    ['a part of a buffer is sent alone', bytes.subarray(0, 2), '{"'],
    ['a buffer is sent as it is', bytes.buffer, '{"a":1}'],
  ])('%s', async (_what, body, sent) => {
    expect(await (await requestOf({ modelId: 'm', body })).text()).toBe(sent);
  });
});

describe('the guardrail of the client', () => {
  const client = createBedrock({
    guardrailConfig: { guardrailIdentifier: 'abc123', guardrailVersion: '2', trace: 'enabled' },
  });

  it('applies to a call, and the request may replace or remove it', async () => {
    const body = {};
    const guarded = await requestOf({ modelId: 'm', body }, { client });
    expect(guarded.headers.get('x-amzn-bedrock-guardrailidentifier')).toBe('abc123');
    expect(guarded.headers.get('x-amzn-bedrock-guardrailversion')).toBe('2');
    expect(guarded.headers.get('x-amzn-bedrock-trace')).toBe('ENABLED');
    const own = await requestOf(
      { modelId: 'm', body, guardrailIdentifier: 'def456', guardrailVersion: 'DRAFT' },
      { client },
    );
    expect(own.headers.get('x-amzn-bedrock-guardrailidentifier')).toBe('def456');
    const none = await requestOf({ modelId: 'm', body, guardrailIdentifier: null }, { client });
    expect(none.headers.has('x-amzn-bedrock-guardrailidentifier')).toBe(false);
  });
});

describe('a request that cannot work is refused before a byte is sent', () => {
  it.each<[string, unknown, object?]>([
    ['body is missing. Pass an object, a text or bytes', { modelId: 'm' }],
    ['messages is not a known member. Pass it inside body', { modelId: 'm', messages: [] }],
    ['body is 1. Pass an object, a text or bytes', { modelId: 'm', body: 1 }],
    ['modelId is missing', { body: {} }],
    ['needs both guardrailIdentifier', { modelId: 'm', body: {}, guardrailIdentifier: 'abc123' }],
    ['has no effect without guardrailIdentifier', { modelId: 'm', body: {}, guardrailVersion: '1' }],
    [
      'which needs guardrailIdentifier and guardrailVersion',
      { modelId: 'm', body: { 'amazon-bedrock-guardrailConfig': {} } },
    ],
    [
      'A guardrail reads JSON only',
      {
        modelId: 'm',
        body: 'x',
        contentType: 'text/plain',
        guardrailIdentifier: 'abc123',
        guardrailVersion: '1',
      },
    ],
    ['is 9009 characters of JSON', { modelId: 'm', body: {}, requestMetadata: { a: 'x'.repeat(9001) } }],
    ['The option client of invokeModel() is not a client', { modelId: 'm', body: {} }, { client: {} }],
    ['invokeModel() has no option clients', { modelId: 'm', body: {} }, { clients: {} }],
    [
      'has no method bytes(call)',
      { modelId: 'm', body: {} },
      {
        ...{ credentials: undefined, region: undefined, maxAttempts: undefined },
        transport: {
          destination: async () => ({ region: 'us-east-1', endpoint: new URL('https://a.example') }),
          unary: () => undefined,
          stream: () => undefined,
        },
      },
    ],
  ])('%s', async (words, request, options = {}) => {
    const { fetch, requests } = answering(OK, [BODY]);
    const error: unknown = await invokeModel(request as InvokeRequest, {
      ...OPTIONS,
      ...('transport' in options ? {} : { fetch }),
      ...options,
    }).catch((thrown: unknown) => thrown);
    expect(isBedrockError(error) && error.code).toBe('ERR_INPUT');
    expect((error as Error).message).toContain(words);
    expect(requests).toEqual([]);
  });
});

describe('an answer that is not the model’s', () => {
  it.each<[string, Record<string, string>, string]>([
    ['the page of a proxy', { 'content-type': 'text/html' }, '<html></html>'],
    ['a text', { 'content-type': 'text/plain' }, 'ok'],
  ])('%s is ERR_PROTOCOL', async (_what, headers, text) => {
    const { fetch } = answering({ status: 200, headers }, [new TextEncoder().encode(text)]);
    const call = invokeModel({ modelId: 'm', body: {} }, { ...OPTIONS, fetch });
    await expect(call).rejects.toMatchObject({ code: 'ERR_PROTOCOL', status: 200 });
  });

  it('is ERR_PROTOCOL when it is read as JSON and is not', async () => {
    const { fetch } = answering({ status: 200, headers: {} }, [new TextEncoder().encode('not json')]);
    const answer = await invokeModel({ modelId: 'm', body: {} }, { ...OPTIONS, fetch });
    expect(answer.text()).toBe('not json');
    expect(() => answer.json()).toThrow("a body that is not Bedrock's");
  });

  it('may be of any type that was asked for', async () => {
    const { fetch } = answering({ status: 200, headers: { 'content-type': 'image/png' } }, [BODY]);
    const request = { modelId: 'm', body: {}, accept: 'image/png' };
    const answer = await invokeModel(request, { ...OPTIONS, fetch });
    expect(answer.contentType).toBe('image/png');
  });
});
