import {
  type Bytes,
  errorFrame,
  eventFrame,
  exceptionFrame,
  frame,
  framesOf,
  joined,
  loneFrame,
  rawFrame,
  type WireEvent,
} from '../wire/frames.js';
import { arrayLike, damage, nested, odd } from './odd-json.js';
import type { Random } from './random.js';

/** An event, or a frame that stands where one could. */
type Piece = WireEvent | Bytes;

type EventFault = (random: Random, pieces: Piece[], echo: string) => void;

const EXCEPTIONS = [
  'throttlingException',
  'internalServerException',
  'modelStreamErrorException',
  'validationException',
  'serviceUnavailableException',
  'constructor',
  '__proto__',
  '',
];

/** Made once, as they take long. */
const DEEP = [100, 250, 3000].map((depth) =>
  eventFrame('metadata', JSON.stringify({ trace: nested(depth) })),
);
const MANY_HEADERS = frame(
  {
    ':event-type': 'metadata',
    ':message-type': 'event',
    ...Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`h${n}`, 'x'])),
  },
  '{}',
);

const isEvent = (piece: Piece): piece is WireEvent => Array.isArray(piece);

function insert(random: Random, pieces: Piece[], piece: Piece): void {
  pieces.splice(random.below(pieces.length + 1), 0, piece);
}

/** Replaces one of the events. */
function replace(random: Random, pieces: Piece[], change: (event: WireEvent) => Piece): void {
  const at = random.below(pieces.length);
  const piece = pieces[at];
  if (piece !== undefined && isEvent(piece)) pieces[at] = change(piece);
}

/** Each member that is used, with something else in its place. */
const ODD_DELTAS: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (text) => ({ text }),
  (toolUse) => ({ toolUse }),
  (input) => ({ toolUse: { input } }),
  (reasoningContent) => ({ reasoningContent }),
  (text) => ({ reasoningContent: { text } }),
  (signature) => ({ reasoningContent: { signature } }),
  (redactedContent) => ({ reasoningContent: { redactedContent } }),
  (citation) => ({ citation }),
  (toolResult) => ({ toolResult }),
  (item) => ({ toolResult: [item] }),
  (bytes) => ({ toolResult: [{ image: { format: 'png', source: { bytes } } }] }),
  (image) => ({ image }),
  (bytes) => ({ image: { source: { bytes } } }),
  (error) => ({ image: { error } }),
];
const ODD_STARTS: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (toolUse) => ({ toolUse }),
  (name) => ({ toolUse: { toolUseId: 'a', name } }),
  (toolUseId) => ({ toolUse: { toolUseId, name: 'a' } }),
  (toolResult) => ({ toolResult }),
  (image) => ({ image }),
  (format) => ({ image: { format } }),
];

/** What a peer can do wrong with whole events. `echo` is text of the request that it says back. */
const EVENT_FAULTS: Readonly<Record<string, EventFault>> = {
  drop: (random, pieces) => void pieces.splice(random.below(pieces.length), 1),
  'end early': (random, pieces) => void pieces.splice(random.below(pieces.length + 1)),
  repeat: (random, pieces) => {
    const piece = pieces[random.below(pieces.length)];
    if (piece !== undefined) insert(random, pieces, piece);
  },
  move: (random, pieces) => {
    for (const piece of pieces.splice(random.below(pieces.length), 1)) insert(random, pieces, piece);
  },
  member: (random, pieces) => replace(random, pieces, ([type, body]) => [type, damage(random, body)]),
  members: (random, pieces) => {
    for (let n = 0; n < 3; n++)
      replace(random, pieces, ([type, body]) => [type, damage(random, damage(random, body))]);
  },
  index: (random, pieces) => {
    const index = random.pick<unknown>([-1, 0, 1, 7, 1.5, 65_535, 65_536, 1e12, '0', null]);
    if (random.chance(0.5))
      replace(random, pieces, ([type, body]) => [type, { ...body, contentBlockIndex: index }]);
    // In front, where nothing else has gone wrong yet.
    else pieces.splice(1, 0, ['contentBlockDelta', { contentBlockIndex: index, delta: { text: 'odd' } }]);
  },
  'an odd delta': (random, pieces) =>
    insert(random, pieces, [
      'contentBlockDelta',
      { contentBlockIndex: random.below(4), delta: random.pick(ODD_DELTAS)(odd(random)) },
    ]),
  'a length for bytes': (random, pieces) => {
    const bytes = arrayLike(random);
    const delta = random.pick([
      { reasoningContent: { redactedContent: bytes } },
      { image: { source: { bytes } } },
      { toolResult: [{ image: { format: 'png', source: { bytes } } }] },
    ]);
    insert(random, pieces, ['contentBlockDelta', { contentBlockIndex: 9, delta }]);
  },
  'an odd start': (random, pieces) =>
    insert(random, pieces, [
      'contentBlockStart',
      { contentBlockIndex: random.below(6), start: random.pick(ODD_STARTS)(odd(random)) },
    ]),
  'type in the payload': (random, pieces) =>
    replace(random, pieces, ([type, body]) => [
      type,
      { ...body, type: random.pick(['messageStop', 'metadata', 'error', 'a\nevent: end\n\n', null]) },
    ]),
  'another type': (random, pieces) =>
    replace(random, pieces, ([, body]) => [
      random.pick(['messageStop', 'metadata', 'contentBlockStart', 'contentBlockDelta', 'messageStart']),
      body,
    ]),
  'an unknown type': (random, pieces) =>
    insert(random, pieces, [random.pick(['newsOfTomorrow', 'constructor', '']), { contentBlockIndex: 0 }]),
  'an unknown delta': (random, pieces, echo) =>
    insert(random, pieces, ['contentBlockDelta', { contentBlockIndex: 0, delta: { [echo]: { a: 1 } } }]),
  exception: (random, pieces, echo) =>
    insert(
      random,
      pieces,
      exceptionFrame(
        random.pick(EXCEPTIONS),
        random.pick<() => string>([
          () => JSON.stringify({ message: `no: ${echo}` }),
          () => JSON.stringify({ message: { is: echo } }),
          () => JSON.stringify({ Message: escaped(echo) }),
          () => `no JSON ${echo}`,
          () => 'null',
        ])(),
      ),
    ),
  'an error frame': (random, pieces, echo) =>
    insert(random, pieces, errorFrame(random.pick([...EXCEPTIONS, echo]), `no: ${echo}`)),
  'JSON of an error': (random, pieces, echo) =>
    insert(random, pieces, [random.pick(['contentBlockDelta', 'metadata']), { message: echo, __type: echo }]),
  'no JSON': (random, pieces, echo) =>
    insert(
      random,
      pieces,
      eventFrame(
        random.pick(['contentBlockDelta', 'messageStop']),
        random.pick(['', '{', 'null', '[]', '7', echo]),
      ),
    ),
  'deep JSON': (random, pieces) => insert(random, pieces, random.pick(DEEP)),
  'a message type': (random, pieces, echo) =>
    insert(random, pieces, frame({ ':message-type': random.pick(['', 'news', echo]) }, '{}')),
  'odd headers': (random, pieces) => insert(random, pieces, rawFrame(random.bytes(60), random.bytes(20))),
  'many headers': (random, pieces) => insert(random, pieces, MANY_HEADERS),
  'no headers': (random, pieces) => insert(random, pieces, rawFrame(new Uint8Array(0), random.bytes(20))),
  'impossible lengths': (random, pieces) =>
    insert(
      random,
      pieces,
      loneFrame(
        random.pick([0, 15, 16, 2 ** 24, 2 ** 32 - 1]),
        random.pick([0, 17, 2 ** 20]),
        random.chance(0.7),
      ),
    ),
};

/** With letters as the escapes that JSON has for them. */
function escaped(text: string): string {
  return [...text].map((letter) => `\\u00${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
}

type ByteFault = (random: Random, bytes: Bytes) => Bytes;

/** What a network or proxy can do wrong with bytes. The checksums must find all of it. */
const BYTE_FAULTS: Readonly<Record<string, ByteFault>> = {
  cut: (random, bytes) => bytes.slice(0, random.below(bytes.length)),
  flip: (random, bytes) => {
    const copy = bytes.slice();
    const at = random.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  lose: (random, bytes) => {
    const at = random.below(bytes.length);
    return joined([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(40))]);
  },
  repeat: (random, bytes) => {
    const at = random.below(bytes.length);
    return joined([bytes.subarray(0, at + 1 + random.below(40)), bytes.subarray(at)]);
  },
  insert: (random, bytes) => {
    const at = random.below(bytes.length);
    return joined([bytes.subarray(0, at), random.bytes(40), bytes.subarray(at)]);
  },
};

/** A body, and what is wrong with it. */
export interface Damaged {
  bytes: Bytes;
  /** Names of what was done to whole events: the body may still be an answer, but another one. */
  eventFaults: string[];
  /** Names of what was done to bytes. */
  byteFaults: string[];
}

/** The body of an answer with some faults, or with none. */
export function damageAnswer(random: Random, events: readonly WireEvent[], echo: string): Damaged {
  const pieces: Piece[] = [...events];
  const eventFaults = random.chance(0.6)
    ? random.list(1, 3, () => random.pick(Object.keys(EVENT_FAULTS)))
    : [];
  for (const name of eventFaults) EVENT_FAULTS[name]?.(random, pieces, echo);
  const frames = pieces.map((piece) => (isEvent(piece) ? (framesOf([piece])[0] as Bytes) : piece));
  return { eventFaults, ...damageBytes(random, joined(frames)) };
}

/** Bytes with some faults of a network, or with none. */
export function damageBytes(random: Random, bytes: Bytes): Omit<Damaged, 'eventFaults'> {
  const byteFaults = random.chance(0.3) ? random.list(1, 2, () => random.pick(Object.keys(BYTE_FAULTS))) : [];
  let damaged = bytes;
  for (const name of byteFaults)
    if (damaged.length > 0) damaged = BYTE_FAULTS[name]?.(random, damaged) ?? bytes;
  return { bytes: damaged, byteFaults };
}
