import type { BedrockClient } from '@aws-sdk/client-bedrock';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { type BedrockError, makeError } from '../errors.js';
import type { TransportCall } from '../options.js';
import { foreignBody } from '../wire/error-body.js';
import { closedOnAbort } from './body.js';
import type { Command, Middleware } from './commands.js';
import type { Progress } from './sdk-error.js';
import { answerHeaders } from './sdk-error.js';

type Client = BedrockRuntimeClient | BedrockClient;

/** The AWS client as what it is for all commands alike. */
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

/** Sends a command, notes how far it comes, and gives the AWS client's output. */
export async function sendCommand(
  client: Client,
  command: Command,
  call: TransportCall,
  progress: Progress,
): Promise<unknown> {
  command.middlewareStack.add(withHeaders(call), { step: 'build', name: 'bedrockAnywhereHeaders' });
  command.middlewareStack.add(noting(call, progress), {
    step: 'deserialize',
    name: 'bedrockAnywhereProgress',
    // Next to the request handler: what it gives is seen before the client reads it.
    priority: 'low',
  });
  const output = await (client as unknown as Sender).send(command, { abortSignal: call.signal });
  progress.requestId = output.$metadata?.requestId ?? progress.requestId;
  return output;
}

/** Added before the request is signed, so that the client signs them too. */
function withHeaders({ headers }: TransportCall): Middleware {
  return (next) => (args) => {
    Object.assign((args.request as HttpRequest).headers, headers);
    return next(args);
  };
}

function noting({ operation, onRequest, onResponse, signal }: TransportCall, progress: Progress): Middleware {
  return (next) => async (args) => {
    const request = args.request as HttpRequest;
    progress.endpoint = endpointOf(request);
    progress.status = undefined;
    onRequest(new URL(request.path, progress.endpoint).href);
    const result = await next(args);
    const response = result.response as HttpResponse;
    const headers = answerHeaders(response.headers);
    progress.status = response.statusCode;
    progress.requestId = headers.get('x-amzn-requestid') ?? undefined;
    onResponse(response.statusCode, progress.requestId);
    if (operation === 'ConverseStream' && response.statusCode < 300) {
      // The client would take any answer for a stream of events, and its first bytes for a length.
      if (!(headers.get('content-type') ?? '').startsWith('application/vnd.amazon.eventstream'))
        throw foreignAnswer(response.statusCode, headers);
      response.body = closedOnAbort(response.body, signal);
    }
    return result;
  };
}

function endpointOf({ protocol, hostname, port }: HttpRequest): URL {
  return new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
}

function foreignAnswer(status: number, headers: Headers): BedrockError {
  return makeError('ERR_PROTOCOL', foreignBody(status, headers, ''), { status, phase: 'request' });
}
