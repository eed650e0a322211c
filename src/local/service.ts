import { hashPayload } from '../sign/sigv4.js';
import { type Admitted, authenticate } from './access/authenticate.js';
import { keyActionOf, listEndpointNeeds } from './access/endpoint-policy.js';
import { isIdentityRoute, mustBeSigned, writeIdentityException } from './access/identity.js';
import { authorize, listNeeds } from './access/policy.js';
import { assemble, type Parts } from './assemble.js';
import { type Address, readAddress } from './endpoints/address.js';
import { statusOf, writeEndpointException } from './endpoints/failure.js';
import { requireServedPath } from './endpoints/paths.js';
import { capitalize, ServiceException, type WholeReply, writeBedrockException } from './exception.js';
import { answerPreflight, isFromPage, writeCorsHeaders } from './http/cors.js';
import { type Faults, nameFaults } from './http/faults.js';
import { createForeignResponse, throwFault } from './http/faulty-response.js';
import { pathOf, type Received, receive } from './http/received.js';
import {
  apiOf,
  isBedrockApi,
  isEndpointApi,
  isRouteOf,
  type LocalApi,
  matchRoute,
  type Route,
} from './http/routes.js';
import { sleep, streamBody } from './http/stream-body.js';
import { createReply, type Operations, type Reply } from './operations.js';
import type { LocalBedrock, LocalBedrockOptions, ReceivedRequest } from './options.js';
import { randomUuid } from './random.js';
import { createRequestLog, type RequestLog } from './request-log.js';

/** A local Bedrock, and its entrance for servers, which takes requests as they came over the wire. */
export interface LocalService {
  bedrock: LocalBedrock;
  handle(request: Received): Promise<Response>;
  /** What may be changed while it runs, and what there is to choose from. */
  controls: Controls;
}

/** The parts of a local Bedrock that a person may change while it runs. */
export type Controls = Pick<Parts, 'ledger' | 'noAccess' | 'models' | 'regions'>;

/** A request under way. */
interface Call {
  request: Received;
  route: Route | undefined;
  api: LocalApi;
  /** Where a request in the protocol of another vendor goes. */
  address: Address | undefined;
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
 * @param operations What it can do.
 * @param onChange Called with a request that has arrived, and again when its response has ended.
 * @throws BedrockError `ERR_INPUT` for a wrong option
 */
export function createLocalService(
  options: LocalBedrockOptions,
  operations: Operations,
  onChange: (request: ReceivedRequest) => void = () => undefined,
): LocalService {
  const parts = assemble(options, operations);
  const log = createRequestLog();
  const open = new Set<Call>();

  async function handle(request: Received): Promise<Response> {
    if (isPreflight(request) && refusalOf(request, 'bedrock', parts) === undefined) {
      return answerPreflight(request.headers);
    }
    const call = createCall(request, log, parts);
    open.add(call);
    onChange(call.entry);
    const onEnd = (): void => {
      if (!open.delete(call)) return;
      noteEnd(call, parts, options.onRequestEnd);
      onChange(call.entry);
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
  return { bedrock, handle, controls: parts };
}

function isPreflight({ method, headers }: Received): boolean {
  return method === 'OPTIONS' && headers.has('origin');
}

function createCall(request: Received, log: RequestLog, parts: Parts): Call {
  const { now, exposeHeaders, isAllowedOrigin } = parts;
  const startedAt = now();
  const requestId = randomUuid();
  const found = matchRoute(request);
  const api = apiOf(request, found);
  const address = readAddress(request);
  const route = found && { ...found, id: found.id ?? address?.model };
  const headers = {
    date: new Date(startedAt).toUTCString(),
    'x-amzn-requestid': requestId,
    ...(address?.endpoint === 'mantle' && { 'x-request-id': requestId }),
    // Metadata is for this machine, not for pages.
    ...(api !== 'metadata' && isAllowedOrigin(request) && writeCorsHeaders(request.headers, exposeHeaders)),
  };
  return {
    request,
    route,
    api,
    address,
    entry: log.add(request, route, startedAt),
    headers,
    requestId,
    startedAt,
  };
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

function faultsFor({ request, route, api }: Call, { ledger }: Parts, bodyHash: string): Faults {
  const header = request.headers.get('x-local-fault');
  // The faults of the options are for Bedrock: what a browser or a client requests besides must not use them up.
  if (header === undefined && (route === undefined || !isBedrockApi(api))) return {};
  const invocation = request.headers.get('amz-sdk-invocation-id') ?? '';
  try {
    return ledger.next(header, `${request.method} ${request.target} ${bodyHash} ${invocation}`);
  } catch (error) {
    throw new ServiceException('ValidationException', messageOf(error));
  }
}

function requireRoute({ route, request, address }: Call): Route {
  if (address !== undefined) requireServedPath(address, route, request);
  if (route === undefined) throw notImplemented(request);
  return route;
}

function notImplemented({ method, target, headers }: Received): ServiceException {
  const name = headers.get('x-amz-target') ?? pathOf(target).slice(0, 200);
  return new ServiceException(
    'UnknownOperationException',
    `${method} ${name} is not implemented by the local Bedrock.`,
  );
}

/** Checks who calls, and whether they may. */
function admit(
  { request, api, startedAt, address }: Call,
  route: Route,
  { keys, regions, sessions, models, denied }: Parts,
  bodyHash: string,
  deniedBy: string | undefined,
): Admitted {
  if (!isBedrockApi(api) && !mustBeSigned(route)) return { accessKeyId: undefined, region: regions[0] ?? '' };
  const isMantle = address?.endpoint === 'mantle';
  const admitted = authenticate(request, {
    keys,
    regions,
    services: isMantle ? ['bedrock-mantle', 'bedrock'] : [api === 'sts' ? 'sts' : 'bedrock'],
    keyHeaders: keyHeadersOf(api, route),
    isMantle,
    bodyHash,
    nowMs: startedAt,
  });
  if (isIdentityRoute(route)) return admitted;
  const { accessKeyId, region } = admitted;
  const { catalog } = models(region);
  const needs = isRouteOf(route, 'bedrock')
    ? listNeeds(route, region, catalog)
    : address && isRouteOf(route, 'openai', 'anthropic')
      ? listEndpointNeeds({ ...address, operation: route.operation, region, catalog })
      : [];
  authorize(denied, {
    needs,
    caller: sessions.callerOf(accessKeyId ?? ''),
    keyAction: accessKeyId === undefined ? keyActionOf(address?.endpoint) : undefined,
    missing: isMantle ? 'unnamed' : 'identity-policy',
    deniedBy,
  });
  return admitted;
}

function keyHeadersOf(api: LocalApi, { operation }: Route): ('authorization' | 'x-api-key')[] {
  if (api === 'anthropic') return ['authorization', 'x-api-key'];
  return isBedrockApi(api) && operation !== 'Rerank' ? ['authorization'] : [];
}

function carryOut(
  { request, requestId, startedAt, address, entry }: Call,
  route: Route,
  { accessKeyId, region }: Admitted,
  { identity, models, responses, operations }: Parts,
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
  if (isRouteOf(route, 'bedrock')) {
    const reply = operations.bedrock(models(region), request, route, { region, seed, startedAt, onUsage });
    if (reply === undefined) throw notImplemented(request);
    return reply;
  }
  if (operations.endpoint === undefined) throw notImplemented(request);
  if (address === undefined || !isRouteOf(route, 'openai', 'anthropic')) throw new Error('No such route.');
  const { headers, signal } = request;
  return operations.endpoint(models(region), responses, {
    address,
    route,
    headers,
    seed,
    startedAt,
    onUsage,
    requestId,
    signal,
  });
}

/** Sends a reply, with the faults that concern its body. */
async function respond(
  { request, entry, headers }: Call,
  { isStream, pieces, headers: own, fail }: Reply,
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
  return new Response(streamBody(pieces, bodyFaults, request.signal, onEnd, fail), { headers: all });
}

function respondToFailure({ request, api, entry, headers, requestId }: Call, error: unknown): Response {
  const exception =
    error instanceof ServiceException
      ? error
      : new ServiceException('InternalServerException', messageOf(error));
  const status = isEndpointApi(api) ? statusOf(exception, api) : exception.status;
  entry.status = status;
  entry.errorType = exception.name;
  const reply = writeException(exception, api, request, requestId);
  return new Response(reply.body, { status, headers: { ...headers, ...reply.headers } });
}

/** Writes an exception as the service in question does. */
function writeException(
  exception: ServiceException,
  api: LocalApi,
  request: Received,
  requestId: string,
): WholeReply {
  if (api === 'bedrock') return writeBedrockException(exception);
  return isEndpointApi(api)
    ? writeEndpointException(exception, api, requestId)
    : writeIdentityException(exception, api, request, requestId);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
