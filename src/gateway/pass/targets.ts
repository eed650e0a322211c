import type { Bedrock } from '../../index.js';
import { isBedrockError } from '../../index.js';
import type { AskedTier } from '../aws/service-tier.js';
import { reserve } from '../exchange/call.js';
import type { Exchange, Passed } from '../exchange/exchange.js';
import type { Failover } from '../routing/failover.js';
import type { Target } from '../routing/target.js';
import { startChatRecording } from '../telemetry/record-call.js';
import type { CallRecording } from '../telemetry/telemetry.js';
import type { Passing } from './answer.js';
import { createCall } from './chunks.js';
import { requireClientOptions } from './client-options.js';
import { type Passage, type PassedAnswer, sendPassage } from './endpoint.js';
import { refusalOf } from './refused.js';

/** How long the words of a refusal may take. Without them, the client is told the same in the gateway's. */
const REFUSAL_MS = 5000;

/** What is sent to one target, and how its answer is passed on. */
export interface PlannedPassage {
  passage: Omit<Passage, 'bedrock' | 'modelId' | 'region' | 'signal'>;
  pass(passing: Passing): Promise<Response>;
}

/** A request that is passed on. */
export interface PassedRequest {
  failover: Failover;
  /** About how many tokens it has. */
  countInput(): number;
  /** The most that it lets a model write; undefined if it does not say. */
  outputTokens: number | undefined;
  tier: AskedTier;
  /** Whether no model runs for it, so that there is nothing to record. */
  isCount?: boolean | undefined;
  plan(target: Target, bedrock: Bedrock): PlannedPassage;
  /** Headers of the gateway's own, once it is known which target answered. */
  headers(): Record<string, string>;
}

/**
 * Sends a request to its targets one after the other until one answers, and passes the answer on.
 *
 * @throws PassedRefusal for Bedrock's own refusal; whatever else the calls failed with
 */
export async function passToTargets(exchange: Passed<Exchange>, request: PassedRequest): Promise<Response> {
  const { record, run } = exchange;
  const { failover, countInput, outputTokens, tier, plan } = request;
  const refused = new Map<unknown, PassedAnswer>();
  try {
    const response = await failover.first(async (attempt) => {
      const { target, client: bedrock, options } = attempt;
      const { modelId, region } = target;
      record.modelId = modelId;
      await reserve(exchange, { countInput, outputTokens, tier });
      const { passage, pass } = plan(target, bedrock);
      const recording = request.isCount
        ? undefined
        : startChatRecording(exchange, attempt, { modelId, inferenceConfig: { maxTokens: outputTokens } });
      const call = createCall(options.signal ?? run.signal);
      return recordStart(recording, async () => {
        const answer = await sendPassage({ ...passage, bedrock, modelId, region, signal: call.signal });
        if (answer.refusal !== undefined) {
          refused.set(answer.refusal, answer);
          throw answer.refusal;
        }
        const client = requireClientOptions(bedrock);
        return pass({ exchange, client, modelId, tier, answer, recording, call });
      });
    });
    for (const [name, value] of Object.entries(request.headers())) response.headers.set(name, value);
    return response;
  } catch (error) {
    const answer = refused.get(error);
    refused.delete(error);
    if (answer === undefined || !isBedrockError(error)) throw error;
    const { startTimer } = exchange.settings;
    const call = createCall(run.signal);
    const refusal = await refusalOf(answer, error, { call, idleMs: REFUSAL_MS, startTimer });
    run.signal.throwIfAborted();
    throw refusal;
  } finally {
    for (const { response } of refused.values()) response.body?.cancel().catch(() => undefined);
  }
}

/** Records a call until its content begins; the rest is recorded where it is passed on. */
async function recordStart(
  recording: CallRecording | undefined,
  call: () => Promise<Response>,
): Promise<Response> {
  try {
    const response = await call();
    recording?.noteContent();
    return response;
  } catch (error) {
    recording?.end({ error });
    throw error;
  }
}
