import type { Random } from './random.js';

/** How a body ends by itself: complete, broken off, or not at all. */
export type End = 'close' | 'error' | 'silence';

/** What a peer answers with. */
export interface Answer {
  /** Chunks of the body; none for no body at all. */
  chunks: readonly unknown[] | undefined;
  end: End;
  status: number;
  headers: Record<string, string>;
  /** Whether the body fails when the request's signal aborts, as that of a real fetch does. */
  hearsAbort: boolean;
}

const BREAKS: readonly (() => unknown)[] = [
  () => new TypeError('terminated'),
  () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  () => new Error('Network connection lost.'),
  () => undefined,
  () => 'broken',
  () => Object.create(null),
];

/**
 * An answer with these bytes, and whether it comes whole and under its right name.
 *
 * @param echo Text of the request that a wrong answer may repeat.
 */
export function serve(
  random: Random,
  bytes: Uint8Array,
  contentType: string,
  echo: string,
): Answer & { isRight: boolean } {
  const headers = { 'content-type': contentType, 'x-amzn-requestid': 'request-1' };
  const chunks: unknown[] = chunksOf(random, bytes);
  const end = random.pick<End>(['close', 'close', 'close', 'close', 'error', 'silence']);
  const right = { status: 200, headers, chunks, end, hearsAbort: random.chance(0.5) };
  if (random.chance(0.85)) return { ...right, isRight: end === 'close' };
  // A damaged token may hold letters that no header can have.
  const line = echo.replace(/[^\x20-\x7e]/g, '?');
  const wrong = random.pick<() => Partial<Answer>>([
    () => ({ headers: { 'content-type': random.pick(['text/html', 'application/xml', '', `x/${line}`]) } }),
    () => ({ headers: {} }),
    () => ({ headers: { ...headers, 'x-amzn-requestid': line } }),
    () => ({ status: random.pick([400, 403, 429, 500, 503]), headers: { 'x-amzn-errortype': `No${line}` } }),
    () => ({
      status: random.pick([400, 403, 404, 429, 500, 503]),
      headers: {
        'content-type': 'application/json',
        'retry-after': random.pick(['1', '-1', '1e99', 'soon']),
      },
      chunks: chunksOf(random, new TextEncoder().encode(JSON.stringify({ message: `not ${echo}` }))),
    }),
    () => ({
      status: random.pick([204, 301, 304]),
      headers: { location: `https://${random.below(9)}.example/` },
    }),
    () => ({ chunks: undefined }),
    () => ({ chunks: [...chunks, random.pick<unknown>(['text', null, 7, {}, new ArrayBuffer(8)])] }),
  ])();
  return { ...right, ...wrong, isRight: false };
}

/** The other side of all calls of one run. It knows which of the bodies that it gave are still open. */
export class Peer {
  readonly #random: Random;
  readonly #answers: () => Answer;
  readonly #open = new Set<object>();
  /** How often anything was asked of it: while this grows, nothing hangs. */
  asked = 0;
  /** Called before each chunk is given, with the number of those before it. */
  onChunk: (given: number) => void = () => undefined;
  #given = 0;
  /** What bodies broke off with: to a page it may be the reason of an abort. */
  readonly breaks: unknown[] = [];
  /** What the peer itself threw: to the code under test it would look like a broken network. */
  readonly mistakes: unknown[] = [];

  constructor(random: Random, answers: () => Answer) {
    this.#random = random;
    this.#answers = answers;
  }

  get openBodies(): number {
    return this.#open.size;
  }

  readonly fetch = async (_input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    this.asked += 1;
    const { chunks, status, headers, ...how } = this.#nextAnswer();
    const isBodiless = chunks === undefined || status === 204 || status === 304;
    const body = isBodiless ? null : this.body(chunks, how.end, how.hearsAbort ? init?.signal : undefined);
    return new Response(body, { status, headers });
  };

  #nextAnswer(): Answer {
    try {
      return this.#answers();
    } catch (error) {
      this.mistakes.push(error);
      throw error;
    }
  }

  /** A body that gives chunk by chunk, each only when it is asked for. */
  body(chunks: readonly unknown[], end: End, signal?: AbortSignal | null): ReadableStream<Uint8Array> {
    const left = [...chunks];
    const token = {};
    this.#open.add(token);
    const over = (): void => void this.#open.delete(token);
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const abort = (): void => {
            if (!this.#open.has(token)) return;
            over();
            controller.error(signal?.reason);
          };
          if (signal?.aborted) abort();
          else signal?.addEventListener('abort', abort, { once: true });
        },
        pull: (controller) => {
          this.asked += 1;
          this.onChunk(this.#given++);
          if (!this.#open.has(token)) return undefined;
          if (left.length > 0) return controller.enqueue(left.shift() as Uint8Array);
          if (end === 'silence') return new Promise<void>(() => undefined);
          over();
          if (end === 'close') return controller.close();
          const broken = this.#random.pick(BREAKS)();
          this.breaks.push(broken);
          return controller.error(broken);
        },
        cancel: over,
      },
      { highWaterMark: this.#random.pick([0, 0, 1, 4]) },
    );
  }
}

/** The bytes in chunks: one, a few, or byte by byte; sometimes with empty ones. */
export function chunksOf(random: Random, bytes: Uint8Array): Uint8Array[] {
  const kind = random.next();
  if (kind < 0.2) return [bytes];
  const pieces =
    kind < 0.25 && bytes.length < 2000
      ? Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
      : random.split(bytes, 12);
  return random.chance(0.1) ? [new Uint8Array(0), ...pieces, new Uint8Array(0)] : pieces;
}
