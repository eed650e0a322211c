import { type BedrockError, isBedrockError, makeError, messageOf } from '../errors.js';
import { cleanText } from '../foreign-text/foreign-text.js';
import { isBrowser } from '../runtime.js';
import { regionOfHost } from './endpoint.js';

/** Codes of a certificate that Node does not trust. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ALTNAME/;

/** What to check, by the codes of Node, undici and OpenSSL. */
const ADVICE: readonly (readonly [code: RegExp, advice: string])[] = [
  [
    UNTRUSTED,
    'Its certificate is not trusted: behind a proxy that inspects TLS, point NODE_EXTRA_CA_CERTS to its certificate.',
  ],
  [/ECONNREFUSED/, 'Nothing is listening there: check the host and port of the endpoint.'],
  [/ENOTFOUND/, 'There is no such host.'],
  [/EAI_AGAIN/, 'The name server did not answer: check the network.'],
  [
    /ETIMEDOUT|CONNECT_TIMEOUT/,
    'No connection was made in time: check the network, the firewall and the endpoint.',
  ],
  [/EPROTO|WRONG_VERSION/, 'The server does not speak TLS there: should the endpoint start with http:?'],
];

/** The error for a request without an answer, or a broken connection: the runtime's own time limits are `ERR_TIMEOUT`. */
export function connectionError(cause: unknown, endpoint: URL, phase: 'request' | 'stream'): BedrockError {
  if (isBedrockError(cause)) return cause;
  const { code, said } = findReason(cause);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return makeError(
      'ERR_TIMEOUT',
      `Node's fetch gave up after 300 s of silence (${code}). Pass a fetch with an undici Agent whose headersTimeout ` +
        'and bodyTimeout are higher, or stream with a smaller thinking budget.',
      { phase, cause, again: 'elsewhere' },
    );
  }
  const { host } = endpoint;
  const isOffline = (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false;
  return makeError(
    'ERR_NETWORK',
    `${phase === 'request' ? `No answer from ${host}` : `The connection to ${host} broke off`}: ${said}. ` +
      `${isOffline ? 'This device is offline. ' : ''}${adviceFor(code, endpoint, phase)}`,
    { retryable: !UNTRUSTED.test(code), phase, cause },
  );
}

function adviceFor(code: string, endpoint: URL, phase: 'request' | 'stream'): string {
  const region = code === 'ENOTFOUND' ? regionOfHost(endpoint) : undefined;
  if (region !== undefined) return `There is no such host: is the region ${region} spelled right?`;
  const [, known] = ADVICE.find(([codes]) => codes.test(code)) ?? [];
  if (known !== undefined) return known;
  // A browser hides the reason from the page: it throws the same error for all of these.
  return phase === 'request' && isBrowser()
    ? "Check the network, the endpoint, that it allows this origin (CORS), and this page's CSP."
    : 'Check the network and the endpoint.';
}

/** Finds the system or undici error that fetch hides in `cause`, such as that of a proxy: its code and message. */
function findReason(error: unknown): { code: string; said: string } {
  const messages: string[] = [];
  for (let at: unknown = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth++) {
    const { code, message, cause } = at as { code?: unknown; message?: unknown; cause?: unknown };
    const text = typeof message === 'string' ? cleanMessage(message) : '';
    if (typeof code === 'string') {
      return { code, said: text.includes(code) ? text : `${code}${text && ` (${text})`}` };
    }
    if (text !== '') messages.push(text);
    at = cause;
  }
  return { code: '', said: messages.length > 0 ? messages.join(': ') : cleanMessage(messageOf(error)) };
}

/** Puts a message on one line, without OpenSSL's addresses and source files. */
function cleanMessage(message: string): string {
  const line = cleanText(message, [], 500)
    .replace(/^(?:write )?\w*(?: \w+)?:error:\w+:/, '')
    .replace(/:[^:\s]*\.c:\d+:.*$/, '');
  let end = line.length;
  // Not by an expression: in a text full of dots it would start anew at each of them.
  while (end > 0 && '. '.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
}
