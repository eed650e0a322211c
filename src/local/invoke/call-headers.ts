import { CONVERSE } from '../check/request-shape.js';
import { type Json, readShape, type Shape } from '../check/shape.js';
import { invalid } from '../exception.js';
import { definedOf } from './family.js';

type Headers = ReadonlyMap<string, string>;

const { guardrailIdentifier, guardrailVersion } = CONVERSE.members.guardrailConfig.members;

/** Source of names and limits: botocore 1.43.67, bedrock-runtime, InvokeModelRequest, 2026-08. */
const SHAPE: Shape = {
  kind: 'struct',
  required: [],
  members: {
    guardrailIdentifier,
    guardrailVersion,
    trace: { kind: 'string', values: ['ENABLED', 'DISABLED', 'ENABLED_FULL'] },
    performanceConfigLatency: { kind: 'string', values: ['standard', 'optimized'] },
    serviceTier: { kind: 'string', values: ['priority', 'default', 'flex', 'reserved'] },
    requestMetadata: { kind: 'string', max: 8500 },
  },
};

/** What the headers of a call say. */
export interface CallHeaders {
  /** As Converse has it; undefined without a guardrail. */
  guardrailConfig: Json | undefined;
  /** Headers of the response that repeat the request. */
  echo: Record<string, string>;
}

/**
 * Reads the headers of InvokeModel, and the member of the body that belongs to the guardrail.
 *
 * @throws ServiceException for what the service documents as an error; its words are not recorded
 */
export function readCallHeaders(headers: Headers, ofBody: unknown): CallHeaders {
  const named = (name: string): string | undefined => headers.get(`x-amzn-bedrock-${name}`);
  const read = readShape(
    definedOf({
      guardrailIdentifier: named('guardrailidentifier'),
      guardrailVersion: named('guardrailversion'),
      trace: named('trace'),
      performanceConfigLatency: named('performanceconfig-latency'),
      serviceTier: named('service-tier'),
      requestMetadata: named('request-metadata'),
    }),
    SHAPE,
  ) as Record<string, string | undefined>;
  const {
    guardrailIdentifier: id,
    guardrailVersion: version,
    trace,
    performanceConfigLatency,
    serviceTier,
  } = read;
  const echo = definedOf({
    'x-amzn-bedrock-performanceconfig-latency': performanceConfigLatency,
    'x-amzn-bedrock-service-tier': serviceTier,
  }) as Record<string, string>;
  if (!id) {
    if (ofBody !== undefined) {
      throw invalid(
        'The request body has amazon-bedrock-guardrailConfig, but the request names no guardrailIdentifier. Provide one, or remove the field.',
      );
    }
    return { guardrailConfig: undefined, echo };
  }
  if (!version) throw invalid('A guardrailIdentifier needs a guardrailVersion. Provide one and try again.');
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json *(?:;|$)/i.test(type)) {
    throw invalid('A guardrail can be applied to the content type application/json only.');
  }
  const { streamProcessingMode } = Object(ofBody) as Json;
  const guardrailConfig = definedOf({
    guardrailIdentifier: id,
    guardrailVersion: version,
    trace: trace?.toLowerCase(),
    streamProcessingMode: streamProcessingMode === 'ASYNCHRONOUS' ? 'async' : undefined,
  });
  return { guardrailConfig, echo };
}
