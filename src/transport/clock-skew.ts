/** How far the service's clock is ahead of ours, by origin, in milliseconds. Numbers only: requests share no promise. */
const offsets = new Map<string, number>();

/** A difference below this does not make a signature fail. */
const TOLERANCE_MS = 30_000;

/** How far a signature's time may be off, as the service says in its error. */
const ALLOWED_MS = 5 * 60_000;

/** The time of the service at an origin, as far as it is known, in milliseconds. */
export function serviceNow(origin: string): number {
  return Date.now() + (offsets.get(origin) ?? 0);
}

/** True for an error that blames the time of the signature. */
export function blamesClock({ name, message }: Error): boolean {
  return /Signature (?:expired|not yet current)|RequestTimeTooSkewed|RequestExpired/i.test(
    `${name} ${message}`,
  );
}

/**
 * Learns the service's time from an answer that blamed ours: from its Date header, unless a cache has held it, else
 * from the error's own words. True when the next signature will carry another time.
 */
export function learnClock(origin: string, headers: Headers, message: string): boolean {
  const date = headers.has('age') ? null : headers.get('date');
  const time = date === null ? timeInMessage(message) : Date.parse(date);
  if (time === undefined || Number.isNaN(time)) return false;
  const offset = time - Date.now();
  if (Math.abs(offset - (offsets.get(origin) ?? 0)) < TOLERANCE_MS) return false;
  offsets.set(origin, offset);
  return true;
}

/** `Signature expired: X is now earlier than LIMIT (SERVER - 5 min.)` and its twin; the parenthesis may be missing. */
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
