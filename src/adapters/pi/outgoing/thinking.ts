import type { ModelQuirks } from '../../../index.js';
import { isGovCloud } from '../model.js';
import type { PiModel, PiThinkingBudgets, PiThinkingLevel } from '../types.js';
import { LEVELS } from './levels.js';

/** Options that decide how a model thinks. */
export interface ThinkingOptions {
  reasoning?: PiThinkingLevel | undefined;
  thinkingBudgets?: PiThinkingBudgets | undefined;
  /** Whether Claude may think between tool calls, if the model needs a request for that. Default: true. */
  interleavedThinking?: boolean | undefined;
  /** `omitted`: the answer has the signature of Claude's thinking, but not its text. Default: `summarized`. */
  thinkingDisplay?: 'summarized' | 'omitted' | undefined;
  region?: string | undefined;
}

/** Tokens for thinking, as in pi's own providers. */
const BUDGETS: Required<PiThinkingBudgets> = { minimal: 1024, low: 2048, medium: 8192, high: 16384 };

/** Tokens that stay for the answer, whatever the thinking needs. */
const LEAST_OUTPUT = 1024;

/**
 * Members of `additionalModelRequestFields` that make the model think; undefined if it does what it should by itself. Without
 * a level, a model that thinks by default is told not to, as far as it can.
 */
export function thinkingFields(
  model: PiModel,
  family: ModelQuirks,
  options: ThinkingOptions,
): Record<string, unknown> | undefined {
  const { reasoning: level } = options;
  if (!model.reasoning) return undefined;
  if (level === undefined) return offFields(model, family, options);
  switch (family.thinking) {
    case 'adaptive':
      return {
        ...adaptiveFields(model, family, options),
        ...atPath(family.effortField ?? 'output_config.effort', effortOf(model, family, level)),
      };
    case 'budget': {
      const beta = (options.interleavedThinking ?? true) ? family.interleavedBeta : undefined;
      return {
        thinking: { type: 'enabled', budget_tokens: budgetOf(level, options), ...display(model, options) },
        ...(beta && { anthropic_beta: [beta] }),
      };
    }
    case 'effort':
      return effortFields(model, family, level);
    default:
      return undefined;
  }
}

/** Thinking that the model decides about, without thoughts of earlier turns that are bound to another history. */
function adaptiveFields(
  model: PiModel,
  { boundReasoning, bindingBeta }: ModelQuirks,
  options: ThinkingOptions,
): Record<string, unknown> {
  // pi compacts conversations and changes tools, after which the model would reject its own thoughts.
  const binds = boundReasoning === true && bindingBeta !== undefined;
  return {
    thinking: {
      type: 'adaptive',
      ...display(model, options),
      ...(binds && { block_binding: { mismatch_behavior: 'drop_block' } }),
    },
    ...(binds && { anthropic_beta: [bindingBeta] }),
  };
}

function offFields(
  model: PiModel,
  family: ModelQuirks,
  options: ThinkingOptions,
): Record<string, unknown> | undefined {
  if (family.thinksByDefault !== true) return undefined;
  switch (family.thinkingOff) {
    case 'disabled':
    case 'between_tools':
      return { thinking: { type: family.thinkingOff } };
    case 'none':
      return family.effortField && atPath(family.effortField, 'none');
    default:
      // It thinks whatever the request says.
      return family.boundReasoning ? adaptiveFields(model, family, options) : undefined;
  }
}

/** Members of `inferenceConfig`. */
type Sampling = 'maxTokens' | 'temperature' | 'topP';

/**
 * What a model rejects while it thinks: Claude any temperature but 1, Nova at high effort limits of every kind.
 * Sources: https://platform.claude.com/docs/en/build-with-claude/extended-thinking,
 * https://github.com/UKGovernmentBEIS/inspect_ai/issues/3767, https://github.com/maximhq/bifrost/pull/1116.
 */
export function rejectedWhileThinking(thinking: Record<string, unknown> | undefined): readonly Sampling[] {
  const { type } = (thinking?.['thinking'] ?? {}) as { type?: string };
  if (type !== undefined && type !== 'disabled') return ['temperature'];
  const nova = thinking?.['reasoningConfig'] as { maxReasoningEffort?: string } | undefined;
  return nova?.maxReasoningEffort === 'high' ? ['maxTokens', 'temperature', 'topP'] : [];
}

/**
 * Room for the answer and the thinking before it, for models whose thinking counts as output.
 *
 * @param cap The largest limit to send; undefined for any.
 */
export function roomFor(
  family: ModelQuirks,
  level: PiThinkingLevel | undefined,
  maxTokens: number | undefined,
  cap: number | undefined,
  budgets: PiThinkingBudgets | undefined,
): { maxTokens: number | undefined; thinkingBudgets: PiThinkingBudgets | undefined } {
  if (level === undefined || family.thinking !== 'budget') return { maxTokens, thinkingBudgets: budgets };
  const key = budgetKey(level);
  const wanted = budgets?.[key] ?? BUDGETS[key];
  const room = Math.min((maxTokens ?? 0) + wanted, cap ?? Infinity);
  const budget = room > wanted ? wanted : Math.max(0, room - LEAST_OUTPUT);
  return { maxTokens: room, thinkingBudgets: { ...budgets, [key]: budget } };
}

/** Budgets have no level above `high`. */
function budgetKey(level: PiThinkingLevel): keyof PiThinkingBudgets {
  return level in BUDGETS ? (level as keyof PiThinkingBudgets) : 'high';
}

function budgetOf(level: PiThinkingLevel, { thinkingBudgets }: ThinkingOptions): number {
  const key = budgetKey(level);
  return thinkingBudgets?.[key] ?? BUDGETS[key];
}

function display(model: PiModel, { thinkingDisplay, region }: ThinkingOptions): { display?: string } {
  return isGovCloud(model.id, region) ? {} : { display: thinkingDisplay ?? 'summarized' };
}

/**
 * The model's word for a level: the family's own, that of pi's model, or the next below. `max` and `xhigh` are two efforts, which
 * pi's models do not always distinguish.
 */
function effortOf(model: PiModel, { efforts = [] }: ModelQuirks, level: PiThinkingLevel): string {
  const mapped = model.thinkingLevelMap?.[level];
  const isTop = level === 'xhigh' || level === 'max';
  if (typeof mapped === 'string' && !(isTop && efforts.includes(level))) return mapped;
  const known = efforts.length > 0 ? efforts : ['low', 'medium', 'high'];
  const below = LEVELS.slice(0, LEVELS.indexOf(level) + 1).filter((one) => known.includes(one));
  return below.at(-1) ?? known[0] ?? 'low';
}

function effortFields(
  model: PiModel,
  family: ModelQuirks,
  level: PiThinkingLevel,
): Record<string, unknown> | undefined {
  const { effortField } = family;
  if (effortField === undefined) return undefined;
  const fields = atPath(effortField, effortOf(model, family, level));
  // Nova accepts an effort only beside the switch.
  if (effortField.startsWith('reasoningConfig.'))
    Object.assign(fields['reasoningConfig'] as object, { type: 'enabled' });
  return fields;
}

function atPath(path: string, value: string): Record<string, unknown> {
  return path
    .split('.')
    .reverse()
    .reduce<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;
}
