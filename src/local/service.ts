import { hashPayload } from '../sign/sigv4.js';
import { type Admitted, authenticate } from './access/authenticate.js';
import { isIdentityRoute, mustBeSigned, writeIdentityException } from './access/identity.js';
import { authorize } from './access/policy.js';
import { assemble, type Parts } from './assemble.js';
import { capitalize, ServiceException, writeBedrockException } from './exception.js';
import { answerPreflight, isFromPage, writeCorsHeaders } from './http/cors.js';
import { type Faults, nameFaults } from './http/faults.js';
import { createForeignResponse, throwFault } from './http/faulty-response.js';
import { pathOf, type Received, receive } from './http/received.js';
import { apiOf, type LocalApi, matchRoute, type Route } from './http/routes.js';
import { sleep, streamBody } from './http/stream-body.js';
import { answerOperation, createReply, type Reply } from './operations.js';
import type { LocalBedrock, LocalBedrockOptions, ReceivedRequest } from './options.js';
import { randomUuid } from './random.js';
import { createRequestLog, type RequestLog } from './request-log.js';

/** A local Bedrock, and its entrance for servers, which takes requests as they came over the wire. */
export interface LocalService {
  bedrock: LocalBedrock;
  handle(request: Received): Promise<Response>;
}

/** A request under way. */
interface Call {
  request: Received;
  route: Route | undefined;
  api: LocalApi;
  /** Its entry in the log. */
  entry: ReceivedRequest;
  /** Headers of every response. */
  headers: Record<string, string>;
  requestId: string;
  startedAt: number;
}

/**
 * Creates a local Bedrock.
 *
 * @throws BedrockError `ERR_INPUT` for a wrong option
 */
export function createLocalService(options: LocalBedrockOptions): LocalService {
  const parts = assemble(options);
  const log = createRequestLog();
  const open = new Set<Call>();

  async function handle(request: Received): Promise<Response> {
    if (isPreflight(request) && refusalOf(request, 'bedrock', parts) === undefined) {
      return answerPreflight(request.headers);
    }
    const call = createCall(request, log, parts);
    open.add(call);
    const onEnd = (): void => {
      if (open.delete(call)) noteEnd(call, parts, options.onRequestEnd);
    };
    try {
      return await answer(call, parts, onEnd);
    } catch (error) {
      const response = respondToFailure(call, error);
      onEnd();
      return response;
    }
  }

  const bedrock: LocalBedrock = {
    ...parts.facts,
    async fetch(request) {
      return handle(await receive(request));
    },
    requests: log.entries,
    liveConnections: () => open.size,
  };
  return { bedrock, handle };
}

function isPreflight({ method, headers }: Received): boolean {
  return method === 'OPTIONS' && headers.has('origin');
}

function createCall(request: Received, log: RequestLog, parts: Parts): Call {
  const { now, exposeHeaders, isAllowedOrigin } = parts;
  const startedAt = now();
  const requestId = randomUuid();
  const route = matchRoute(request);
  const api = apiOf(request, route);
  const headers = {
    date: new Date(startedAt).toUTCString(),
    'x-amzn-requestid': requestId,
    // Metadata is for this machine, not for pages.
    ...(api !== 'metadata' && isAllowedOrigin(request) && writeCorsHeaders(request.headers, exposeHeaders)),
  };
  return { request, route, api, entry: log.add(request, route, startedAt), headers, requestId, startedAt };
}

function noteEnd(
  { entry, startedAt }: Call,
  { now }: Parts,
  onRequestEnd: LocalBedrockOptions['onRequestEnd'],
): void {
  entry.durationMs = now() - startedAt;
  try {
    onRequestEnd?.(entry);
  } catch {
    // A log that fails must not fail the request.
  }
}

/** Answers a call, or throws what it is rejected with. */
async function answer(call: Call, parts: Parts, onEnd: () => void): Promise<Response> {
  const { request, headers } = call;
  const refusal = refusalOf(request, call.api, parts);
  if (refusal !== undefined) throw refusal;
  const bodyHash = await hashPayload(request.body);
  const faults = faultsFor(call, parts, bodyHash);
  call.entry.faults = nameFaults(faults);
  const foreign = createForeignResponse(faults, headers);
  if (foreign !== undefined) {
    call.entry.status = foreign.status;
    onEnd();
    return foreign;
  }
  const route = requireRoute(call);
  const admitted = admit(call, route, parts, bodyHash, faults.refuse);
  throwFault(faults);
  const reply = await carryOut(call, route, admitted, parts, bodyHash);
  return respond(call, reply, { ...faults, ...reply.faults }, onEnd);
}

/** Why a request is rejected before anything looks at what it wants: pages must not even use up faults or script rules. */
function refusalOf(
  request: Received,
  api: LocalApi,
  { isAllowedOrigin }: Parts,
): ServiceException | undefined {
  if (request.refusal !== undefined) return request.refusal;
  if (api === 'metadata' ? !isFromPage(request.headers) : isAllowedOrigin(request)) return undefined;
  return new ServiceException(
    'AccessDeniedException',
    api === 'metadata'
      ? 'Instance and container metadata are for programs on this machine, never for web pages.'
      : `Pages of ${request.headers.get('origin')?.slice(0, 100)} may not use this local Bedrock. Start it with ` +
          'allowedOrigins that include this origin (--allowed-origin), if the page is yours.',
  );
}

function faultsFor({ request, api }: Call, { ledger }: Parts, bodyHash: string): Faults {
  const header = request.headers.get('x-local-fault');
  // The faults of the options are for Bedrock: requests for credentials in between must not use them up.
  if (header === undefined && api !== 'bedrock') return {};
  const invocation = request.headers.get('amz-sdk-invocation-id') ?? '';
  try {
    return ledger.next(header, `${request.method} ${request.target} ${bodyHash} ${invocation}`);
  } catch (error) {
    throw new ServiceException('ValidationException', messageOf(error));
  }
}

function requireRoute({ route, request }: Call): Route {
  if (route === undefined) {
    const { method, target, headers } = request;
    const name = headers.get('x-amz-target') ?? pathOf(target).slice(0, 200);
    throw new ServiceException(
      'UnknownOperationException',
      `${method} ${name} is not implemented by the local Bedrock.`,
    );
  }
  return route;
}

/** Checks who calls, and whether they may. */
function admit(
  { request, api, startedAt }: Call,
  route: Route,
  { keys, regions, sessions, models, denied }: Parts,
  bodyHash: string,
  deniedBy: string | undefined,
): Admitted {
  if (api !== 'bedrock' && !mustBeSigned(route)) return { accessKeyId: undefined, region: regions[0] ?? '' };
  const service = api === 'sts' ? 'sts' : 'bedrock';
  const takesApiKeys = api === 'bedrock' && route.operation !== 'Rerank';
  const gate = { keys, regions, service, takesApiKeys, bodyHash, nowMs: startedAt } as const;
  const admitted = authenticate(request, gate);
  if (!isIdentityRoute(route)) {
    const { accessKeyId, region } = admitted;
    const caller = sessions.callerOf(accessKeyId ?? '');
    const byApiKey = accessKeyId === undefined;
    authorize(denied, { route, caller, byApiKey, region, catalog: models(region).catalog, deniedBy });
  }
  return admitted;
}

function carryOut(
  { request, requestId, startedAt, entry }: Call,
  route: Route,
  { accessKeyId, region }: Admitted,
  { identity, models }: Parts,
  bodyHash: string,
): Reply | Promise<Reply> {
  if (isIdentityRoute(route)) {
    return createReply(identity.answer({ request, route, accessKeyId, requestId, nowMs: startedAt }));
  }
  // The same body gets the same answer.
  const seed = Number.parseInt(bodyHash.slice(0, 8), 16);
  const onUsage = ({ inputTokens, outputTokens }: NonNullable<ReceivedRequest['usage']>): void => {
    entry.usage = { inputTokens, outputTokens };
  };
  return answerOperation(models(region), request, route, { region, seed, startedAt, onUsage });
}

/** Sends a reply, with the faults that concern its body. */
async function respond(
  { request, entry, headers }: Call,
  { isStream, pieces, headers: own }: Reply,
  faults: Faults,
  onEnd: () => void,
): Promise<Response> {
  const { exception, errorFrame, delayMs, truncate, reset } = faults;
  const inStream = exception ?? errorFrame;
  entry.errorType = inStream?.name;
  // Without frames, the exception is the whole response.
  if (!isStream && inStream !== undefined) throw new ServiceException(capitalize(inStream.name));
  if (!isStream && delayMs !== undefined) await sleep(delayMs, request.signal);
  const all: Record<string, string> = { ...headers, ...own };
  // A response that is going to be truncated must not promise its length.
  if (truncate !== undefined || reset !== undefined) delete all['content-length'];
  const bodyFaults = isStream ? faults : { ...faults, delayMs: 0 };
  entry.status = 200;
  return new Response(streamBody(pieces, bodyFaults, request.signal, onEnd), { headers: all });
}

function respondToFailure({ request, api, entry, headers, requestId }: Call, error: unknown): Response {
  const exception =
    error instanceof ServiceException
      ? error
      : new ServiceException('InternalServerException', messageOf(error));
  entry.status = exception.status;
  entry.errorType = exception.name;
  const reply =
    api === 'bedrock'
      ? writeBedrockException(exception)
      : writeIdentityException(exception, api, request, requestId);
  return new Response(reply.body, {
    status: exception.status,
    headers: { ...headers, ...reply.headers },
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
