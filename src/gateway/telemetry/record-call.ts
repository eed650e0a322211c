import type { ConverseStreamRequest } from '../../index.js';
import type { Caller } from '../auth/authorize.js';
import { readClientOptions } from '../client-options.js';
import type { Attempt } from '../routing/failover.js';
import type { CallAnswer, CallFacts, CallRecording, Telemetry } from './telemetry.js';

/** The request of a client that calls are made for. */
interface Requested {
  telemetry: Telemetry;
  request: Request;
  caller: Caller;
  record: { model: string | undefined; isStream: boolean };
}

type Details = Pick<CallFacts, 'maxTokens' | 'temperature' | 'topP' | 'dimensions' | 'encoding'>;

/** Starts to record a call of Converse to one target. */
export function startChatRecording(
  requested: Requested,
  attempt: Attempt,
  { inferenceConfig }: ConverseStreamRequest,
): CallRecording {
  const { maxTokens, temperature, topP } = inferenceConfig ?? {};
  return start(requested, attempt, 'chat', { maxTokens, temperature, topP });
}

/** Records a call whose answer is not streamed. */
export async function recordWhole<Answer>(
  recording: CallRecording,
  call: () => Promise<Answer & CallAnswer>,
): Promise<Answer> {
  try {
    const answer = await call();
    recording.end('complete', answer);
    return answer;
  } catch (error) {
    recording.end({ error });
    throw error;
  }
}

/** Starts to record a call for embeddings to one target. */
export function startEmbeddingsRecording(
  requested: Requested,
  attempt: Attempt,
  details: Details,
): CallRecording {
  return start(requested, attempt, 'embeddings', details);
}

function start(
  { telemetry, request, caller, record }: Requested,
  { target, client }: Attempt,
  operation: CallFacts['operation'],
  details: Details,
): CallRecording {
  const { guardrailConfig } = readClientOptions(client);
  return telemetry.start({
    ...details,
    operation,
    modelId: target.modelId,
    client: target.client,
    model: record.model,
    caller: caller.name,
    isStream: record.isStream,
    headers: request.headers,
    guardrailId: operation === 'chat' ? guardrailConfig?.guardrailIdentifier : undefined,
  });
}
