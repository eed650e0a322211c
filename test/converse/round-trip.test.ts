import { describe, expect, it } from 'vitest';
import { Fold } from '../../src/converse/fold.js';
import { BedrockError, type BedrockErrorCode, type ConverseEvent, fromResponse } from '../../src/index.js';
import { toResponse, toTextResponse } from '../../src/responses/response.js';
import fc from '../property.js';
import { expectSame } from '../wire/reading.js';

/** Any text, characters that are cut in half and ends of lines among it. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\r', '\n', '\r\n', ':', ' ', '\0', '\ufeff', '\ud83c', '\udf0d', 'data: '),
  }),
);
/** JSON as it is after having been JSON: without -0. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const bytes = fc.uint8Array({ maxLength: 40 });
const index = fc.nat(3);
const media = fc.record({ format: fc.constantFrom('png', 'mp4'), source: fc.record({ bytes }) });

const delta = fc.oneof(
  fc.record({ text: anyText }),
  fc.record({ toolUse: fc.record({ input: anyText }) }),
  fc.record({
    reasoningContent: fc.oneof(
      fc.record({ text: anyText }),
      fc.record({ signature: anyText }),
      fc.record({ redactedContent: bytes }),
    ),
  }),
  fc.record({ citation: fc.record({ title: anyText, location: json }) }),
  fc.record({
    toolResult: fc.array(
      fc.oneof(
        fc.record({ text: anyText }),
        fc.record({ json }),
        fc.record({ image: media }),
        fc.record({ document: media }),
        fc.record({ video: media }),
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({ image: fc.oneof(media, fc.record({ error: fc.record({ message: anyText }) })) }),
  fc.record({ unknownKind: json }),
);

const start = fc.oneof(
  fc.record({ toolUse: fc.record({ toolUseId: anyText, name: anyText }) }),
  fc.record({ toolResult: fc.record({ toolUseId: anyText, status: fc.constant('success') }) }),
  fc.record({ image: fc.record({ format: fc.constant('png') }) }),
);

const anyEvent = fc.oneof(
  fc.record({ type: fc.constant('messageStart'), role: fc.constant('assistant') }),
  fc.record({ type: fc.constant('contentBlockStart'), contentBlockIndex: index, start }),
  {
    arbitrary: fc.record({ type: fc.constant('contentBlockDelta'), contentBlockIndex: index, delta }),
    weight: 6,
  },
  fc.record({ type: fc.constant('contentBlockStop'), contentBlockIndex: index }),
  fc.record({
    type: fc.constant('metadata'),
    usage: fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat(), totalTokens: fc.nat() }),
    metrics: fc.record({ latencyMs: fc.nat() }),
    trace: fc.record({ guardrail: json }),
  }),
) as unknown as fc.Arbitrary<ConverseEvent>;

// fast-check makes some objects without a prototype, which neither the service nor JSON.parse does.
const anyEvents = fc
  .array(anyEvent, { maxLength: 12 })
  .map((events) => structuredClone(events).filter(canFollow(new Map())));
const anyEnd = fc.record({
  type: fc.constant('messageStop' as const),
  stopReason: anyText,
  additionalModelResponseFields: json,
}) as unknown as fc.Arbitrary<ConverseEvent>;

/** Whether the service could send an event after those before it. */
function canFollow(blocks: Map<number, 'started' | 'ended'>): (event: ConverseEvent) => boolean {
  return (event) => {
    if (event.type === 'contentBlockDelta') return blocks.get(event.contentBlockIndex) !== 'ended';
    if (event.type === 'contentBlockStart') {
      if (blocks.has(event.contentBlockIndex)) return false;
      blocks.set(event.contentBlockIndex, 'started');
    }
    if (event.type === 'contentBlockStop') blocks.set(event.contentBlockIndex, 'ended');
    return true;
  };
}

const CODES: BedrockErrorCode[] = [
  'ERR_INPUT',
  'ERR_CREDENTIALS',
  'ERR_ACCESS_DENIED',
  'ERR_NOT_FOUND',
  'ERR_THROTTLED',
  'ERR_QUOTA',
  'ERR_MODEL',
  'ERR_SERVICE',
  'ERR_NETWORK',
  'ERR_REDIRECT',
  'ERR_TIMEOUT',
  'ERR_CANCELLED',
  'ERR_TRUNCATED',
  'ERR_PROTOCOL',
];

const anyError = fc.record({
  code: fc.constantFrom(...CODES),
  message: anyText,
  requestId: fc.option(fc.uuid(), { nil: undefined }),
  retryable: fc.boolean(),
  retryAfterMs: fc.option(fc.nat(), { nil: undefined }),
  status: fc.option(fc.integer({ min: 400, max: 599 }), { nil: undefined }),
});

const RUNS = { numRuns: 150 };

/** Lengths of the chunks that the network makes of a body, over and over. */
const anyCuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });

async function* eventsThen(events: readonly ConverseEvent[], failure?: { reason: unknown }) {
  for (const event of events) yield structuredClone(event);
  if (failure !== undefined) throw failure.reason;
  return undefined;
}

/** A response as it arrives over a network: the same bytes in other chunks. */
async function sent(response: Response, cuts: readonly number[]): Promise<Response> {
  const { status, headers } = response;
  const body = new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < body.length; i++) {
    const length = cuts[i % cuts.length] ?? 1;
    chunks.push(body.subarray(at, at + length));
    at += length;
  }
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return new Response(stream, { status, headers });
}

/** What a reader gets of it: the events, and what they ended with. */
async function received(
  response: Response,
): Promise<{ events: ConverseEvent[]; error: unknown; result: unknown }> {
  const stream = fromResponse(response);
  const events: ConverseEvent[] = [];
  let error: unknown;
  try {
    for await (const event of stream) events.push(structuredClone(event));
  } catch (thrown) {
    error = thrown;
  }
  return { events, error, result: stream.partial };
}

function folded(events: readonly ConverseEvent[]): unknown {
  const fold = new Fold();
  for (const event of events) fold.add(structuredClone(event));
  return fold.result({});
}

describe('an answer through toResponse() and fromResponse(), in any chunks', () => {
  it('has the same events, bytes and result', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvents, anyEnd, anyCuts, async (some, anyEndEvent, cuts) => {
        const events = [...some, structuredClone(anyEndEvent)];
        const got = await received(await sent(await toResponse(eventsThen(events)), cuts));
        expect(got.error).toBe(undefined);
        expectSame(got.events, events);
        expectSame(got.result, folded(events));
      }),
      RUNS,
    );
  });

  it('fails with the same code, retryable, retryAfterMs and requestId, after the same events', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvents, anyError, anyCuts, async (events, facts, cuts) => {
        const response = await toResponse(eventsThen(events, { reason: new BedrockError(facts) }));
        const { status } = response;
        const got = await received(await sent(response, cuts));
        const { code, requestId, retryable, retryAfterMs } = facts;
        expectSame(got.events, events);
        expect(got.error).toBeInstanceOf(BedrockError);
        const caught = got.error as BedrockError;
        expectSame(
          [caught.code, caught.requestId, caught.retryable, caught.retryAfterMs, caught.status],
          [code, requestId, retryable, retryAfterMs, status],
        );
        expectSame(caught.partial, folded(events));
      }),
      RUNS,
    );
  });

  it('that is aborted is ERR_CANCELLED, after the same events', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvents, fc.anything(), anyCuts, async (events, reason, cuts) => {
        const signal = AbortSignal.abort(reason);
        const got = await received(
          await sent(
            await toResponse(eventsThen(events, signal), {}, (error) => Object.is(error, signal.reason)),
            cuts,
          ),
        );
        expectSame(got.events, events);
        expect(got.error).toMatchObject({ code: 'ERR_CANCELLED', retryable: false });
      }),
      RUNS,
    );
  });
});

describe('an answer through toTextResponse()', () => {
  it('is the UTF-8 of its text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { maxLength: 8 }), async (texts) => {
        const events = texts.map((text): ConverseEvent => {
          return { type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text } };
        });
        const response = await toTextResponse(
          eventsThen([...events, { type: 'messageStop', stopReason: 'end_turn' }]),
        );
        // A half at the very end has nothing that could make it a character.
        const text = texts.join('').replace(/[\ud800-\udbff]$/, '');
        expectSame(new Uint8Array(await response.arrayBuffer()), new TextEncoder().encode(text));
      }),
      RUNS,
    );
  });
});
