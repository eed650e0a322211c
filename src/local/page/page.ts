import { pathOf, type Received } from '../http/received.js';
import type { ReceivedRequest } from '../options.js';
import { parseJsonIfPossible } from '../parse-json.js';
import type { Controls } from '../service.js';
import { createDocument, type PageDocument } from './document.js';
import { createRows, type PageUpdate } from './rows.js';
import { createVisits } from './visits.js';

/** Paths behind it are for the page's own requests. Bedrock has none that begins like this. */
const OWN_PATHS = '/_page/';

/** The header with the key of a visitor. Pages of other origins cannot send it: no preflight response allows it. */
const KEY_HEADER = 'x-page-key';

/** The page of a local Bedrock, on which a person sees its requests and makes some of them fail. */
export interface Page {
  /** Answers a request for the page or of it; undefined for every other request. */
  answer(request: Received): Promise<Response> | undefined;
  /** Shows a request that has arrived or ended. */
  note(request: ReceivedRequest): void;
  /** The address of the page, which opens once. */
  addressAt(url: string): string;
}

/**
 * Creates the page. Its document is the same for everybody and knows nothing. What it shows, and what its buttons do, needs
 * the key that the token in its address is exchanged for.
 *
 * @param onVisit Called when somebody has used the address, so that it needs a new one.
 */
export function createPage(controls: Controls, onVisit: () => void): Page {
  const visits = createVisits();
  const rows = createRows();
  let written: Promise<PageDocument> | undefined;

  async function showDocument(): Promise<Response> {
    written ??= createDocument();
    const { html, policy } = await written;
    return respond(200, html, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    });
  }

  function admit({ body }: Received): Response {
    const key = visits.admit(textOf(body));
    if (key === undefined) return respond(403, 'This address has been used, or belongs to an earlier start.');
    onVisit();
    return respond(200, key);
  }

  /** Lines of JSON, written as fast as they are read: changes in between become one line. */
  function watch({ signal }: Received): Response {
    let seen = -1;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await rows.pass(seen, signal);
          if (signal?.aborted === true) {
            controller.close();
            return;
          }
          const update = { ...describe(seen), ...(seen < 0 && { models: listModels(controls) }) };
          seen = rows.version();
          controller.enqueue(new TextEncoder().encode(`${JSON.stringify(update)}\n`));
        },
      },
      { highWaterMark: 0 },
    );
    return respond(200, body, { 'content-type': 'application/x-ndjson' });
  }

  function describe(seen: number): PageUpdate {
    const { ledger, noAccess } = controls;
    return { rows: rows.since(seen), waiting: ledger.waiting(), denied: [...noAccess] };
  }

  /** Adds a fault for the next request; without one, drops those that wait. */
  function changeFaults({ body }: Received): Response {
    const { fault } = Object(parseJsonIfPossible(textOf(body))) as { fault?: unknown };
    const { ledger } = controls;
    try {
      if (typeof fault === 'string') ledger.add(fault);
      else ledger.clear();
    } catch (error) {
      return respond(400, error instanceof Error ? error.message : String(error));
    }
    rows.touch();
    return respond(204, null);
  }

  function changeAccess({ body }: Received): Response {
    const { model, isDenied } = Object(parseJsonIfPossible(textOf(body))) as Record<string, unknown>;
    if (typeof model !== 'string' || model === '')
      return respond(400, 'Pass a model and whether it is denied.');
    const { noAccess } = controls;
    const id = foundationModelOf(model, controls);
    if (id === undefined) return respond(400, `There is no model ${model.slice(0, 100)} in this account.`);
    if (isDenied === true) noAccess.add(id);
    else noAccess.delete(id);
    rows.touch();
    return respond(204, null);
  }

  const actions: Readonly<Record<string, (request: Received) => Response>> = {
    'GET requests': watch,
    'POST faults': changeFaults,
    'POST access': changeAccess,
  };

  async function act(request: Received, name: string): Promise<Response> {
    if (!isFromItself(request)) return respond(403, 'Only the page itself may ask for this.');
    const wanted = `${request.method} ${name}`;
    if (wanted === 'POST visit') return admit(request);
    if (!visits.isAdmitted(request.headers.get(KEY_HEADER) ?? ''))
      return respond(403, 'Open the address of the page that the local Bedrock has printed.');
    const action = Object.hasOwn(actions, wanted) ? actions[wanted] : undefined;
    return action === undefined ? respond(404, `The page has no ${wanted}.`) : action(request);
  }

  return {
    answer(request) {
      // The local Bedrock itself says why it serves no such host.
      if (request.refusal !== undefined) return undefined;
      if (request.method === 'GET' && request.target === '/') return showDocument();
      const path = pathOf(request.target);
      return path.startsWith(OWN_PATHS) ? act(request, path.slice(OWN_PATHS.length)) : undefined;
    },
    note: rows.note,
    addressAt: (url) => `${url}/#${visits.token()}`,
  };
}

/** Whether a request may come from the page: browsers name the origin of every POST, and where a GET of a page comes from. */
function isFromItself({ method, headers, host }: Received): boolean {
  const origin = headers.get('origin');
  if ((headers.get('sec-fetch-site') ?? 'same-origin') !== 'same-origin') return false;
  return origin === undefined ? method === 'GET' : origin.replace(/^https?:\/\//, '') === host;
}

function listModels({ models, regions }: Controls): string[] {
  const ids = regions.flatMap((region) => models(region).catalog.models.map(({ modelId }) => modelId));
  return [...new Set(ids)].sort();
}

/** The id of the foundation model behind any name of it. */
function foundationModelOf(name: string, { models, regions }: Controls): string | undefined {
  for (const region of regions) {
    const { catalog } = models(region);
    const own = catalog.models.find(({ modelId }) => modelId === name);
    if (own !== undefined) return own.modelId;
    try {
      return catalog.locate(name).model.modelId;
    } catch {
      // Another region may have it.
    }
  }
  return undefined;
}

function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

function respond(
  status: number,
  body: string | ReadableStream<Uint8Array> | null,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}
