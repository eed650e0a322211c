import { inputError } from '../errors.js';
import { shorten } from '../input/read.js';

/** Whose clients a fetch is for. */
export type Protocol = 'openai' | 'anthropic';

/** Which of Bedrock's endpoints: `runtime`, which serves Converse too, or `mantle`, which has more OpenAI models. */
export type EndpointName = 'runtime' | 'mantle';

/** Models that mantle serves under `/openai/v1`; all others are under `/v1`. Source: notebooks of aws-samples, run 2026-08-20 to 22. */
const BELOW_OPENAI = /^(?:openai\.gpt-[5-9]|google\.gemma-4|xai\.)/;

/**
 * Finds the endpoint that serves a model by the form of its id: bare names such as `openai.gpt-oss-120b` belong to mantle, and
 * profiles, versions and ARNs to runtime.
 */
export function endpointOf(model: string): EndpointName {
  return /^arn:|^(?:us|eu|apac|au|ca|jp|sa|us-gov|global)\.|:\d+$/.test(model) ? 'runtime' : 'mantle';
}

/** The path that a protocol's clients append to. */
export function basePath(protocol: Protocol, endpoint: EndpointName, model: string): string {
  if (endpoint === 'mantle' && /^arn:/.test(model)) {
    throw inputError(
      `The endpoint mantle knows models by name, and ${shorten(model)} is an ARN. Pass endpoint: 'runtime'.`,
    );
  }
  if (protocol === 'anthropic') return '/anthropic';
  return endpoint === 'runtime' || BELOW_OPENAI.test(model) ? '/openai/v1' : '/v1';
}
