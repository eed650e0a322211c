import { Refusal } from '../failure.js';
import { listTargets } from '../routing/target.js';
import type { GatewayModels } from './models.js';
import { fitsPattern } from './pattern.js';

/**
 * A prompt of Prompt management brings a model, messages and a guardrail of its own, so a pattern for ARNs in general does not allow it.
 *
 * @throws Refusal for a prompt that the operator has not named as one
 */
export function requireNoPrompt(
  modelId: string,
  { allow = [], aliases = {}, default: others }: GatewayModels,
): void {
  if (!/^arn:[^/]{0,200}:prompt\//.test(modelId)) return;
  const given = [...Object.values(aliases), ...(others === undefined ? [] : [others])];
  if (given.flatMap(listTargets).some((target) => target.modelId === modelId)) return;
  if (allow.some((pattern) => pattern.includes(':prompt/') && fitsPattern(modelId, pattern))) return;
  throw new Refusal(
    'not-allowed',
    'This gateway does not allow prompts of Prompt management. Send messages.',
  );
}
