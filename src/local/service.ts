import { inputError } from '../errors.js';
import { amzDate, payloadHash } from '../sign/sigv4.js';
import { authenticate } from './access/authenticate.js';
import {
  createIdentityService,
  identityExceptionReply,
  isIdentityRoute,
  isSigned,
  type WholeReply,
} from './access/identity.js';
import { createKeyRing, shortTermKey } from './access/keys.js';
import { authorize } from './access/policy.js';
import { createSessions } from './access/sessions.js';
import { defaultModels, defaultProfiles } from './account/account.js';
import { createCatalog } from './account/catalog.js';
import {
  inferenceProfile,
  listFoundationModels,
  listInferenceProfiles,
  modelAvailability,
} from './account/list.js';
import { parseBody } from './check/validate.js';
import { exceptionReply, nameOfStatus, ServiceException } from './exception.js';
import { corsHeaders, preflight } from './http/cors.js';
import { createFaultLedger, type Faults } from './http/faults.js';
import { queryOf, type Received, receive } from './http/received.js';
import { apiOf, type LocalApi, matchRoute, type OperationOf, type Route } from './http/routes.js';
import { type Piece, sleep, streamBody } from './http/stream-body.js';
import { converse, converseStream, countTokens, type ModelService } from './model/converse.js';
import { DEFAULT_GUARDRAILS } from './model/guardrail.js';
import { createPromptCache } from './model/prompt-cache.js';
import { createScript } from './model/script.js';
import { checkScript } from './model/script-check.js';
import type { LocalBedrock, LocalBedrockOptions, ReceivedRequest } from './options.js';
import { randomKeyId, randomSecret, uuid } from './random.js';
import { createRequestLog } from './request-log.js';

/** A local Bedrock, and the door that servers use: it takes requests as they came over the wire. */
export interface LocalService {
  bedrock: LocalBedrock;
  handle(request: Received): Promise<Response>;
}

/** What an operation answers. */
interface Reply {
  headers: Record<string, string>;
  pieces: Iterable<Piece>;
  streaming: boolean;
  /** What the script lets fail. */
  faults: Faults;
}

/** Makes a local Bedrock. */
export function createLocalService(options: LocalBedrockOptions): LocalService {
  const region = options.region ?? 'us-east-1';
  const now = options.now ?? Date.now;
  const { tokensPerSecond } = options;
  if (tokensPerSecond !== undefined && !(tokensPerSecond > 0)) {
    throw inputError(`tokensPerSecond is ${tokensPerSecond}. Pass a number above 0, or omit it.`);
  }
  const lifeSeconds = options.credentialsLifeSeconds ?? 3600;
  if (!(lifeSeconds > 0)) {
    throw inputError(`credentialsLifeSeconds is ${lifeSeconds}. Pass a number above 0, or omit it.`);
  }
  if (options.tools !== undefined && options.tools !== 'demo') {
    throw inputError(`tools is ${JSON.stringify(options.tools)}. Pass 'demo', or omit it.`);
  }
  const script = options.script ?? [];
  checkScript(script);
  const credentials = { accessKeyId: randomKeyId('ASIA'), secretAccessKey: randomSecret() };
  const apiKey = shortTermKey(credentials, { amzDate: amzDate(now()), region, service: 'bedrock' });
  const keys = createKeyRing(
    region,
    [credentials, ...[options.credentials ?? []].flat()],
    [apiKey, ...[options.apiKey ?? []].flat()],
  );
  const models: ModelService = {
    catalog: createCatalog(
      region,
      options.models ?? defaultModels(region),
      options.profiles ?? defaultProfiles(region),
      options.noAccess,
    ),
    script: createScript(script),
    guardrails: options.guardrails ?? DEFAULT_GUARDRAILS,
    promptCache: createPromptCache(),
    isDemo: options.tools === 'demo',
    now,
    tokensPerSecond,
  };
  const identityPoolId = `${region}:${uuid()}`;
  const sessions = createSessions(keys, region, lifeSeconds, now);
  const identity = createIdentityService(options, { identityPoolId, region, sessions });
  const ledger = createFaultLedger(options.faults ?? []);
  const log = createRequestLog();
  let live = 0;

  async function handle(request: Received): Promise<Response> {
    if (request.method === 'OPTIONS') return preflight(request.headers);
    const startedAt = now();
    const requestId = uuid();
    const route = matchRoute(request);
    const api = apiOf(request, route);
    const entry = log.add(request, route, startedAt);
    const headers = {
      date: new Date(startedAt).toUTCString(),
      'x-amzn-requestid': requestId,
      // Metadata is for this machine, not for pages.
      ...(api === 'metadata' ? {} : corsHeaders(options.exposeHeaders ?? [])),
    };
    live += 1;
    try {
      const response = await answer(request, route, api, entry, headers, startedAt);
      entry.status = response.status;
      return response;
    } catch (error) {
      live -= 1;
      const exception =
        error instanceof ServiceException
          ? error
          : new ServiceException(
              'InternalServerException',
              error instanceof Error ? error.message : String(error),
            );
      entry.status = exception.status;
      entry.errorType = exception.name;
      const reply =
        api === 'bedrock'
          ? exceptionReply(exception)
          : identityExceptionReply(exception, api, request, requestId);
      return new Response(reply.body, {
        status: exception.status,
        headers: { ...headers, ...reply.headers },
      });
    }
  }

  /** Answers, or throws; an answer's body takes `live` down when it ends. */
  async function answer(
    request: Received,
    route: Route | undefined,
    api: LocalApi,
    entry: ReceivedRequest,
    headers: Record<string, string>,
    startedAt: number,
  ): Promise<Response> {
    const bodyHash = await payloadHash(request.body);
    const faults = faultsOf(request, api, bodyHash);
    const foreign = foreignResponse(faults, headers);
    if (foreign !== undefined) {
      live -= 1;
      return foreign;
    }
    if (route === undefined) throw new ServiceException('UnknownOperationException', '');
    if (request.tooLarge) {
      throw new ServiceException('RequestEntityTooLargeException', 'The request body is too large.');
    }
    const needsSignature = api === 'bedrock' || isSigned(route);
    const service = api === 'sts' ? 'sts' : 'bedrock';
    const accessKeyId = needsSignature
      ? await authenticate(request, { keys, region, service, nowMs: startedAt })
      : undefined;
    if (!isIdentityRoute(route)) {
      const { arn: caller } = sessions.callerOf(accessKeyId ?? '');
      const { catalog } = models;
      authorize(options.deny ?? [], { route, caller, byApiKey: accessKeyId === undefined, region, catalog });
    }
    refuse(faults);
    const requestId = headers['x-amzn-requestid'] ?? '';
    const reply = isIdentityRoute(route)
      ? wholeReply(identity.answer({ request, route, accessKeyId, requestId, nowMs: startedAt }))
      : operate(models, request, route, Number.parseInt(bodyHash.slice(0, 8), 16), startedAt);
    const all = { ...faults, ...reply.faults };
    const inFrame = all.exception ?? all.errorFrame;
    entry.errorType = inFrame?.name;
    if (!reply.streaming && inFrame !== undefined) throw unframed(inFrame.name);
    if (!reply.streaming && all.delayMs !== undefined) await sleep(all.delayMs, request.signal);
    const bodyFaults = reply.streaming ? all : { ...all, delayMs: 0 };
    const { 'content-length': length, ...replyHeaders } = reply.headers;
    // An answer that is to be cut must not promise its length.
    const cut = all.truncate !== undefined || all.reset !== undefined;
    if (length !== undefined && !cut) replyHeaders['content-length'] = length;
    const body = streamBody(reply.pieces, bodyFaults, request.signal, () => {
      live -= 1;
    });
    return new Response(body, { status: 200, headers: { ...headers, ...replyHeaders } });
  }

  function faultsOf(request: Received, api: LocalApi, bodyHash: string): Faults {
    const header = request.headers.get('x-local-fault');
    // The faults of the options are for Bedrock: who asks for credentials in between must not use them up.
    if (header === undefined && api !== 'bedrock') return {};
    const invocation = request.headers.get('amz-sdk-invocation-id') ?? '';
    const call = `${request.method} ${request.target} ${bodyHash} ${invocation}`;
    try {
      return ledger.next(header, call);
    } catch (error) {
      throw new ServiceException(
        'ValidationException',
        error instanceof Error ? error.message : String(error),
      );
    }
  }

  const bedrock: LocalBedrock = {
    async fetch(request) {
      return handle(await receive(request));
    },
    credentials,
    apiKey,
    identityPoolId,
    region,
    requests: log.entries,
    liveConnections: () => live,
  };
  return { bedrock, handle };
}

function operate(
  models: ModelService,
  request: Received,
  route: Route<OperationOf<'bedrock'>>,
  seed: number,
  startedAt: number,
): Reply {
  const query = new URLSearchParams(queryOf(request.target));
  const call = { modelId: route.id ?? '', seed, startedAt, json: undefined as unknown };
  switch (route.operation) {
    case 'ListFoundationModels':
      return jsonReply(JSON.stringify(listFoundationModels(models.catalog, query)));
    case 'ListInferenceProfiles':
      return jsonReply(JSON.stringify(listInferenceProfiles(models.catalog, query)));
    case 'GetInferenceProfile':
      return jsonReply(JSON.stringify(inferenceProfile(models.catalog, call.modelId)));
    case 'GetFoundationModelAvailability':
      return jsonReply(JSON.stringify(modelAvailability(models.catalog, call.modelId)));
    case 'CountTokens':
      return jsonReply(countTokens(models, { ...call, json: parseBody(request.body) }));
    case 'Converse':
      return jsonReply(converse(models, { ...call, json: parseBody(request.body) }));
    case 'ConverseStream': {
      const { pieces, failure } = converseStream(models, { ...call, json: parseBody(request.body) });
      const faults: Faults =
        failure === undefined ? {} : { exception: { ...failure, afterEvents: failure.afterEvents ?? 0 } };
      const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
      return { headers, pieces, streaming: true, faults };
    }
  }
}

function jsonReply(text: string): Reply {
  return wholeReply({ headers: { 'content-type': 'application/json' }, body: text });
}

function wholeReply(whole: WholeReply): Reply {
  const bytes = new TextEncoder().encode(whole.body);
  const headers = { ...whole.headers, 'content-length': String(bytes.length) };
  return { headers, pieces: [{ bytes, waitMs: 0 }], streaming: false, faults: {} };
}

/** The answer of something in between that is not Bedrock. */
function foreignResponse(faults: Faults, headers: Record<string, string>): Response | undefined {
  if (faults.html === true) {
    return new Response(page('502 Bad Gateway'), { status: 502, headers: { 'content-type': 'text/html' } });
  }
  if (faults.redirect !== undefined) {
    return new Response(null, { status: 307, headers: { location: faults.redirect } });
  }
  if (faults.notEventStream === 'html') {
    return new Response(page('Welcome'), {
      status: 200,
      headers: { ...headers, 'content-type': 'text/html' },
    });
  }
  if (faults.notEventStream === 'json') {
    return new Response('{"ok":true}', {
      status: 200,
      headers: { ...headers, 'content-type': 'application/json' },
    });
  }
  return undefined;
}

/** Where there are no frames, the exception is the answer itself. */
function unframed(name: string): ServiceException {
  return new ServiceException(name.charAt(0).toUpperCase() + name.slice(1));
}

function page(title: string): string {
  return `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
}

/** Throws what the faults put in place of an answer. */
function refuse({ throttle, status, retryAfterSeconds }: Faults): void {
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (throttle !== undefined && throttle > 0) {
    throw new ServiceException('ThrottlingException', undefined, undefined, headers);
  }
  if (status !== undefined) {
    throw new ServiceException(status.name ?? nameOfStatus(status.status), undefined, status.status, headers);
  }
}
