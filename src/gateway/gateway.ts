import { authenticate, type Caller } from './auth/authorize.js';
import { awsErrors } from './aws/errors.js';
import { listProfiles } from './aws/inference-profiles.js';
import { answerMessagesPath } from './aws/messages-route.js';
import { isAwsPath } from './aws/paths.js';
import { answerModelPath } from './aws/route.js';
import { createBudgets, type RequestBudget } from './budgets/request-budget.js';
import { chat } from './chat/protocol.js';
import { answerByConverse, answerCount } from './converse/route.js';
import { answerEmbeddings } from './embeddings.js';
import type { Exchange, ExchangeRecord, Passed } from './exchange/exchange.js';
import { failureOf, Refusal } from './failure.js';
import { cutName } from './fields.js';
import { type ReadBody, readBody } from './http/body.js';
import { createCors } from './http/cors.js';
import { errorResponse, jsonResponse } from './http/respond.js';
import { Running } from './http/running.js';
import { type GatewayLogEntry, outcomeOf, tellLog } from './log.js';
import { messagesErrors } from './messages/errors.js';
import { countTokens, messages } from './messages/protocol.js';
import { KnownModels } from './models/known-models.js';
import { describeModel, listModels } from './models/list-route.js';
import { createModelDirectory } from './models/models.js';
import { openAiErrors } from './openai-errors.js';
import { type GatewayOptions, readGatewayOptions } from './options.js';
import { tryPassing } from './pass/protocols.js';
import { PassedRefusal } from './pass/refused.js';
import type { ErrorWriter } from './protocol.js';
import { Readiness } from './readiness.js';
import { responses } from './responses/protocol.js';
import { findRoute, plainPath, type Route } from './routes.js';
import { createRouting } from './routing/create.js';
import { createTelemetry } from './telemetry/telemetry.js';
import { type GatewayUsage, UsageCounters } from './usage.js';
import { hashUser } from './user-hash.js';

/** What a server tells a gateway about a request. */
export interface FetchDetails {
  /** Address of the client, for `authorize`. */
  remoteAddress?: string | undefined;
  /**
   * Keeps the runtime alive until something is done that goes on after the answer, such as counting what was used in `budgets`.
   * Workers need it: pass `(promise) => context.waitUntil(promise)`.
   */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}

/** A gateway. */
export interface Gateway {
  /** Answers a request. It is a fetch handler and never rejects. */
  fetch(request: Request, details?: FetchDetails): Promise<Response>;
  /**
   * Accepts no more requests, lets those that are running finish for `limits.closeGraceMs`, and then ends them with an error of
   * their protocol.
   */
  close(): Promise<void>;
  /** What each caller has used of each model since the gateway was created, in this process. */
  usage(): GatewayUsage[];
}

/**
 * Creates a gateway: a fetch handler that lets clients of OpenAI's Chat Completions and Responses and Anthropic's
 * Messages use any model of Bedrock. It runs wherever
 * fetch handlers do.
 *
 * @throws BedrockError `ERR_INPUT` for an option that is unknown, wrong or missing.
 *
 * @example
 * ```ts
 * import { createBedrock } from 'bedrock-anywhere';
 * import { createGateway, fromKeys, hashKey } from 'bedrock-anywhere/gateway';
 *
 * const gateway = createGateway({
 *   bedrock: createBedrock({ region: 'eu-central-1' }),
 *   authorize: fromKeys([{ name: 'team-a', hash: await hashKey('a long random key') }]),
 *   models: { aliases: { 'gpt-4o': 'eu.amazon.nova-pro-v1:0' } },
 * });
 * export default { fetch: (request: Request) => gateway.fetch(request) };
 * ```
 */
export function createGateway(options: GatewayOptions): Gateway {
  const settings = readGatewayOptions(options);
  const { authorize, bedrock, limits, now } = settings;
  const directory = createModelDirectory(bedrock, settings.models);
  const known = new KnownModels(settings.models);
  const routing = createRouting(settings);
  const telemetry = createTelemetry(settings.telemetry, now, known);
  const readiness = new Readiness(routing.clients.values(), settings);
  const counters = new UsageCounters(known);
  const running = new Running(limits.concurrency, limits.totalBodyBytes);
  const budgets = createBudgets(settings);
  const cors =
    settings.allowedOrigins.length > 0
      ? createCors(settings.allowedOrigins, settings.forwardHeaders)
      : undefined;

  async function findState(): Promise<'ok' | 'closing' | 'no-credentials'> {
    if (running.isClosing) return 'closing';
    return (await readiness.hasCredentials()) ? 'ok' : 'no-credentials';
  }

  async function answer(
    request: Request,
    url: URL,
    route: Route,
    entry: Entry,
    caller: Caller,
  ): Promise<Response> {
    if (settings.bedrockPaths === false && OF_BEDROCK.has(route.name))
      throw new Refusal('no-route', "This gateway does not serve Bedrock's own paths.");
    switch (route.name) {
      case 'models':
        return jsonResponse(
          await listModels(directory, caller, { headers: request.headers, query: url.searchParams }),
          200,
          entry.headers,
        );
      case 'model':
        return jsonResponse(await describeModel(directory, caller, route.id), 200, entry.headers);
      case 'inference-profiles':
        return jsonResponse(await listProfiles(directory, caller, url.searchParams), 200, entry.headers);
      default:
        return callModel(request, route, entry, caller);
    }
  }

  async function callModel(request: Request, route: Route, entry: Entry, caller: Caller): Promise<Response> {
    const run = running.start();
    const budget = budgets.open(caller);
    entry.budget = budget;
    const leave = (): void => run.abort(new Refusal('gone', 'The client has left.'));
    request.signal.addEventListener('abort', leave);
    if (request.signal.aborted) leave();
    const stopTimer = settings.startTimer(() => run.abort(slowRefusal(limits.requestMs)), limits.requestMs);
    const finish = (): void => {
      stopTimer();
      request.signal.removeEventListener('abort', leave);
    };
    const exchange: Passed<Exchange> = {
      settings,
      directory,
      routing,
      telemetry,
      request,
      requestId: entry.requestId,
      caller,
      run,
      budget,
      record: entry.record,
      onEnd(outcome) {
        finish();
        entry.end(200, outcome);
      },
    };
    try {
      const body = await readBody(request, {
        maxBytes: limits.bodyBytes,
        maxMs: limits.bodyMs,
        startTimer: settings.startTimer,
        signal: run.signal,
        hold: run.hold,
      });
      entry.record.userHash = hashUser(body.json);
      return await answerBody(exchange, route, body);
    } catch (error) {
      finish();
      // Before the run ends, because close() waits for runs first and then for what is being counted.
      const reason = error instanceof PassedRefusal ? error.cause : error;
      budget.settle({ partial: entry.record.partial, error: reason, isStream: entry.record.isStream });
      run.end();
      const isUnknown = !(error instanceof Refusal) && failureOf(error).kind === 'unknown-model';
      throw isUnknown ? await directory.refuseUnknown(entry.record.model ?? '', caller) : error;
    }
  }

  async function respond(
    request: Request,
    { remoteAddress, waitUntil }: FetchDetails = {},
  ): Promise<Response> {
    const url = new URL(request.url);
    const errors = errorsOf(url.pathname, request.headers);
    const began = now();
    let caller: Caller | undefined;
    const entry = startEntry(errors, (status, outcome) => {
      const { partial, ...record } = entry.record;
      const error = typeof outcome === 'object' ? outcome.error : undefined;
      const settled = entry.budget?.settle({ partial, error, isStream: record.isStream });
      if (settled !== undefined) waitUntil?.(settled);
      const logged: GatewayLogEntry = {
        ...record,
        model: record.model && cutName(record.model),
        requestId: entry.requestId,
        method: request.method,
        path: url.pathname,
        status,
        ms: now() - began,
        caller: caller?.name,
        outcome: typeof outcome === 'object' ? outcomeOf(error) : outcome,
        error,
        usage: partial?.usage,
        cost: partial?.cost,
      };
      counters.add(logged);
      if (settings.log !== undefined) tellLog(settings.log, logged);
    });
    try {
      const preflight = cors?.answerPreflight(request);
      if (preflight !== undefined) return preflight;
      const route = findRoute(request.method, url.pathname);
      if (route.name === 'root' || route.name === 'health' || route.name === 'ready') {
        const state = route.name === 'ready' ? await findState() : 'ok';
        return jsonResponse(
          request.method === 'HEAD' ? undefined : { status: state },
          state === 'ok' ? 200 : 503,
          {},
        );
      }
      caller = await authenticate(request, remoteAddress, authorize);
      const response = await answer(request, url, route, entry, caller);
      if (LISTS.has(route.name)) entry.end(200, 'complete');
      return response;
    } catch (error) {
      const failure = failureOf(error);
      const left = errors.limitHeaders?.(entry.budget?.states() ?? [], now());
      if (error instanceof PassedRefusal) {
        entry.end(failure.status, { error: error.cause });
        return error.respond({ ...left, ...entry.headers });
      }
      entry.end(errors.status?.(failure) ?? failure.status, { error });
      return errorResponse(failure, errors, entry.requestId, left);
    }
  }

  return {
    async fetch(request, details) {
      const response = await respond(request, details);
      cors?.share(request, response);
      return response;
    },
    usage: () => counters.list(),
    async close() {
      await running.close(limits.closeGraceMs, settings.startTimer);
      await budgets.idle();
    },
  };
}

/** What is collected for the log. */
interface Entry {
  requestId: string;
  headers: Record<string, string>;
  record: ExchangeRecord;
  budget: RequestBudget | undefined;
  end(status: number, outcome: { error: unknown } | 'complete' | 'client-gone'): void;
}

function slowRefusal(ms: number): Refusal {
  return new Refusal(
    'timeout',
    `The answer was not complete within ${ms} ms, which is this gateway's limits.requestMs. Ask for a shorter one.`,
  );
}

function startEntry({ requestIdHeader }: ErrorWriter, onEnd: Entry['end']): Entry {
  const requestId = `req_${crypto.randomUUID().replaceAll('-', '')}`;
  return {
    requestId,
    headers: { [requestIdHeader]: requestId },
    budget: undefined,
    record: {
      model: undefined,
      modelId: undefined,
      userHash: undefined,
      isStream: false,
      notes: [],
      targets: [],
      partial: undefined,
    },
    end: onEnd,
  };
}

/** Bedrock's own paths. */
const OF_BEDROCK: ReadonlySet<string> = new Set([
  'bedrock-model',
  'bedrock-messages',
  'bedrock-count-tokens',
  'inference-profiles',
]);

/** Routes whose answer is complete at once. */
const LISTS: ReadonlySet<string> = new Set(['models', 'model', 'inference-profiles']);

/** Answers a request about a model whose body has been read. */
async function answerBody(exchange: Passed<Exchange>, route: Route, body: ReadBody): Promise<Response> {
  switch (route.name) {
    case 'bedrock-model':
      return answerModelPath(exchange, route.model, body);
    case 'bedrock-messages':
      return answerMessagesPath({ ...exchange, protocol: messages }, body, false);
    case 'bedrock-count-tokens':
      return answerMessagesPath({ ...exchange, protocol: countTokens }, body, true);
    case 'count-tokens':
      return answerCount({ ...exchange, protocol: countTokens }, body.json);
    case 'embeddings':
      return answerEmbeddings({ ...exchange, protocol: chat }, body.json);
    case 'messages':
    case 'responses':
    case 'chat': {
      const whole = { ...exchange, protocol: PROTOCOLS[route.name] };
      return (await tryPassing(whole, route.name, body)) ?? answerByConverse(whole, body.json);
    }
    default:
      throw new Error(`The route ${route.name} has no model.`);
  }
}

const PROTOCOLS = { chat, responses, messages };

/** How a path tells about failures. The list of models is read by clients of several: Anthropic's name the version of their API. */
function errorsOf(fullPath: string, headers: Headers): ErrorWriter {
  const path = plainPath(fullPath);
  if (isAwsPath(path)) return awsErrors;
  if (path.startsWith('/v1/messages') || path.startsWith('/anthropic/')) return messagesErrors;
  return path.startsWith('/v1/models') && headers.has('anthropic-version') ? messagesErrors : openAiErrors;
}
