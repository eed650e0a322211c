import { BedrockError } from '../errors.js';
import type { ConverseEvent } from '../types.js';
import { decodeBytes } from '../wire/events.js';
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
 * The event that `toResponse()` wrote; undefined for a name that is not known, which a later version may have.
 *
 * @throws BedrockError The failure that an `error` event tells, or `ERR_PROTOCOL` for what is not an event of ours.
 */
export function readEvent({ name, data }: ServerSentEvent, source: Source): ConverseEvent | undefined {
  if (name === 'error') {
    const error = readPublicError(parse(data));
    throw error === undefined
      ? protocolError('an error event', data, source)
      : thrown(error, source, 'stream');
  }
  // Each of ours has a name, so that this is another protocol: its events would be skipped one by one, silently.
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

/** The failure that a JSON response of `toResponse()` tells; undefined for any other body. */
export function readFailure(body: string, source: Source): BedrockError | undefined {
  const error = readPublicError(parse(body)?.['error']);
  return error && thrown(error, source, 'request');
}

/** The error for a response that is not one of `toResponse()`. */
export function errorOfForeignBody(body: string, source: Source): BedrockError {
  const type = source.headers.get('content-type') ?? 'no content type';
  return protocolError(`status ${source.status} and ${type}`, body, source);
}

function thrown(error: PublicError, { status }: Source, phase: 'request' | 'stream'): BedrockError {
  return new BedrockError({ ...error, status, phase });
}

function protocolError(what: string, text: string, { status }: Source): BedrockError {
  const excerpt = text.replace(/\s+/g, ' ').trim().slice(0, 200);
  return new BedrockError({
    code: 'ERR_PROTOCOL',
    name: 'ProtocolError',
    message:
      `The response is not one of toResponse(): it has ${what}${excerpt === '' ? '' : `, "${excerpt}"`}. ` +
      'Check the address, and what may have answered in its place, such as a login page or a proxy.',
    status,
    phase: 'stream',
  });
}

function parse(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}
