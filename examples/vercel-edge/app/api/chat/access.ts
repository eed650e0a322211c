/** Who may call, and how often. All examples of servers have this file; the login of your app takes its place. */

/** `openssl rand -hex 32` prints a token that nobody can guess. */
const SHORTEST_TOKEN = 32;
const MINUTE_MS = 60_000;

/**
 * The requests of each caller, in the minute that began with the first of them. It stops one caller from running wild, but it
 * is no limit on costs: every process and isolate counts separately and starts from zero, a caller can send twice as many
 * around the end of a minute, and each request counts the same, however long its answer. For one count across all of them use
 * your platform's rate limiting or a shared store, and set a budget at AWS in any case.
 */
const counts = new Map<string, { sinceMs: number; requests: number }>();

/**
 * Returns the response to a request that is rejected; undefined if it may go on.
 *
 * @param tokens One for each caller, separated by spaces. Without tokens nobody may call.
 */
export async function reject(
  request: Request,
  tokens = '',
  requestsPerMinute = 20,
): Promise<Response | undefined> {
  const known = listOf(tokens);
  const message = whyNobody(known);
  if (message !== undefined) {
    console.error(message);
    return new Response(message, { status: 503 });
  }
  const caller = await findEqual(known, tokenOf(request));
  if (caller === undefined) {
    return new Response('Send the header `authorization: Bearer …` with your access token.', {
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  const waitMs = count(caller, requestsPerMinute);
  if (waitMs === 0) return undefined;
  return new Response('Too many requests. Try again in a minute.', {
    status: 429,
    headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) },
  });
}

/**
 * Returns the name of the caller whose token a request carries; undefined for anybody else. The name is the place of the token in
 * the list, such as `caller-1`, since a token belongs in no log.
 */
export async function findCaller(request: Request, tokens = ''): Promise<string | undefined> {
  const known = listOf(tokens);
  const message = whyNobody(known);
  if (message !== undefined) {
    console.error(message);
    return undefined;
  }
  const token = await findEqual(known, tokenOf(request));
  return token === undefined ? undefined : `caller-${known.indexOf(token) + 1}`;
}

function tokenOf({ headers }: Request): string {
  return headers.get('authorization')?.replace(/^Bearer +/i, '') ?? '';
}

function listOf(tokens: string): string[] {
  return tokens.split(/\s+/).filter((token) => token !== '');
}

/** What has to be set before anybody may call; undefined once it is. */
function whyNobody(known: readonly string[]): string | undefined {
  if (known.length > 0 && known.every((token) => token.length >= SHORTEST_TOKEN)) return undefined;
  return `Set ACCESS_TOKENS to a token of ${SHORTEST_TOKEN} or more characters for each caller: until then nobody may call.`;
}

/** Counts a request. Returns how long the caller has to wait; 0 if the request may go on. */
function count(caller: string, requestsPerMinute: number): number {
  const nowMs = Date.now();
  let entry = counts.get(caller);
  if (entry === undefined || nowMs - entry.sinceMs >= MINUTE_MS) entry = { sinceMs: nowMs, requests: 0 };
  entry.requests += 1;
  counts.set(caller, entry);
  return entry.requests > requestsPerMinute ? entry.sinceMs + MINUTE_MS - nowMs : 0;
}

/** Compares every byte of every digest, so that the time it takes says nothing about the tokens. */
async function findEqual(tokens: readonly string[], given: string): Promise<string | undefined> {
  const wanted = await digest(given);
  let found: string | undefined;
  for (const token of tokens) {
    const bytes = await digest(token);
    const difference = bytes.reduce((bits, byte, index) => bits | (byte ^ (wanted[index] ?? 0)), 0);
    if (difference === 0) found = token;
  }
  return found;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
