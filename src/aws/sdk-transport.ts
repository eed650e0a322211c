import type { BedrockClient } from '@aws-sdk/client-bedrock';
import type {
  BedrockRuntimeClient,
  ContentBlock,
  ConverseResponse,
  ConverseStreamResponse,
} from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import { readOptions } from '../input/options.js';
import { hasMethods, type Read, refuse } from '../input/read.js';
import type { CallOptions, Transport, TransportCall, TransportStream } from '../types.js';
import { targetOf } from './client-target.js';
import { commandOf } from './commands.js';
import { fromSdkError, type Progress } from './sdk-error.js';
import { known, taggedEvent } from './sdk-event.js';
import { sendCommand } from './send-command.js';

/** What `sdkTransport()` sends through. */
export interface SdkTransportOptions {
  /** Sends what is asked of models. */
  client: BedrockRuntimeClient;
  /** Sends what `discover()` asks. Default: none, and `discover()` says so. */
  controlClient?: BedrockClient | undefined;
}

/** Options of a call that are set on the AWS client instead. */
const OF_THE_CLIENT = [
  'region',
  'credentials',
  'endpoint',
  'allowInsecureEndpoint',
  'allowLongLivedKeys',
  'fetch',
  'maxAttempts',
  'maxRetryDelayMs',
  'onRequest',
  'onResponse',
  'onRetry',
] as const satisfies readonly (keyof CallOptions)[];

/**
 * Sends every call through AWS's own clients, with their middleware, proxy, credentials, retries and endpoint. Streams,
 * results and errors are this library's: an answer that was cut is an error, leaving the loop closes the connection, and
 * an abort rejects with its reason.
 *
 * Region, credentials, endpoint, `fetch`, attempts and hooks belong to the clients: passing them as options of a call is an
 * `ERR_INPUT`.
 * With a `FetchHttpHandler` as the client's `requestHandler` it runs in browsers and at the edge too.
 *
 * @example
 * ```ts
 * import { BedrockClient } from '@aws-sdk/client-bedrock';
 * import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
 * import { createBedrock } from 'bedrock-anywhere';
 * import { eventStreamSerdeProvider, sdkTransport } from 'bedrock-anywhere/aws';
 *
 * const client = new BedrockRuntimeClient({ region: 'eu-central-1', eventStreamSerdeProvider });
 * const controlClient = new BedrockClient({ region: 'eu-central-1' });
 * const bedrock = createBedrock({ transport: sdkTransport({ client, controlClient }) });
 * ```
 */
export function sdkTransport(options: SdkTransportOptions): Transport {
  const known = { client: awsClient, controlClient: awsClient } satisfies Record<
    keyof SdkTransportOptions,
    Read
  >;
  const { client, controlClient } = readOptions<SdkTransportOptions>(options, known, 'sdkTransport()');
  if (client === undefined)
    throw inputError('sdkTransport() needs a client: new BedrockRuntimeClient({ … }).');
  const clientOf = (service: string): BedrockRuntimeClient | BedrockClient => {
    if (service === 'bedrock-runtime') return client;
    if (controlClient !== undefined) return controlClient;
    throw inputError(
      'discover() asks the control plane, and this transport has no client for it. Pass one: ' +
        'sdkTransport({ client, controlClient: new BedrockClient({ … }) }).',
    );
  };
  return {
    async target(service, options) {
      for (const name of OF_THE_CLIENT) {
        if (options[name] === undefined) continue;
        throw inputError(
          `The option ${name} belongs to the AWS client, which sends the calls: give it to ` +
            `new ${service === 'bedrock' ? 'BedrockClient' : 'BedrockRuntimeClient'}({ … }), or omit the transport.`,
        );
      }
      return targetOf(clientOf(service), service);
    },
    async request(call) {
      const progress = begun(call);
      const { service, command } = await commandOf(call);
      try {
        const output = await sendCommand(clientOf(service), command, call, progress);
        const { $metadata: _told, ...json } = output as Record<string, unknown>;
        if (call.operation === 'Converse') unwrapBlocks(json as unknown as ConverseResponse);
        return { json, requestId: progress.requestId, attempts: progress.attempts };
      } catch (cause) {
        throw fromSdkError(cause, progress);
      }
    },
    async open(call) {
      const progress = begun(call);
      const { command } = await commandOf(call);
      try {
        const { stream } = (await sendCommand(client, command, call, progress)) as ConverseStreamResponse;
        return streamOf(stream ?? noEvents(), progress);
      } catch (cause) {
        throw fromSdkError(cause, progress);
      }
    },
  };
}

const awsClient: Read = (value, path) =>
  hasMethods(value, 'send')
    ? value
    : refuse(path, value, 'an AWS client, such as new BedrockRuntimeClient({ … })');

type Events = NonNullable<ConverseStreamResponse['stream']>;

function begun({ operation, resource }: TransportCall): Progress {
  return { operation, resource, endpoint: undefined, status: undefined, requestId: undefined, attempts: 0 };
}

/** Whether the answer is whole is asked by who reads it: the AWS client takes any end for a good one. */
function streamOf(events: Events, progress: Progress): TransportStream {
  const iterator = events[Symbol.asyncIterator]();
  return {
    async read() {
      try {
        for (;;) {
          const { done, value } = await iterator.next();
          if (done === true) return { done };
          const event = taggedEvent(value);
          if (event !== undefined) return { done: false, value: event };
        }
      } catch (cause) {
        throw fromSdkError(cause, progress);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
    requestId: progress.requestId,
    attempts: progress.attempts,
  };
}

async function* noEvents(): Events {}

function unwrapBlocks({ output }: Partial<ConverseResponse>): void {
  const message = output?.message;
  if (Array.isArray(message?.content))
    message.content = message.content.map((block: ContentBlock) => known(block));
}
