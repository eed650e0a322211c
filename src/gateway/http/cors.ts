import { type Read, refuse } from '../../input/read.js';
import { Refusal } from '../failure.js';

/** Lets pages of other origins use a gateway. Source: Fetch standard, "CORS protocol". */
export interface Cors {
  /**
   * Answers the question of a browser whether a page may send a request; undefined for any other request. The question has no key.
   *
   * @throws Refusal if the page may not
   */
  answerPreflight(request: Request): Response | undefined;
  /** Lets the page that sent a request read the response, with all of its headers. */
  share(request: Request, response: Response): void;
}

/**
 * Headers that clients in pages send: OpenAI's, Anthropic's and AWS's own, the AI SDK, OpenTelemetry, and this library. The gateway
 * reads only some of them, but a browser sends nothing at all if it may not send one of them.
 */
const SENT =
  /^(?:authorization|x-api-key|api-key|content-type|accept|user-agent|idempotency-key|x-(?:client-)?request-id|x-session-(?:id|affinity)|traceparent|tracestate|baggage|(?:anthropic|openai|x-stainless|x-claude-code|x-amz|x-amzn|amz-sdk)-[a-z0-9-]+)$/;

/** Headers that pages may always read, or that no page reads. */
const NOT_EXPOSED = /^(?:access-control-.*|cache-control|content-type|content-length|vary)$/;

/** The longest that a browser caches an answer: two hours in Chromium, a day in Firefox. */
const MAX_AGE_S = 7200;

/**
 * Creates what answers pages of other origins. It never allows credentials of the browser, such as cookies: a request is authorized
 * by the key that the page itself sends.
 *
 * @param origins Checked by {@link readOrigins}.
 */
export function createCors(origins: readonly string[], forwardHeaders: readonly string[]): Cors {
  const isOpen = origins.includes('*');
  const forwarded = new Set(forwardHeaders.map((name) => name.toLowerCase()));

  /** What `access-control-allow-origin` says; undefined for no page, and for a page that may not. */
  function findAllowed({ headers }: Request): string | undefined {
    const origin = headers.get('origin');
    if (origin === null) return undefined;
    return isOpen ? '*' : origins.find((one) => one === origin);
  }

  /** For caches, which would otherwise hand the response for one page to another. */
  function vary(headers: Headers): void {
    if (!isOpen) headers.append('vary', 'origin');
  }

  return {
    answerPreflight(request) {
      const { method, headers } = request;
      if (method !== 'OPTIONS' || !headers.has('origin') || !headers.has('access-control-request-method'))
        return undefined;
      if (findAllowed(request) === undefined) {
        throw new Refusal(
          'not-allowed',
          `Pages of ${(headers.get('origin') ?? '').slice(0, 200)} may not use this gateway. If they should, add this origin to allowedOrigins.`,
        );
      }
      const wanted = (headers.get('access-control-request-headers') ?? '').toLowerCase().split(/[\s,]+/);
      const names = wanted.filter((name) => SENT.test(name) || forwarded.has(name));
      return new Response(null, {
        status: 204,
        headers: {
          'access-control-allow-methods': 'GET, POST',
          ...(names.length > 0 && { 'access-control-allow-headers': names.join(', ') }),
          'access-control-max-age': String(MAX_AGE_S),
          vary: 'access-control-request-headers',
        },
      });
    },
    share(request, { headers }) {
      vary(headers);
      const allowed = findAllowed(request);
      if (allowed === undefined) return;
      headers.set('access-control-allow-origin', allowed);
      if (request.method === 'OPTIONS') return;
      const exposed = [...headers.keys()].filter((name) => !NOT_EXPOSED.test(name));
      if (exposed.length > 0) headers.set('access-control-expose-headers', exposed.join(', '));
    },
  };
}

/** An origin as a browser sends it: `URL.origin` for the web, and what apps and extensions have. */
function isOrigin(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+$/.test(value)) return false;
  return !/^https?:/.test(value) || (URL.canParse(value) && new URL(value).origin === value);
}

/** Checks the option `allowedOrigins`: an origin that no browser sends would never match. */
export const readOrigins: Read = (value, path) => {
  if (!Array.isArray(value))
    return refuse(path, value, "a list of origins, such as ['https://chat.example.com']");
  for (const [at, origin] of value.entries()) {
    if (origin === '*' || isOrigin(origin)) continue;
    return refuse(
      [...path, at],
      origin,
      "an origin as browsers send it, such as 'https://chat.example.com': without a path, a slash at the end, * or a default port",
      true,
    );
  }
  return value;
};
