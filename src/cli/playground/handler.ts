import type { Files } from './files.js';
import { type Machine, refuse } from './machine.js';
import type { Sessions } from './sessions.js';

/** What the server of the playground consists of. */
export interface Playground {
  files: Files;
  sessions: Sessions;
  /** Undefined if the page gets no credentials of this machine. */
  machine: Machine | undefined;
  /** The kind of the connection that the page begins with. */
  begin: 'local' | 'machine';
  /** Host and port, or undefined until they are known. */
  host(): string | undefined;
}

/** Requests to Bedrock have 25 MB at most. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Answers the requests of the page, and those of nobody else. */
export function createHandler(playground: Playground): (request: Request) => Promise<Response> {
  return async (request) => {
    const why = whyNot(request, playground.host());
    if (why !== undefined) return refuse(403, 'AccessDeniedException', why);
    const { pathname } = new URL(request.url);
    if (request.method === 'POST' && pathname === '/session') return openSession(request, playground);
    if (pathname === '/models' || pathname.startsWith('/bedrock/'))
      return callMachine(request, pathname, playground);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(405, 'UnknownOperationException', `${request.method} is not possible here.`);
    if (pathname === '/settings.json') return describeServer(playground);
    return playground.files(pathname) ?? new Response('Not found', { status: 404 });
  };
}

/**
 * A page could make its own name lead to this machine (DNS rebinding), and any page can send requests here: the first names itself in
 * `Host`, the others in `Origin` or `Sec-Fetch-Site`.
 */
function whyNot({ headers }: Request, host: string | undefined): string | undefined {
  const own = host === undefined ? [] : [host, host.replace(/^127\.0\.0\.1/, 'localhost')];
  const named = headers.get('host');
  if (named === null || !own.includes(named))
    return `The playground is not served as ${(named ?? 'nothing').slice(0, 100)}. Open the address that the terminal shows.`;
  const origin = headers.get('origin');
  if (origin !== null && origin !== `http://${named}`)
    return 'Pages of other origins may not use the playground.';
  const site = headers.get('sec-fetch-site');
  const isOfPage = site === null || site === 'same-origin' || site === 'none';
  // A link leads here from anywhere; that is no request with consequences.
  if (!isOfPage && headers.get('sec-fetch-mode') !== 'navigate')
    return 'Other sites may not use the playground.';
  return undefined;
}

async function openSession(request: Request, { sessions }: Playground): Promise<Response> {
  const body = await readBody(request, 1000);
  let token: unknown;
  try {
    token = (JSON.parse(new TextDecoder().decode(body)) as { token?: unknown }).token;
  } catch {
    token = undefined;
  }
  const key = typeof token === 'string' ? sessions.open(token) : undefined;
  if (key === undefined)
    return refuse(
      403,
      'AccessDeniedException',
      'This address was used before. The terminal shows a new one.',
    );
  return Response.json({ key }, { headers: { 'cache-control': 'no-store' } });
}

async function callMachine(
  request: Request,
  pathname: string,
  { sessions, machine }: Playground,
): Promise<Response> {
  if (!sessions.allows(request.headers.get('authorization')))
    return refuse(
      403,
      'UnrecognizedClientException',
      'This page has no session. Open the address that the terminal shows.',
    );
  if (machine === undefined)
    return refuse(404, 'ResourceNotFoundException', 'This playground was started without credentials.');
  if (pathname === '/models') return machine.models(request.signal);
  const body = await readBody(request, MOST_BYTES);
  if (body === undefined) return refuse(413, 'ValidationException', 'The request is larger than 32 MB.');
  return machine.forward(pathname.slice('/bedrock'.length), body, request.signal);
}

function describeServer({ machine, begin }: Playground): Response {
  const connection = { kind: begin, ...(machine && { region: machine.region }) };
  const { region, source } = machine ?? {};
  return Response.json(
    { connection, ...(machine && { machine: { region, source } }) },
    { headers: { 'cache-control': 'no-store' } },
  );
}

/** Reads a body; undefined if it is longer. */
async function readBody({ body }: Request, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
