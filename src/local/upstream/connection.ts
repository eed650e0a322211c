import { messageOf } from '../../errors.js';
import { cleanText } from '../../foreign-text/foreign-text.js';
import { modelError } from '../check/wording.js';
import { ServiceException } from '../exception.js';
import { parseJsonIfPossible } from '../parse-json.js';
import type { Target } from './target.js';

/** The longest response that is not a stream, in bytes. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ERROR_BYTES = 65_536;
const MAX_REASON = 500;

/** A request to the upstream, and the way to end it. */
export class Connection {
  readonly #target: Target;
  readonly #outer: AbortSignal | undefined;
  readonly #own = new AbortController();
  readonly #leave = (): void => this.#own.abort();

  /** @param signal Ends the request too. */
  constructor(target: Target, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#outer = signal;
    if (signal?.aborted === true) this.#leave();
    else signal?.addEventListener('abort', this.#leave);
  }

  /**
   * Sends a request, with a body as POST.
   *
   * @throws ServiceException if there is no answer, or an error
   */
  async send(path: string, body?: object): Promise<Response> {
    const response = await this.fetch(path, body);
    if (response.ok) return response;
    throw errorOf(response, await readReason(response, this.#target.secrets), this.#target);
  }

  /** Sends a request and returns the response, whatever its status. */
  async fetch(path: string, body?: object): Promise<Response> {
    const { baseURL, headers, fetch = globalThis.fetch } = this.#target;
    const json = body && { method: 'POST', body: JSON.stringify(body) };
    const type: Record<string, string> = json ? { 'content-type': 'application/json' } : {};
    try {
      return await fetch(baseURL + path, {
        ...json,
        headers: { ...type, ...headers },
        // The key belongs to one server.
        redirect: 'manual',
        signal: this.#own.signal,
      });
    } catch (error) {
      throw unreachable(error, this.#target);
    }
  }

  /** Ends the request. */
  close(): void {
    this.#outer?.removeEventListener('abort', this.#leave);
    this.#own.abort();
  }
}

/** What the upstream is called in messages. */
function nameOf({ baseURL }: Target): string {
  return `The upstream ${baseURL} of this local Bedrock`;
}

function unreachable(error: unknown, target: Target): ServiceException {
  return new ServiceException(
    'ServiceUnavailableException',
    `${nameOf(target)} does not answer: ${reasonOf(error, target.secrets)}. Start it, or set another as upstream (--upstream).`,
  );
}

/** What went wrong in a connection: system errors are in `cause`. */
function reasonOf(error: unknown, secrets: readonly string[]): string {
  let found = messageOf(error);
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth++) {
    const { code, message, cause } = at as { code?: unknown; message?: unknown; cause?: unknown };
    if (typeof message === 'string' && message !== '') found = message;
    // The codes of this library are not for users of the local Bedrock.
    if (typeof code === 'string' && !code.startsWith('ERR_')) {
      found = found.includes(code) ? found : `${found} (${code})`;
      break;
    }
    at = cause;
  }
  return withoutStop(cleanText(found, secrets, MAX_REASON));
}

/** A wrong key or a model that does not exist: the same request would fail again. */
const WRONG_SETTINGS: Readonly<Record<number, string>> = {
  401: 'Check its key, upstream.apiKey (--upstream-key).',
  403: 'Check its key, upstream.apiKey (--upstream-key).',
  404: 'Check its URL, and the name of its model: upstream.model (--upstream-model) or upstream.embeddingModel (--upstream-embed).',
};

/** The exception of AWS for an error of the upstream. */
function errorOf({ status, headers }: Response, reason: string, target: Target): ServiceException {
  const said = `${nameOf(target)} answered with ${status}${reason === '' ? '' : `: ${reason}`}.`;
  // A browser hides the status of a redirect.
  if (status < 400) {
    return new ServiceException(
      'ServiceUnavailableException',
      `${nameOf(target)} redirects requests. Set the URL that it redirects to.`,
    );
  }
  switch (status) {
    case 400:
    case 413:
    case 422:
      return modelError(said);
    case 408:
    case 504:
      return new ServiceException('ModelTimeoutException', said);
    case 429: {
      const after = headers.get('retry-after');
      const repeated = after !== null && /^\d{1,6}$/.test(after) ? { 'retry-after': after } : {};
      return new ServiceException('ThrottlingException', said, undefined, repeated);
    }
    default: {
      const advice = WRONG_SETTINGS[status];
      // Retrying does not help where the settings are wrong.
      return status < 500
        ? new ServiceException('ModelErrorException', advice === undefined ? said : `${said} ${advice}`)
        : new ServiceException('ServiceUnavailableException', said);
    }
  }
}

/** Reads the message of an error in the form of OpenAI, Ollama or FastAPI, or as plain text. */
async function readReason(response: Response, secrets: readonly string[]): Promise<string> {
  const text = await readStart(response, MAX_ERROR_BYTES).catch(() => '');
  return withoutStop(cleanText(findReason(parseJsonIfPossible(text)) ?? text, secrets, MAX_REASON));
}

/** The message in an error that is JSON. */
export function findReason(json: unknown): string | undefined {
  if (typeof json === 'string') return json;
  if (typeof json !== 'object' || json === null) return undefined;
  const { message, error, detail } = json as { message?: unknown; error?: unknown; detail?: unknown };
  return typeof message === 'string'
    ? message
    : (findReason(error) ?? (detail === undefined ? undefined : asText(detail)));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function withoutStop(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

/**
 * Reads a response as JSON.
 *
 * @throws ServiceException if it is not JSON, is too long, or breaks off
 */
export async function readJson(response: Response, target: Target): Promise<unknown> {
  let text: string;
  try {
    text = await readStart(response, MAX_BYTES);
  } catch (error) {
    throw incomplete(error, target);
  }
  const json = parseJsonIfPossible(text);
  if (typeof json === 'object' && json !== null) return json;
  throw new ServiceException(
    'ServiceUnavailableException',
    `${nameOf(target)} answered with something other than JSON of up to ${MAX_BYTES} bytes. Does its URL end with /v1?`,
  );
}

/** Says that an answer is not complete, and why. */
export function sayIncomplete(error: unknown, target: Target): string {
  return `${nameOf(target)} did not complete its answer: ${reasonOf(error, target.secrets)}.`;
}

/** The exception for an answer that is not complete, as long as nothing of it was sent. */
export function incomplete(error: unknown, target: Target): ServiceException {
  return new ServiceException('ServiceUnavailableException', sayIncomplete(error, target));
}

/** Reads up to a number of bytes; of a longer body, only the beginning. */
async function readStart(response: Response, max: number): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return (await response.text()).slice(0, max);
  const utf8 = new TextDecoder();
  const parts: string[] = [];
  for (let left = max; ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(utf8.decode(value.subarray(0, left), { stream: true }));
    left -= value.length;
    if (left >= 0) continue;
    await reader.cancel().catch(() => undefined);
    break;
  }
  return parts.join('') + utf8.decode();
}
