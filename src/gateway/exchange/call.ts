import type { CallOptions } from '../../index.js';
import type { PlannedCall } from '../budgets/use.js';
import { requireNoPrompt } from '../models/prompts.js';
import { type Attempt, Failover } from '../routing/failover.js';
import type { Target } from '../routing/target.js';
import type { Exchange, Passed } from './exchange.js';

/**
 * Finds what to call for a name.
 *
 * @throws Refusal if the model does not exist or the caller may not use it
 */
export async function findTargets(
  { directory, settings, caller, record }: Passed<Exchange>,
  model: string,
): Promise<readonly Target[]> {
  record.model = model;
  const targets = await directory.resolve(model, caller);
  record.modelId = targets[0]?.modelId;
  for (const { modelId } of targets) requireNoPrompt(modelId, settings.models);
  return targets;
}

/** Gets ready to call the targets of a request one after the other; the log entry says which were called. */
export function startFailover(
  { routing, run, record }: Passed<Exchange>,
  targets: readonly Target[],
): Failover {
  const failover = new Failover(targets, routing, run);
  record.targets = failover.tried;
  return failover;
}

/** Options of a call: nothing of the client's headers but what the operator allows. */
export function callOptions({ settings, request }: Exchange, attempt: Attempt): CallOptions {
  const headers = settings.forwardHeaders.flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  return {
    repair: 'all',
    adapt: true,
    ...attempt.options,
    ...(settings.quirks && { quirks: settings.quirks }),
    ...(headers.length > 0 && { headers }),
  };
}

/**
 * Reserves what a call of the model may use.
 *
 * @throws Refusal if a limit has no room
 */
export async function reserve(
  { budget, record, run }: Passed<Exchange>,
  call: Omit<PlannedCall, 'modelId'>,
): Promise<void> {
  await budget.reserve({ modelId: record.modelId ?? '', ...call }, run.signal);
}
