import { type ModelQuirks, modelQuirks } from '../../../index.js';
import type { PiThinkingLevel } from '../types.js';

/** From the lowest to the highest. */
export const LEVELS: readonly PiThinkingLevel[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Levels that have a budget of their own. */
const BUDGET_LEVELS: readonly PiThinkingLevel[] = ['minimal', 'low', 'medium', 'high'];

/**
 * Lists the thinking levels that make a difference to a model, the lowest first. `off` is among them if thinking can be switched
 * off, or at least reduced. The list is empty for a model that always thinks the same way, and `['off']` for a model that does not
 * think or is unknown.
 *
 * @param modelId Id of a model or inference profile. The ARN of an application profile does not show its model: pass the
 * `foundationModelId` that `discover()` returns with it.
 *
 * @example
 * ```ts
 * import { listThinkingLevels } from 'bedrock-anywhere/pi';
 *
 * console.log(listThinkingLevels('openai.gpt-oss-120b-1:0')); // [ 'low', 'medium', 'high' ]
 * ```
 */
export function listThinkingLevels(modelId: string): ('off' | PiThinkingLevel)[] {
  return levelsOf(modelQuirks(modelId));
}

function levelsOf({ thinking, thinkingOff, thinksByDefault, efforts = [] }: ModelQuirks) {
  const canBeOff = thinksByDefault !== true || thinkingOff !== 'impossible';
  const off = canBeOff ? (['off'] as const) : [];
  switch (thinking) {
    case 'always':
      return [];
    case 'budget':
      return [...off, ...BUDGET_LEVELS];
    case 'adaptive':
    case 'effort':
      return [...off, ...LEVELS.filter((level) => efforts.includes(level))];
    default:
      return ['off' as const];
  }
}
