import { concatBytes, decodeText } from '../encoding.js';
import { type BedrockError, makeError, settingsError } from '../errors.js';
import { cleanId, cleanText, dropHalfSecret } from '../foreign-text/foreign-text.js';
import { dropHalfWord } from '../foreign-text/hide-secrets.js';
import type { TransportCall } from '../options.js';
import { openBody } from '../wire/chunks.js';
import { findExcess, MAX_WHOLE_VALUES } from '../wire/json-bounds.js';

/** How much of an error response is read. */
const MAX_ERROR_BYTES = 64 * 1024;

/** How long to wait for the body of an error response. The status alone already says what happened. */
export const ERROR_BODY_MS = 10_000;

/**
 * The most that is read of a whole answer, in MiB. AWS's own limit for what goes to and from a model is 25,000,000 bytes
 * (botocore, bedrock-runtime, `Body`); a page of lists has less than 2 MB, an identity less than 10 KB.
 */
function maxMib(operation: string): number {
  if (operation.startsWith('List')) return 8;
  return operation.startsWith('Get') || operation.startsWith('AssumeRole') ? 1 : 32;
}

/**
 * Reads a whole answer, which must be JSON within bounds. What counts is its length after unpacking: 2 MB on the wire can
 * become more than a process has memory for.
 *
 * @throws BedrockError `ERR_PROTOCOL` for more than AWS sends; the connection is closed.
 */
export async function readJson(response: Response, call: TransportCall): Promise<string> {
  const bytes = await readBytes(response, call.operation, call.signal, call.onChunk);
  const excess = findExcess(bytes, 0, bytes.length, MAX_WHOLE_VALUES);
  if (excess !== undefined) throw tooMuchError(response, call.operation, excess);
  return decodeText(bytes);
}

/** Reads a whole answer within its limit of bytes. */
export async function readBytes(
  response: Response,
  operation: string,
  signal?: AbortSignal | null,
  onChunk?: () => void,
): Promise<Uint8Array> {
  const mib = maxMib(operation);
  const chunks: Uint8Array[] = [];
  const isWhole = await collect(response, chunks, mib * 1024 * 1024, { signal, onChunk });
  if (!isWhole) throw tooMuchError(response, operation, `is longer than ${mib} MiB`);
  return concatBytes(chunks);
}

/**
 * Reads the beginning of an error response. Never fails: the status alone still says what happened.
 *
 * @param secrets Those of the request, which the body may repeat.
 */
export async function readErrorText(
  response: Response,
  signal?: AbortSignal | null,
  secrets: readonly string[] = [],
): Promise<string> {
  const chunks: Uint8Array[] = [];
  const how = { signal, limitMs: ERROR_BODY_MS };
  const isWhole = await collect(response, chunks, MAX_ERROR_BYTES, how).catch(() => false);
  const text = decodeText(concatBytes(chunks));
  return isWhole ? dropHalfSecret(text, secrets) : dropHalfWord(text);
}

/** Headers of an answer that a caller of InvokeModel may need. */
const OF_THE_MODEL = /^(?:content-type$|x-amzn-bedrock-)/;

/** Picks the headers that describe a body in the model's own form. */
export function pickHeaders(headers: Headers, secrets: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (OF_THE_MODEL.test(name)) picked[name] = cleanText(value, secrets, 200);
  });
  return picked;
}

interface Collecting {
  /** Closes the connection when it aborts: not every fetch does so by itself. */
  signal?: AbortSignal | null | undefined;
  onChunk?: (() => void) | undefined;
  limitMs?: number;
}

/** Collects a body until it is too long or the time is up, and closes the connection. Returns whether it was short enough. */
async function collect(
  response: Response,
  chunks: Uint8Array[],
  maxBytes: number,
  { signal, onChunk, limitMs }: Collecting,
): Promise<boolean> {
  const reader = openBody(response, true);
  if (reader === undefined) throw fetchError();
  const close = (): void => reader.cancel();
  const timer = limitMs && setTimeout(close, limitMs);
  signal?.addEventListener('abort', close);
  // It may have been aborted since it was last looked at.
  if (signal?.aborted) close();
  try {
    for (let left = maxBytes; left >= 0; ) {
      const { done, value } = await reader.read();
      if (done) return true;
      onChunk?.();
      const bytes = requireBytes(value);
      chunks.push(bytes);
      left -= bytes.length;
    }
    return false;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', close);
    close();
  }
}

/** Checks a chunk of a body: a fetch of the caller's own can return anything. */
export function requireBytes(chunk: unknown): Uint8Array {
  if (isBytes(chunk)) return chunk;
  throw fetchError();
}

/** Uint8Arrays of other realms are not instances of ours. */
export function isBytes(chunk: unknown): chunk is Uint8Array {
  return (chunk as Uint8Array | null | undefined)?.[Symbol.toStringTag] === 'Uint8Array';
}

/** The error for what a fetch of the caller's own, or of a runtime without streams, returned. */
export function fetchError(advice = '. Return the Response of the fetch that it calls.'): BedrockError {
  return settingsError(`The option fetch did not return a Response with an unread body of bytes${advice}`);
}

function tooMuchError({ status, headers }: Response, operation: string, excess: string): BedrockError {
  return makeError(
    'ERR_PROTOCOL',
    `The answer to ${operation} ${excess}, which is more than AWS sends. Something else may have answered: check the endpoint.`,
    { status, requestId: cleanId(headers.get('x-amzn-requestid')), phase: 'request' },
  );
}
