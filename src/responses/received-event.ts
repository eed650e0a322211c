import { BedrockError, makeError } from '../errors.js';
import { cleanText } from '../foreign-text/foreign-text.js';
import type { ConverseEvent } from '../types.js';
import { decodeBytes } from '../wire/events.js';
import { findTextExcess } from '../wire/json-bounds.js';
import { type PublicError, readPublicError } from './public-error.js';
import type { ServerSentEvent } from './server-sent-events.js';

/** Where something was received from, for errors. */
type Source = Pick<Response, 'status' | 'headers'>;
type Json = Record<string, unknown>;

const NAMES: ReadonlySet<string> = new Set<ConverseEvent['type']>([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
]);

/**
 * The event that `toResponse()` wrote; undefined for an unknown name, which a later version may have.
 *
 * @throws BedrockError The failure in an `error` event, or `ERR_PROTOCOL` for anything that is not one of our events.
 */
export function readEvent({ name, data }: ServerSentEvent, source: Source): ConverseEvent | undefined {
  if (name === 'error') {
    const error = readPublicError(parse(data));
    throw error === undefined
      ? protocolError('an error event', data, source)
      : thrown(error, source, 'stream');
  }
  // All of our events have a name, so this is another protocol: its events would be skipped one by one, silently.
  if (name === 'message') throw protocolError('an event without a name', data, source);
  if (!NAMES.has(name)) return undefined;
  const event = parse(data);
  if (event?.['type'] !== name) throw protocolError(`an event ${name}`, data, source);
  if (name === 'contentBlockDelta') {
    const { delta } = event;
    if (typeof delta !== 'object' || delta === null) throw protocolError(`an event ${name}`, data, source);
    try {
      decodeBytes(delta as Json);
    } catch {
      throw protocolError('bytes that are not base64', data, source);
    }
  }
  return event as unknown as ConverseEvent;
}

/** The failure in a JSON response of `toResponse()`; undefined for any other body. */
export function readFailure(body: string, source: Source): BedrockError | undefined {
  const error = readPublicError(parse(body)?.['error']);
  return error && thrown(error, source, 'request');
}

/** The error for a response that is not from `toResponse()`. */
export function errorOfForeignBody(body: string, source: Source): BedrockError {
  const type = cleanText(source.headers.get('content-type') ?? 'no content type', [], 100);
  return protocolError(`status ${source.status} and ${type}`, body, source);
}

function thrown(error: PublicError, { status }: Source, phase: 'request' | 'stream'): BedrockError {
  return new BedrockError({ ...error, status, phase });
}

function protocolError(what: string, text: string, { status }: Source): BedrockError {
  const excerpt = cleanText(text, [], 200);
  return makeError(
    'ERR_PROTOCOL',
    `The response is not from toResponse(): it has ${what}${excerpt === '' ? '' : `, "${excerpt}"`}. ` +
      'Check the address, and whether something else answered, such as a login page or a proxy.',
    { status, phase: 'stream' },
  );
}

function parse(text: string): Json | undefined {
  if (findTextExcess(text) !== undefined) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}
