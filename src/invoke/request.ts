import type { PerformanceConfigLatency, ServiceTierType, Trace } from '@aws-sdk/client-bedrock-runtime';
import { parseModelId } from '../catalog/model-id.js';
import { encodeText } from '../encoding.js';
import { inputError } from '../errors.js';
import { bytes } from '../input/bytes.js';
import { isObject, type Path, type Read, readWhole, refuse, text } from '../input/read.js';
import { struct } from '../input/shape.js';
import type { Settings } from '../options.js';
import { type Outgoing, type Route, resolveRoute } from '../transport/route.js';
import type { JsonObject, KnownModelId } from '../types.js';
import { encodeJson } from '../wire/request.js';
import { guardrailHeaders } from './guardrail-headers.js';

/** A request of `InvokeModel` and `InvokeModelWithResponseStream`, with AWS's names. */
export interface InvokeRequest {
  /** Id or ARN of anything that can be invoked. */
  modelId: KnownModelId | (string & {});
  /** The request in the model's own form: an object, which becomes JSON, or a text or bytes, which are sent as they are. */
  body: JsonObject | object | string | Uint8Array | ArrayBuffer;
  /** MIME type of the body. Default: `application/json`. */
  contentType?: string | undefined;
  /** MIME type of the answer. Default: `application/json`. */
  accept?: string | undefined;
  /** Id or ARN of a guardrail, instead of the client's `guardrailConfig`; `null` for none. */
  guardrailIdentifier?: string | null | undefined;
  /** Version of the guardrail, such as `1` or `DRAFT`. Required with an identifier. */
  guardrailVersion?: string | undefined;
  /** Whether the answer says what the guardrail found. */
  trace?: Trace | undefined;
  /** `optimized` for models that have lower latency to offer. Default: AWS's `standard`. */
  performanceConfigLatency?: PerformanceConfigLatency | undefined;
  /** The tier that serves the call, such as `flex`. Default: AWS's `default`. */
  serviceTier?: ServiceTierType | undefined;
  /** Your own names and values, for AWS's invocation logs: an object, or its JSON of at most 8,500 characters. */
  requestMetadata?: Readonly<Record<string, string>> | string | undefined;
}

/** Longest `requestMetadata` as JSON. Source: botocore 1.43.67, bedrock-runtime, `InvokeModelRequestMetadata`, 2026-08. */
const LONGEST_METADATA = 8500;

const body: Read = (value, path) => {
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === '[object ArrayBuffer]')
    return bytes(value, path);
  return isObject(value) ? value : refuse(path, value, 'an object, a text or bytes');
};

const metadata: Read = (value, path) =>
  typeof value === 'string' || isObject(value)
    ? value
    : refuse(path, value, '{ name: value }, or its JSON as a text');

const readMembers = /* @__PURE__ */ struct(
  {
    modelId: text,
    body,
    contentType: text,
    accept: text,
    guardrailIdentifier: (value, path) => (value === null ? null : text(value, path)),
    guardrailVersion: text,
    trace: text,
    performanceConfigLatency: text,
    serviceTier: text,
    requestMetadata: metadata,
  },
  'modelId body',
  {
    nullable: 'guardrailIdentifier',
    isClosed: true,
    wanted: '{ modelId, body }',
    meant: meantMember,
  },
);

/** Where people look for members that belong elsewhere. */
function meantMember(name: string): string | undefined {
  if (/^(?:messages|system|inferenceConfig|prompt|max_tokens|anthropic_version|inputText)$/.test(name))
    return `it inside body: { ${name}: … }, or call converse()`;
  if (name === 'guardrailConfig') return 'guardrailIdentifier and guardrailVersion';
  if (name === 'performanceConfig') return "performanceConfigLatency: 'optimized'";
  return undefined;
}

/** The operations, by the last part of their path. */
const OPERATIONS = {
  invoke: 'InvokeModel',
  'invoke-with-response-stream': 'InvokeModelWithResponseStream',
} as const;

/** A checked request, and where it goes. */
export interface PreparedInvoke {
  route: Route;
  outgoing: Outgoing;
  /** Requested MIME type. */
  accept: string;
}

/**
 * Checks a request before a byte is sent.
 *
 * @throws BedrockError `ERR_INPUT`
 */
export async function prepareInvoke(
  settings: Settings,
  request: InvokeRequest,
  action: keyof typeof OPERATIONS,
): Promise<PreparedInvoke> {
  const path: Path = [];
  const read = readWhole(path, () => ({ ...(readMembers(request, path) as InvokeRequest) }));
  const { contentType = 'application/json', accept = 'application/json' } = read;
  const model = parseModelId(read.modelId);
  const route = await resolveRoute('bedrock-runtime', settings, model.region);
  const isStream = action !== 'invoke';
  const guardrail = guardrailHeaders(read, settings, contentType);
  const headers = definedOf({
    'content-type': contentType,
    [isStream ? 'x-amzn-bedrock-accept' : 'accept']: accept,
    ...guardrail,
    'x-amzn-bedrock-performanceconfig-latency': read.performanceConfigLatency,
    'x-amzn-bedrock-service-tier': read.serviceTier,
    'x-amzn-bedrock-request-metadata': encodeMetadata(read.requestMetadata),
  });
  const encode = (): Uint8Array<ArrayBuffer> => encodeBody(read.body);
  return {
    route,
    accept,
    outgoing: {
      method: 'POST',
      operation: OPERATIONS[action],
      modelId: model.id,
      path: `/model/${model.segment}/${action}`,
      headers,
      get input() {
        return toInput(read, { contentType, accept, guardrail, body: encode() });
      },
      body: encode,
    },
  };
}

function encodeBody(given: InvokeRequest['body']): Uint8Array<ArrayBuffer> {
  if (typeof given === 'string') return encodeText(given);
  if (ArrayBuffer.isView(given)) {
    const { buffer, byteOffset, byteLength } = given;
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  }
  // Recognized by its tag, because an ArrayBuffer from another realm, as in jsdom, is not an instance of this realm's class.
  if (Object.prototype.toString.call(given) === '[object ArrayBuffer]')
    return new Uint8Array(given as ArrayBuffer);
  return encodeJson(given);
}

function encodeMetadata(given: InvokeRequest['requestMetadata']): string | undefined {
  if (given === undefined) return undefined;
  const json = typeof given === 'string' ? given : JSON.stringify(given);
  if (json.length > LONGEST_METADATA)
    throw inputError(
      `requestMetadata is ${json.length} characters of JSON. The service accepts ${LONGEST_METADATA}.`,
    );
  // A header can only have these characters; JSON escapes all others.
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The input of AWS's command, for a transport that sends commands. */
function toInput(
  { modelId, performanceConfigLatency, serviceTier, requestMetadata }: InvokeRequest,
  {
    contentType,
    accept,
    guardrail,
    body,
  }: {
    contentType: string;
    accept: string;
    guardrail: Readonly<Record<string, string | undefined>>;
    body: Uint8Array;
  },
): object {
  return definedOf({
    modelId,
    body,
    contentType,
    accept,
    trace: guardrail['x-amzn-bedrock-trace'],
    guardrailIdentifier: guardrail['x-amzn-bedrock-guardrailidentifier'],
    guardrailVersion: guardrail['x-amzn-bedrock-guardrailversion'],
    performanceConfigLatency,
    serviceTier,
    requestMetadata: encodeMetadata(requestMetadata),
  });
}

function definedOf<T>(members: Record<string, T | undefined>): Record<string, T> {
  const defined = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Record<string, T>;
}
