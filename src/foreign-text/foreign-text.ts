import { isBedrockError, messageOf, withFacts } from '../errors.js';
import { dropHalfWord, HIDDEN, MAX_SEARCHED, SHORTEST_SECRET, scrub, shorten } from './hide-secrets.js';

/**
 * The one door for text that this library did not write: what a server, proxy, provider, storage or `fetch` says. Behind it,
 * a text holds no secret of the call, is one line without control characters, and is not long.
 */

/** The most that is shown of a text and of an error, in UTF-16 units. */
const MAX_SHOWN = 1_500;
const MAX_ERROR = 2_000;

/** How many values of a cause are looked at, and how deep JSON may be. */
const MAX_VALUES = 500;
const MAX_DEPTH = 200;

/** Shorter pieces of a header, such as names and versions in a cookie, may be ordinary words. */
const SHORTEST_PIECE = 16;

/** A long run of digits, lower-case and upper-case letters: probably a secret of a provider. */
const OPAQUE = /\b(?=\w*\d)(?=\w*[a-z])(?=\w*[A-Z])[\w+=~]{40,}/g;

/** Names of headers and members that hold secrets; HTTP/2 has the host in `:authority`. */
const SECRET_NAME = /auth(?!ority)|cookie|credential|jwt|key|pass|secret|session|signature|token/i;

/** Methods of a class that decide what Node and JSON show of an object, which may include private state. */
const SHOWS_ITSELF = [Symbol.for('nodejs.util.inspect.custom'), 'toJSON'];

type Clean = (text: string) => string;

/**
 * Lists the secrets in the headers of a request: its authorization, and headers with secret names that callers add. Servers split
 * some of them, such as cookies, so the pieces are secrets too.
 */
export function listSecrets(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (!SECRET_NAME.test(name)) return [];
    const whole = value.replace(/^(?:\w{1,12} (?=\S+$)|AWS4.*Signature=)/, '');
    const pieces = whole.split(/[\s;,"&]+/).map((piece) => piece.replace(/^[\w.-]+=(?!=*$)/, ''));
    return [whole, ...pieces.filter((piece) => piece !== whole && piece.length >= SHORTEST_PIECE)];
  });
}

/** A foreign text that may be shown and stored. */
export function cleanText(text: string, secrets: readonly string[] = [], max: number = MAX_SHOWN): string {
  return shorten(scrub(text, secrets).replace(/\s+/g, ' ').trim(), max);
}

/** Foreign JSON whose texts may be shown and stored. They are not shortened; what is nested deeper than AWS's answers is dropped. */
export function cleanJson<T>(json: T, secrets: readonly string[] = [], depth = 0): T {
  const clean = (value: unknown): unknown => cleanJson(value, secrets, depth + 1);
  if (typeof json === 'string') return cleanText(json, secrets, MAX_SEARCHED) as T;
  if (depth > MAX_DEPTH) return undefined as T;
  if (Array.isArray(json)) return json.map(clean) as T;
  // AWS's clients also return dates and bytes.
  if (Object.prototype.toString.call(json) !== '[object Object]') return json;
  const members = Object.entries(json as object).map(([name, member]) => [clean(name), clean(member)]);
  return Object.fromEntries(members) as T;
}

/** The id of a request; undefined for what does not look like one. */
export function cleanId(id: string | null | undefined, secrets: readonly string[] = []): string | undefined {
  return id && /^[\w-]{1,128}$/.test(id) && scrub(id, secrets) === id ? id : undefined;
}

/** An error of this library whose texts, and those of its causes, may be shown. Anything else is returned as it is. */
export function cleanError<T>(error: T, secrets: readonly string[] = []): T {
  if (!isBedrockError(error)) return error;
  const { phase, message, name, requestId, stack = '', cause } = error;
  // Before anything is sent, a provider of credentials may have failed: it handles secrets that nobody else knows.
  const clean: Clean = (text) => scrub(phase === 'prepare' ? text.replace(OPAQUE, HIDDEN) : text, secrets);
  const cleanCause = (of: unknown): unknown => {
    try {
      if (Array.isArray(of)) return of.map(cleanCause);
      if (isBedrockError(of)) return cleanError(of, secrets);
      return isClean(of, clean) ? of : copyError(of, clean);
    } catch {
      // Anything can be thrown, such as a proxy that throws itself. It must not stay as it is.
      return new Error('something that cannot be read');
    }
  };
  const copy = withFacts(error, {
    message: cleanText(clean(message), [], MAX_ERROR),
    name: clean(name),
    requestId: requestId && clean(requestId),
    cause: cleanCause(cause),
  });
  copy.stack = clean(stack);
  return copy as unknown as T;
}

/** What an error says, without its other members and its own causes. */
function copyError(thrown: unknown, clean: Clean): Error {
  const copy = new Error(clean(messageOf(thrown)));
  if (thrown instanceof Error) {
    copy.name = clean(String(thrown.name));
    copy.stack = clean(String(thrown.stack));
  }
  return copy;
}

/** Whether no text that can be reached from a value needs cleaning, and none has the name of a secret. */
function isClean(value: unknown, clean: Clean): boolean {
  const reached = new Set([value]);
  try {
    // A set also visits what is added to it meanwhile.
    for (const item of reached) {
      if (reached.size > MAX_VALUES || (typeof item === 'string' && clean(item) !== item)) return false;
      // Node shows the description of a symbol.
      if (typeof item === 'symbol' && clean(String(item)) !== String(item)) return false;
      if ((typeof item !== 'object' && typeof item !== 'function') || item === null) continue;
      if (item instanceof String || SHOWS_ITSELF.some((name) => name in item)) return false;
      // Others, such as a Request, can show what cannot be reached from here.
      if (Symbol.toStringTag in item && !(item instanceof Error)) return false;
      for (const name of Reflect.ownKeys(item)) {
        const member: unknown = Reflect.get(item, name);
        if (typeof member === 'string' && SECRET_NAME.test(String(name))) return false;
        reached.add(name).add(member);
      }
    }
    return true;
  } catch {
    return false;
  }
}

/** A text without its last word if that may begin a secret whose end is missing: nothing would recognize it later. */
export function dropHalfSecret(text: string, secrets: readonly string[]): string {
  const rest = dropHalfWord(text);
  const word = text.slice(rest.length);
  const beginnings = secrets.map((secret) => secret.slice(0, SHORTEST_SECRET));
  return scrub(word, beginnings) === word ? text : rest;
}
