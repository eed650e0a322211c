import { BoundedMap } from '../../bounded-map.js';
import { inputError } from '../../errors.js';
import { REFUSALS } from './refusals.js';

/** Failures on demand. The header `x-local-fault` holds one, or several joined with `,`. */
export interface Faults {
  /** How many requests are rejected with ThrottlingException before one passes. */
  throttle?: number;
  /** `retry-after` of rejected requests, in seconds. */
  retryAfterSeconds?: number;
  /** An error of AWS's shape instead of an answer. */
  status?: { status: number; name: string | undefined };
  /** What the account lacks, or the kind of policy that denies the call. */
  refuse?: string;
  /** A proxy's error page instead of an answer. */
  html?: true;
  /** Where a 307 points to. */
  redirect?: string;
  /** A 200 that is not an event stream. */
  notEventStream?: 'json' | 'html';
  /** How many events pass before an exception frame ends the stream. */
  exception?: { name: string; afterEvents: number; message?: string | undefined };
  /** How many events pass before an error frame ends the stream. */
  errorFrame?: { name: string; afterEvents: number };
  /** How many bytes of the body pass before it ends as if it were complete. */
  truncate?: number;
  /** How many bytes of the body pass before the connection breaks; at the end of a shorter one. */
  reset?: number;
  /** The byte of the body in which one bit is flipped. */
  flip?: number;
  /** How many events pass before the stream stalls. */
  stall?: number;
  /** Milliseconds before each event, or before an answer that is not a stream. */
  delayMs?: number;
}

/** The names of faults, as they are written in the header. */
export function nameFaults(faults: Faults): string[] {
  return Object.keys(faults).map((name) =>
    name
      .replace(/(?:Ms|Seconds|Stream)$/, (end) => (end === 'Stream' ? 'stream' : ''))
      .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );
}

type Reader = (value: string | undefined) => Faults | undefined;

/** Every fault by its name: how to write it, and how to read its value. */
const GRAMMAR: Readonly<Record<string, { form: string; read: Reader }>> = {
  throttle: { form: 'throttle=2', read: readCount((throttle) => ({ throttle })) },
  'retry-after': { form: 'retry-after=1', read: readCount((retryAfterSeconds) => ({ retryAfterSeconds })) },
  status: { form: 'status=503 or status=503:ServiceUnavailableException', read: readStatus },
  refuse: {
    form: `refuse=${REFUSALS.join('|')}`,
    read: (value = '') => (REFUSALS.includes(value) ? { refuse: value } : undefined),
  },
  html: { form: 'html', read: readNothing({ html: true }) },
  redirect: {
    form: 'redirect',
    read: (value) => ({ redirect: value ?? 'https://elsewhere.invalid/' }),
  },
  'not-eventstream': {
    form: 'not-eventstream or not-eventstream=html',
    read: (value = 'json') => (value === 'json' || value === 'html' ? { notEventStream: value } : undefined),
  },
  exception: {
    form: 'exception=modelStreamErrorException@3',
    read: readPlace((exception) => ({ exception })),
  },
  'error-frame': { form: 'error-frame=InternalFailure@3', read: readPlace((errorFrame) => ({ errorFrame })) },
  truncate: { form: 'truncate=500', read: readCount((truncate) => ({ truncate })) },
  reset: { form: 'reset=500', read: readCount((reset) => ({ reset })) },
  flip: { form: 'flip=500', read: readCount((flip) => ({ flip })) },
  stall: { form: 'stall=3', read: readCount((stall) => ({ stall })) },
  delay: { form: 'delay=20', read: readCount((delayMs) => ({ delayMs })) },
};

/**
 * Reads faults as they are written in the header.
 *
 * @throws BedrockError `ERR_INPUT` that lists the faults
 */
function parseFaults(text: string): Faults {
  const faults: Faults = {};
  for (const part of text.split(',')) {
    const written = part.trim();
    if (written === '') continue;
    const at = written.indexOf('=');
    const name = at < 0 ? written : written.slice(0, at);
    const known = Object.hasOwn(GRAMMAR, name) ? GRAMMAR[name] : undefined;
    if (known === undefined) {
      const forms = Object.values(GRAMMAR).map((one) => one.form);
      throw inputError(`There is no fault "${name}". The faults are: ${forms.join(', ')}.`);
    }
    const read = known.read(at < 0 ? undefined : written.slice(at + 1));
    if (read === undefined) throw inputError(`The fault "${written}" must be written like ${known.form}.`);
    Object.assign(faults, read);
  }
  return faults;
}

function readCount(make: (n: number) => Faults): Reader {
  return (value) => (value !== undefined && /^\d{1,9}$/.test(value) ? make(Number(value)) : undefined);
}

function readNothing(faults: Faults): Reader {
  return (value) => (value === undefined ? faults : undefined);
}

function readPlace(make: (fault: { name: string; afterEvents: number }) => Faults): Reader {
  return (value = '') => {
    const [, name, events = '0'] = /^([A-Za-z]\w{0,99})(?:@(\d{1,9}))?$/.exec(value) ?? [];
    return name === undefined ? undefined : make({ name, afterEvents: Number(events) });
  };
}

function readStatus(value = ''): Faults | undefined {
  const [, status, name] = /^([45]\d\d)(?::([A-Za-z]\w{0,99}))?$/.exec(value) ?? [];
  return status === undefined ? undefined : { status: { status: Number(status), name } };
}

/** Hands out the faults of the options, and counts how often a call was rejected. */
export interface FaultLedger {
  /**
   * The faults of a request.
   *
   * @param header - value of `x-local-fault`, which overrides the options
   * @param call - what stays the same when a client retries a call
   */
  next(header: string | undefined, call: string): Faults;
  /**
   * Adds an entry behind those of the options, written as in the header.
   *
   * @throws BedrockError `ERR_INPUT` that lists the faults
   */
  add(entry: string): void;
  /** The names of the faults in each entry that no request has used up. */
  waiting(): string[][];
  /** Drops these entries. */
  clear(): void;
}

const MAX_CALLS = 1000;

/** Creates a ledger that hands out these faults, one entry per request. */
export function createFaultLedger(faults: readonly string[]): FaultLedger {
  const queue = faults.map(parseFaults);
  const rejections = new BoundedMap<string, number>(MAX_CALLS);

  function readHeader(header: string, call: string): Faults {
    const { throttle, ...rest } = parseFaults(header);
    if (throttle === undefined) return rest;
    const key = `${header}\n${call}`;
    const count = rejections.get(key) ?? 0;
    if (count >= throttle) {
      rejections.delete(key);
      return rest;
    }
    rejections.set(key, count + 1);
    return { ...rest, throttle };
  }

  function takeEntry(): Faults {
    for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
      const { throttle, retryAfterSeconds: _also, ...rest } = first;
      if (throttle === undefined) return first;
      // Once it has rejected often enough, the next request gets the rest of the entry, if there is one.
      const left = throttle > 1 ? { ...first, throttle: throttle - 1 } : rest;
      if (Object.keys(left).length > 0) queue.unshift(left);
      if (throttle > 0) return first;
    }
    return {};
  }

  return {
    next: (header, call) => (header === undefined ? takeEntry() : readHeader(header, call)),
    add: (entry) => void queue.push(parseFaults(entry)),
    waiting: () => queue.map(nameFaults),
    clear: () => void queue.splice(0),
  };
}
