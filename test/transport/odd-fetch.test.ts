import { expect, it } from 'vitest';
import { createBedrock, getCallerIdentity, isBedrockError } from '../../src/index.js';
import { eventFrame } from '../wire/frames.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const credentials = { accessKeyId: 'ASIA', secretAccessKey: 'secret' };
const EVENTS = { headers: { 'content-type': 'application/vnd.amazon.eventstream' } };
const start = eventFrame('messageStart', { role: 'assistant' });

const bodyOf = (...chunks: unknown[]): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

async function used(): Promise<Response> {
  const response = new Response(start, EVENTS);
  await response.arrayBuffer();
  return response;
}

function locked(status = 200): Response {
  const response = new Response(start, { ...EVENTS, status });
  response.body?.getReader();
  return response;
}

/** A Response as runtimes without web streams have it. */
const withoutStream = (body: unknown, status = 200): object => ({
  ok: status === 200,
  status,
  headers: new Headers(EVENTS.headers),
  body,
  text: async () => 'text',
});

/** What a fetch of the caller's own may return. */
const RETURNED: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  null: () => null,
  'a text': () => 'body',
  'an object': () => ({}),
  'a status alone': () => ({ status: 200, ok: true }),
  'headers that are not Headers': () => ({ status: 200, ok: true, headers: {} }),
  'a body that has been read': used,
  'a body that is being read': locked,
  'a refusal whose body is being read': () => locked(403),
  'chunks of text': () => new Response(bodyOf('text'), EVENTS),
  'chunks that are numbers': () => new Response(bodyOf(1, 2), EVENTS),
  'chunks that are nothing': () => new Response(bodyOf(undefined), EVENTS),
  'chunks that are null': () => new Response(bodyOf(null), EVENTS),
  'chunks that are an ArrayBuffer': () => new Response(bodyOf(start.buffer), EVENTS),
  'chunks that are a DataView': () => new Response(bodyOf(new DataView(start.buffer)), EVENTS),
  'text after bytes': () => new Response(bodyOf(start, 'text'), EVENTS),
  'no body': () => new Response(null, EVENTS),
  'a body that fails with nothing': () =>
    new Response(new ReadableStream({ pull: (controller) => controller.error(undefined) }), EVENTS),
  'a body that is not a stream': () => withoutStream({}),
  'a body that is undefined': () => withoutStream(undefined),
  'a body of another type that is not a stream': () => ({ ...withoutStream({}), headers: new Headers() }),
  'a refusal whose body is not a stream': () => withoutStream({}, 403),
  'a refusal whose body is undefined': () => withoutStream(undefined, 403),
};

const THROWN: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'a text': 'went away',
  'an object without a prototype': Object.create(null),
  'a symbol': Symbol('x'),
  'a message that is not a text': Object.assign(new Error(), { message: 5 }),
};

const CASES: readonly (readonly [what: string, fetch: () => unknown])[] = [
  ...Object.entries(RETURNED).map(([what, make]) => [`returns ${what}`, make] as const),
  ...Object.entries(THROWN).map(
    ([what, thrown]) => [`throws ${what}`, () => Promise.reject(thrown)] as const,
  ),
];

it.each(CASES)('a fetch that %s makes each call fail with an error of this library', async (_what, make) => {
  const fetch = (async () => make()) as typeof globalThis.fetch;
  const options = { region: 'us-east-1', credentials, fetch, maxAttempts: 1 };
  const bedrock = createBedrock(options);
  for (const call of [
    () => bedrock.stream(request).result(),
    () => bedrock.converse(request),
    () => bedrock.countTokens(request),
    () => bedrock.discover({ refreshInterval: 0 }),
    () => getCallerIdentity(options),
  ]) {
    const error: unknown = await call().then(
      () => 'it did not fail',
      (thrown: unknown) => thrown,
    );
    if (!isBedrockError(error)) throw new Error(`It is not ours: ${String(error)}`, { cause: error });
    expect(error.message).toMatch(/\.$/);
  }
});

it.each([
  'nothing',
  'a body that has been read',
  'a body that is being read',
  'chunks of text',
  'chunks that are null',
  'a body that is not a stream',
])('a fetch that returns %s is a mistake of the caller, and the error says so', async (what) => {
  const fetch = (async () => RETURNED[what]?.()) as typeof globalThis.fetch;
  const bedrock = createBedrock({ credentials, fetch });
  const calls = [() => bedrock.stream(request).result(), () => bedrock.converse(request)];
  // An answer that is not streamed can be read as a text.
  for (const call of what === 'a body that is not a stream' ? calls.slice(0, 1) : calls) {
    await expect(call()).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('The option fetch did not return a Response with an unread body'),
      attempts: 1,
    });
  }
});

it('chunks of another realm are bytes like any other', async () => {
  const { runInNewContext } = await import('node:vm');
  const foreign = runInNewContext('Uint8Array.from(bytes)', { bytes: [...start] }) as Uint8Array;
  expect(foreign).not.toBeInstanceOf(Uint8Array);
  const fetch = async (): Promise<Response> =>
    ({ ok: true, status: 200, headers: new Headers(EVENTS.headers), body: bodyOf(foreign) }) as Response;
  const stream = createBedrock({ credentials, fetch, maxAttempts: 1 }).stream(request);
  await expect(stream.result()).rejects.toMatchObject({ code: 'ERR_TRUNCATED' });
});
