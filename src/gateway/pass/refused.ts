import type { BedrockError } from '../../index.js';
import { isObject } from '../../input/read.js';
import { maskText } from '../../responses/public-event.js';
import { failureOf, Refusal } from '../failure.js';
import { readAll } from './answer.js';
import type { ReadingOptions } from './chunks.js';
import type { PassedAnswer } from './endpoint.js';

/** Bedrock's own refusal, which clients get byte for byte, because they decide by its words what to send instead. */
export class PassedRefusal extends Refusal {
  readonly #bytes: Uint8Array;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(answer: PassedAnswer, bytes: Uint8Array, cause: BedrockError) {
    const { kind, message } = failureOf(cause);
    super(kind, message, { status: answer.response.status });
    this.cause = cause;
    this.#bytes = bytes;
    const type = answer.response.headers.get('x-amzn-errortype');
    this.#headers = { ...answer.headers, ...(type !== null && { 'x-amzn-errortype': type }) };
  }

  /** The refusal as a response. */
  respond(headers: Readonly<Record<string, string>>): Response {
    return new Response(this.#bytes as BodyInit, {
      status: this.failure.status,
      headers: { ...this.#headers, ...headers, 'cache-control': 'no-store' },
    });
  }
}

/**
 * The error to answer with when Bedrock refused a request: Bedrock's own words, unless they are about the gateway's authorization,
 * name the account, or held a secret.
 */
export async function refusalOf(
  answer: PassedAnswer,
  refusal: BedrockError,
  options: ReadingOptions,
): Promise<Error> {
  const { status } = answer.response;
  if (status === 401 || status === 403 || status < 400) return refusal;
  const bytes = await readAll(answer, options).catch(() => undefined);
  return bytes !== undefined && isHarmless(bytes, refusal)
    ? new PassedRefusal(answer, bytes, refusal)
    : refusal;
}

/** Members of errors of AWS and of Anthropic that hold a text. */
const MESSAGES = new Set(['message', 'Message']);

/** What other members hold: a name, or the id of the request. */
const NAME = /^(?:[a-z_]{1,60}|req_[\w-]{1,60})$/i;

/** Whether a body says nothing but the words of an error, and no word of it needed to be hidden. */
function isHarmless(bytes: Uint8Array, refusal: BedrockError): boolean {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(json) && hasPlainWords(json, refusal);
  } catch {
    return false;
  }
}

function hasPlainWords(json: Record<string, unknown>, refusal: BedrockError): boolean {
  return Object.entries(json).every(([name, value]) => {
    if (isObject(value)) return hasPlainWords(value, refusal);
    if (typeof value !== 'string') return value === null || typeof value === 'number';
    return MESSAGES.has(name) ? isShown(value, refusal) : NAME.test(value);
  });
}

/** Whether a text is as the error shows it, which has been searched for secrets, and names nothing of the account. */
function isShown(text: string, { message }: BedrockError): boolean {
  const words = text.replace(/\s+/g, ' ').trim();
  return maskText(text) === text && (words === '' || message.startsWith(words));
}
