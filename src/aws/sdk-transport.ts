import type {
  ContentBlock,
  ConverseResponse,
  InvokeModelResponse,
  ResponseStream,
} from '@aws-sdk/client-bedrock-runtime';
import { settingsError } from '../errors.js';
import { readOptions } from '../input/options.js';
import { any, hasMethods, type Read, refuse, text } from '../input/read.js';
import { createChunk } from '../invoke/chunk.js';
import type {
  CallOptions,
  EventReader,
  Settings,
  Transport,
  TransportCall,
  TransportStreamCall,
} from '../options.js';
import { pickHeaders } from '../transport/body.js';
import type { InvokeChunk } from '../types.js';
import { resolveClientDestination } from './client-destination.js';
import { createClients, type SdkTransportOptions } from './clients.js';
import { createCommand } from './commands.js';
import { fromSdkError, type Progress } from './sdk-error.js';
import { tagEvent, unwrapUnknown } from './sdk-event.js';
import { sendCommand } from './send-command.js';

/** Options that belong to the AWS client. */
const OF_THE_CLIENT = [
  'region',
  'credentials',
  'endpoint',
  'allowInsecureEndpoint',
  'allowLongLivedKeys',
  'fetch',
  'maxAttempts',
  'maxRetryDelayMs',
] as const satisfies readonly (keyof CallOptions)[];

function isSet(value: Settings[(typeof OF_THE_CLIENT)[number]]): boolean {
  return typeof value === 'object' && value !== null && 'bound' in value
    ? value.bound !== undefined || value.call !== undefined
    : value !== undefined;
}

/**
 * Sends every call through AWS's own clients, with their middleware, proxy, credentials, retries and endpoint. Streams,
 * results and errors are this library's: a truncated answer is an error, leaving the loop closes the connection, and an
 * abort rejects with its reason.
 *
 * Region, credentials, endpoint, `fetch` and attempts belong to the clients, so passing them as options of a call is an
 * `ERR_INPUT`. Each attempt is one `send()` of the client, which may retry by itself. With a `FetchHttpHandler` as the
 * client's `requestHandler` it also runs in browsers and at the edge; `sdkTransport({ region })` creates such clients.
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
  const known = {
    client: awsClient,
    controlClient: awsClient,
    region: text,
    credentials: any,
  } satisfies Record<keyof SdkTransportOptions, Read>;
  const clientOf = createClients(readOptions<SdkTransportOptions>(options, known, 'sdkTransport()'));
  return {
    async destination(service, settings) {
      if (service === 'bedrock-agent-runtime' || service === 'bedrock-mantle')
        throw settingsError(
          `sdkTransport() has no client for ${service}. Omit the transport, or call invokeModel().`,
        );
      for (const name of OF_THE_CLIENT) {
        if (!isSet(settings[name])) continue;
        throw settingsError(
          `The option ${name} belongs to the AWS client, which sends the calls. Pass it to ` +
            `new ${service === 'bedrock' ? 'BedrockClient' : 'BedrockRuntimeClient'}({ … }), or omit the transport.`,
        );
      }
      return resolveClientDestination(await clientOf(service), service);
    },
    async unary(call) {
      const progress = startProgress(call);
      const { service, command } = await createCommand(call);
      try {
        const output = await sendCommand(await clientOf(service), command, call, progress);
        const { $metadata: _, ...json } = output as Record<string, unknown>;
        if (call.operation === 'Converse') unwrapBlocks(json as unknown as ConverseResponse);
        return { json, requestId: progress.requestId };
      } catch (cause) {
        throw fromSdkError(cause, progress);
      }
    },
    async bytes(call) {
      const progress = startProgress(call);
      const { service, command } = await createCommand(call);
      try {
        const output = await sendCommand(await clientOf(service), command, call, progress);
        const { body } = output as InvokeModelResponse;
        return {
          // Copied, because the client's object has methods.
          body: new Uint8Array(body ?? []),
          headers: pickHeaders(progress.headers ?? new Headers(), call.secrets),
          requestId: progress.requestId,
        };
      } catch (cause) {
        throw fromSdkError(cause, progress);
      }
    },
    async stream<E>(call: TransportStreamCall<E>) {
      const progress = startProgress(call);
      const { service, command } = await createCommand(call);
      try {
        const output = await sendCommand(await clientOf(service), command, call, progress);
        const { stream, body } = output as { stream?: Events; body?: Events };
        const read = call.operation === 'ConverseStream' ? tagEvent : readChunk;
        const events = new SdkEventReader<unknown>(stream ?? body ?? noEvents(), read, progress);
        return events as EventReader<E>;
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

/** The events of any of AWS's streams. */
type Events = AsyncIterable<never>;

function startProgress({ operation, modelId, secrets }: TransportCall): Progress {
  return {
    operation,
    modelId,
    endpoint: undefined,
    status: undefined,
    headers: undefined,
    requestId: undefined,
    secrets,
  };
}

/** Reads the events of the AWS client. Whether the answer is complete is checked by the caller: the client accepts any end. */
class SdkEventReader<E> implements EventReader<E> {
  readonly #events: AsyncIterator<never>;
  readonly #read: (event: never) => E | undefined;
  readonly #progress: Progress;
  #next: E | undefined;

  constructor(events: Events, read: (event: never) => E | undefined, progress: Progress) {
    this.#events = events[Symbol.asyncIterator]();
    this.#read = read;
    this.#progress = progress;
  }

  get requestId(): string | undefined {
    return this.#progress.requestId;
  }

  take(): E | undefined {
    const event = this.#next;
    this.#next = undefined;
    return event;
  }

  async more(): Promise<boolean> {
    try {
      while (this.#next === undefined) {
        const { done, value } = await this.#events.next();
        if (done === true) return false;
        this.#next = this.#read(value);
      }
      return true;
    } catch (cause) {
      throw fromSdkError(cause, this.#progress);
    }
  }

  close(): void {
    this.#events.return?.().catch(ignore);
  }
}

function ignore(): void {}

async function* noEvents(): Events {}

/** An event of InvokeModelWithResponseStream; undefined for an unknown kind. Exceptions are thrown. */
function readChunk(event: ResponseStream): InvokeChunk | undefined {
  for (const member of Object.values(event) as unknown[]) if (member instanceof Error) throw member;
  const bytes = event.chunk?.bytes;
  return bytes && createChunk(bytes);
}

function unwrapBlocks({ output }: Partial<ConverseResponse>): void {
  const message = output?.message;
  if (Array.isArray(message?.content))
    message.content = message.content.map((block: ContentBlock) => unwrapUnknown(block));
}
