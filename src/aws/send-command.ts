import type { BedrockClient } from '@aws-sdk/client-bedrock';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { type BedrockError, makeError } from '../errors.js';
import { cleanId, listSecrets } from '../foreign-text/foreign-text.js';
import type { TransportCall } from '../options.js';
import { foreignBody, isEventStream } from '../wire/error-body.js';
import { closeOnAbort } from './body.js';
import type { Command, Middleware } from './commands.js';
import type { Progress } from './sdk-error.js';
import { toHeaders } from './sdk-error.js';

type Client = BedrockRuntimeClient | BedrockClient;

/** The AWS client, as if it had one `send` for all commands. */
interface Sender {
  send(command: Command, options: { abortSignal: AbortSignal }): Promise<{ $metadata: Metadata }>;
}

interface Metadata {
  requestId?: string;
}

interface HttpRequest {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  headers: Record<string, string>;
}

interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body?: unknown;
}

/** Sends a command, notes in `progress` how far it gets, and returns the AWS client's output. */
export async function sendCommand(
  client: Client,
  command: Command,
  call: TransportCall,
  progress: Progress,
): Promise<unknown> {
  command.middlewareStack.add(addHeaders(call), { step: 'build', name: 'bedrockAnywhereHeaders' });
  command.middlewareStack.add(noteProgress(call, progress), {
    step: 'deserialize',
    name: 'bedrockAnywhereProgress',
    // Next to the request handler, so that its response is seen before the client reads it.
    priority: 'low',
  });
  const output = await (client as unknown as Sender).send(command, { abortSignal: call.signal });
  progress.requestId = cleanId(output.$metadata?.requestId, call.secrets) ?? progress.requestId;
  return output;
}

/** Adds the headers of the call before the request is signed, so that they are signed too. */
function addHeaders({ headers }: TransportCall): Middleware {
  return (next) => (args) => {
    Object.assign((args.request as HttpRequest).headers, headers);
    return next(args);
  };
}

function noteProgress(
  { operation, onRequest, onResponse, secrets, signal }: TransportCall,
  progress: Progress,
): Middleware {
  return (next, context) => async (args) => {
    const request = args.request as HttpRequest;
    secrets.push(...listSecrets(request.headers), ...listIdentitySecrets(context));
    progress.endpoint = readEndpoint(request);
    progress.status = undefined;
    onRequest(new URL(request.path, progress.endpoint).href);
    const result = await next(args);
    const response = result.response as HttpResponse;
    const headers = toHeaders(response.headers);
    progress.status = response.statusCode;
    progress.requestId = cleanId(headers.get('x-amzn-requestid'), secrets);
    onResponse(response.statusCode, progress.requestId);
    progress.headers = headers;
    if (operation.endsWith('Stream') && response.statusCode < 300) {
      // The client would read any response as a stream of events, and its first bytes as a length.
      if (!isEventStream(headers)) throw foreignAnswerError(response.statusCode, headers);
      response.body = closeOnAbort(response.body, signal);
    }
    return result;
  };
}

/** Lists the secrets that the client signs with. It keeps them in the context of a command, under a name of its own. */
function listIdentitySecrets({ __smithy_context: kept }: Record<string, unknown>): string[] {
  const { selectedHttpAuthScheme: scheme } = Object(kept) as {
    selectedHttpAuthScheme?: { identity?: Record<string, unknown> };
  };
  const { secretAccessKey, token } = scheme?.identity ?? {};
  return [secretAccessKey, token].filter((secret) => typeof secret === 'string');
}

function readEndpoint({ protocol, hostname, port }: HttpRequest): URL {
  return new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
}

function foreignAnswerError(status: number, headers: Headers): BedrockError {
  return makeError('ERR_PROTOCOL', foreignBody(status, headers, undefined), { status, phase: 'request' });
}
