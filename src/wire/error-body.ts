import { BedrockError } from '../errors.js';
import { cleanText } from '../foreign-text/foreign-text.js';
import { type ErrorFacts, errorOfException, meaningOf, readName } from './exceptions.js';
import { findWords, parseObject } from './foreign-json.js';

/**
 * The error for an unsuccessful response: its status, AWS's headers if they can be read, and its body, which may be that of a
 * gateway or proxy.
 *
 * @param body Undefined if it is not known.
 * @param needed The permission that the request needs, in words.
 */
export function errorOfResponse(
  status: number,
  headers: Headers,
  body: string | undefined,
  facts: ErrorFacts,
  needed?: string,
): BedrockError {
  const json = parseObject(body);
  const all: ErrorFacts = {
    ...facts,
    status,
    retryAfterMs: retryAfterMs(headers.get('retry-after'), headers.get('date')),
  };
  const header = readName(headers.get('x-amzn-errortype'));
  const message = json?.['message'] ?? json?.['Message'];
  const words = typeof message === 'string' ? undefined : findWords(json);
  const name = header ?? nameIn(json);
  if (words !== undefined && header === undefined) {
    // Bedrock's endpoints for other protocols use their form of errors.
    return errorOfException(name, words, all, needed, facts.requestId ? undefined : sayForeign(status));
  }
  const isForeign = json === undefined || (message === undefined && Object.keys(json).length > 0);
  if (name === undefined && isForeign) {
    return new BedrockError({
      ...all,
      ...meaningOf(undefined, status),
      message: foreignBody(status, headers, body),
    });
  }
  return errorOfException(name, words ?? message, all, needed);
}

/** Whose words they are, in place of advice for AWS's. */
export function sayForeign(status: number): string {
  return `A gateway or proxy says so, not Bedrock (status ${status}).`;
}

/** The name of an exception in a body: AWS's own members, or what a gateway has passed on. */
function nameIn(json: Record<string, unknown> | undefined): string | undefined {
  if (json === undefined) return undefined;
  const { __type, code, error, Output } = json;
  const passedOn = readName((error as { type?: unknown } | null | undefined)?.type);
  return (
    readName(__type ?? code ?? (Output as { __type?: unknown } | null | undefined)?.__type) ??
    (passedOn !== undefined && /Exception$|^overloaded_error$/.test(passedOn) ? passedOn : undefined)
  );
}

/** Whether a response is a stream of frames. */
export function isEventStream(headers: Headers): boolean {
  return /^application\/vnd\.amazon\.eventstream *(?:;|$)/i.test(headers.get('content-type') ?? '');
}

/** What to say of a body that is not Bedrock's: most often the page of a proxy. */
export function foreignBody(status: number, headers: Headers, body: string | undefined): string {
  const type = cleanText(headers.get('content-type') ?? 'no content type', [], 100);
  const excerpt = excerptOf(body ?? '');
  const what = body === '' ? 'an empty body' : "a body that is not Bedrock's";
  return (
    `The endpoint answered with status ${status} and ${what} (${type}${excerpt === '' ? '' : `: "${excerpt}"`}). ` +
    'A proxy or gateway may have answered: check the endpoint and the network.'
  );
}

/** The words of a JSON error, the title of a page, which is near its beginning, or the beginning of a text. */
function excerptOf(body: string): string {
  const heading = /<(?:title|h1|message)[^>]{0,100}>\s{0,100}([^<\s][^<]*)</i.exec(
    body.slice(0, 16_384),
  )?.[1];
  return cleanText(findWords(parseObject(body)) ?? heading ?? (/^\s*</.test(body) ? '' : body), [], 200);
}

/** Retry-After of RFC 9110, seconds or a date, in milliseconds. A date is taken against the server's own Date. */
export function retryAfterMs(value: string | null, serverDate: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const until = /GMT\s*$/.test(value) ? Date.parse(value) : Number.NaN;
  const now = serverDate === null ? Number.NaN : Date.parse(serverDate);
  if (Number.isNaN(until) || Number.isNaN(now)) return undefined;
  return Math.max(0, until - now);
}
