import { BoundedMap } from '../bounded-map.js';

/**
 * How far the service's clock is ahead of ours, by origin, in milliseconds; a bound, because a server may call an
 * endpoint of each of its users. Only numbers, because on Workers requests must not share promises.
 */
const offsets = /* @__PURE__ */ new BoundedMap<string, number>(1000);

/** A smaller difference does not make a signature fail. */
const TOLERANCE_MS = 30_000;

/** With a clock that is further off, no certificate is valid either: a server that says so cannot be trusted. */
const MAX_OFFSET_MS = 366 * 24 * 3_600_000;

/** How far a signature's time may be off, according to the service's errors. */
const ALLOWED_MS = 5 * 60_000;

/** Returns the service's time, in milliseconds since 1970: ours, corrected by what was learned about the origin. */
export function serviceNow(origin: string): number {
  return Date.now() + (offsets.get(origin) ?? 0);
}

/** Whether an error blames the time of the signature. */
export function blamesClock({ name, message }: Error): boolean {
  return /Signature (?:expired|not yet current)|RequestTimeTooSkewed|RequestExpired/i.test(
    `${name} ${message}`,
  );
}

/**
 * Learns the service's time from an error that blames ours: from the Date header, unless the response comes from a cache, which
 * the Age header shows; otherwise from the message. Returns whether the next signature will have another time.
 */
export function learnClock(origin: string, headers: Headers, message: string): boolean {
  const date = headers.has('age') ? null : headers.get('date');
  const time = date === null ? timeInMessage(message) : Date.parse(date);
  if (time === undefined || Number.isNaN(time)) return false;
  const offset = time - Date.now();
  if (Math.abs(offset) > MAX_OFFSET_MS) return false;
  if (Math.abs(offset - (offsets.get(origin) ?? 0)) < TOLERANCE_MS) return false;
  offsets.set(origin, offset);
  return true;
}

/** `Signature expired: X is now earlier than LIMIT (SERVER - 5 min.)` and the opposite; the parenthesis may be missing. */
function timeInMessage(message: string): number | undefined {
  const [, relation, limit = '', server] =
    /(earlier|later) than (\d{8}T\d{6}Z)(?: \((\d{8}T\d{6}Z) [+-] \d+ min)?/.exec(message) ?? [];
  if (relation === undefined) return undefined;
  if (server !== undefined) return parseAmzDate(server);
  return parseAmzDate(limit) + (relation === 'earlier' ? ALLOWED_MS : -ALLOWED_MS);
}

function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
