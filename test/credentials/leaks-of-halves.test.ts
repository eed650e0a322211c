import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { sdkTransport } from '../../src/aws/index.js';
import { createBedrock, getCallerIdentity, isBedrockError } from '../../src/index.js';
import { exceptionFrame } from '../wire/frames.js';
import { expectNoMark, secret } from './marks.js';
import { SPELLINGS } from './peers.js';

const KEY = secret('key');
const SESSION = secret('session');
const SIGNED = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: KEY, sessionToken: SESSION };
const OPTIONS = { region: 'us-east-1', maxAttempts: 1 };
const MESSAGES = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
const REQUEST = { modelId: 'amazon.nova-lite-v1:0', messages: MESSAGES };

/** A body that closes, or breaks off, where its text ends. */
const body = (text: string, breaks: boolean): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull(controller) {
      if (text !== '') controller.enqueue(new TextEncoder().encode(text));
      if (breaks) queueMicrotask(() => controller.error(new TypeError('terminated')));
      else controller.close();
      text = '';
    },
  });

/** Answers that repeat a secret of the request. */
const ANSWERS: Readonly<Record<string, (echo: string) => { status: number; type: string; text: string }>> = {
  'an error of Bedrock': (echo) => ({
    status: 403,
    type: 'application/json',
    text: `{"message":"not ${echo}"}`,
  }),
  'the page of a proxy': (echo) => ({
    status: 502,
    type: 'text/html',
    text: `<html><title>not ${echo}</title></html>`,
  }),
  'the words of a gateway': (echo) => ({ status: 503, type: 'text/plain', text: `not=${echo}` }),
  'a success that is none': (echo) => ({ status: 200, type: 'text/plain', text: `not ${echo} here` }),
};

/** A request handler of the AWS client that sends through a fetch. */
const handlerOf = (fetch: typeof globalThis.fetch) => ({
  async handle() {
    const response = await fetch('https://bedrock.example/');
    const headers = Object.fromEntries(response.headers);
    // It may break off before the client listens.
    const body = Readable.fromWeb(response.body as never).on('error', () => undefined);
    return { response: { statusCode: response.status, headers, body } };
  },
});
const overAwsClient = (fetch: typeof globalThis.fetch) =>
  createBedrock({
    transport: sdkTransport({
      client: new BedrockRuntimeClient({
        region: 'us-east-1',
        credentials: SIGNED,
        maxAttempts: 1,
        requestHandler: handlerOf(fetch) as never,
      }),
    }),
  });

type Call = (fetch: typeof globalThis.fetch) => PromiseLike<unknown>;
const CALLS: Readonly<Record<string, [secret: string, call: Call]>> = {
  'converse() over the AWS client': [SESSION, (fetch) => overAwsClient(fetch).converse(REQUEST)],
  'stream() over the AWS client': [SESSION, (fetch) => overAwsClient(fetch).stream(REQUEST).result()],
  'stream()': [
    KEY,
    (fetch) =>
      createBedrock({ ...OPTIONS, credentials: { token: KEY }, fetch })
        .stream(REQUEST)
        .result(),
  ],
  'converse()': [
    KEY,
    (fetch) => createBedrock({ ...OPTIONS, credentials: { token: KEY }, fetch }).converse(REQUEST),
  ],
  'discover()': [
    KEY,
    (fetch) =>
      createBedrock({ ...OPTIONS, credentials: { token: KEY }, fetch }).discover({
        refreshInterval: 0,
      }),
  ],
  'getCallerIdentity()': [
    SESSION,
    (fetch) =>
      getCallerIdentity({
        ...OPTIONS,
        credentials: SIGNED,
        fetch,
      }),
  ],
};

describe.each(Object.entries(CALLS))('%s shows no half of a secret', (_call, [echo, call]) => {
  it.each(Object.entries(ANSWERS))('that %s repeats and does not finish', async (_answer, answerWith) => {
    for (const spell of Object.values(SPELLINGS)) {
      const spelled = spell(echo);
      // Five meets each place within the escapes, which have three letters or more.
      const step = spelled === echo ? 1 : 5;
      const { status, type, text } = answerWith(spelled);
      for (const breaks of [false, true]) {
        for (let end = text.indexOf(spelled); end <= text.length; end += step) {
          const error: unknown = await Promise.resolve(
            call(
              async () =>
                new Response(body(text.slice(0, end), breaks), { status, headers: { 'content-type': type } }),
            ),
          ).catch((thrown: unknown) => thrown);
          expect(isBedrockError(error) && error.attempts).toBeGreaterThan(0);
          expectNoMark(error, `the answer up to ${end}`);
        }
      }
    }
  });
});

/** Places where a text is changed before it is shown: a secret in it must be recognized all the same. */
describe('a secret is hidden', () => {
  const token = 'mark3ds3cret0123';
  const fails = (response: () => Response): Promise<unknown> =>
    createBedrock({ ...OPTIONS, credentials: { token }, fetch: async () => response() })
      .stream(REQUEST)
      .result()
      .catch((thrown: unknown) => thrown);

  it('as the name of an exception, which is capitalized', async () => {
    const frame = exceptionFrame(token, { message: 'No.' });
    const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
    const error = await fails(() => new Response(new Uint8Array(frame), { headers }));
    expect(error).toMatchObject({ name: '[secret]', message: 'No.' });
    expect(inspect(error)).not.toContain('ark3ds3cret');
  });

  it('as the host of a redirect, which is written in lower case', async () => {
    const upper = 'M4RK3DS3CRET0123';
    const fetch = async () =>
      new Response(null, { status: 302, headers: { location: `https://${upper}.example/` } });
    const call = createBedrock({ ...OPTIONS, credentials: { token: upper }, fetch }).converse(REQUEST);
    await expect(call).rejects.toMatchObject({
      code: 'ERR_REDIRECT',
      message: expect.not.stringMatching(/m4rk3d/i),
    });
  });
});
