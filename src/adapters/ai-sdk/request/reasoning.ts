import type { Model } from '../model.js';
import type { ReasoningLevel, Warning } from '../specification.js';
import type { ReasoningConfig } from './provider-options.js';

/** What a request has to say so that the model reasons as it should. */
export interface ReasoningPlan {
  /** Members of `additionalModelRequestFields`. */
  fields: Record<string, unknown>;
  isThinking: boolean;
  /** Tokens for thinking, which count as output. */
  budgetTokens: number | undefined;
}

type Warn = (warning: Warning) => void;

/** Tokens for thinking by level, for models that are given a budget. Some of them write no more than 32,000 in all. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_000,
  max: 27_000,
};

/** Efforts, the smallest first. */
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/**
 * Plans the reasoning of a call. `reasoningConfig` wins over the AI SDK's own level; a kind of thinking that the model is known to
 * reject becomes the kind that it has, with a warning.
 */
export function planReasoning(
  model: Model,
  level: ReasoningLevel | undefined,
  given: ReasoningConfig | undefined,
  warn: Warn,
): ReasoningPlan {
  const config = configFor(model, level, given, warn);
  if (config?.type === 'disabled') return plan(offFields(model, warn));
  if (config === undefined) return plan({});
  return model.isClaude || isClaudeByBudget(model, config)
    ? planClaude(model, config, warn)
    : planOther(model, config, warn);
}

function plan(fields: Record<string, unknown>, isThinking = false, budgetTokens?: number): ReasoningPlan {
  return { fields, isThinking, budgetTokens };
}

/** Only Claude has budgets, so an unknown model that is given one is Claude. */
function isClaudeByBudget({ accepts }: Model, { budgetTokens }: ReasoningConfig): boolean {
  return budgetTokens !== undefined && accepts.thinking === undefined;
}

/** The configuration for a level, with the caller's own members above it. */
function configFor(
  { accepts, isClaude }: Model,
  level: ReasoningLevel = 'provider-default',
  given: ReasoningConfig | undefined,
  warn: Warn,
): ReasoningConfig | undefined {
  if (level === 'provider-default') return given;
  if (level === 'none') return { type: 'disabled', ...given };
  switch (accepts.thinking) {
    case 'adaptive':
      return { type: 'adaptive', maxReasoningEffort: level, ...given };
    case 'budget':
      return { type: 'enabled', budgetTokens: BUDGETS[level], ...given };
    case 'effort':
      return { type: 'enabled', maxReasoningEffort: level, ...given };
    default:
      if (given !== undefined)
        return isClaude ? given : { type: 'enabled', maxReasoningEffort: level, ...given };
      warn({
        type: 'unsupported',
        feature: 'reasoning',
        details:
          accepts.thinking === undefined
            ? 'It is unknown whether this model reasons. Pass foundationModelId to the provider, or reasoningConfig.'
            : accepts.thinking === 'always'
              ? 'This model always reasons, and nothing changes how much.'
              : 'This model does not reason.',
      });
      return undefined;
  }
}

function planClaude(model: Model, config: ReasoningConfig, warn: Warn): ReasoningPlan {
  const { accepts } = model;
  const { budgetTokens, display, maxReasoningEffort: effort } = config;
  const kind = kindOfThinking(model, config, warn);
  const output =
    effort === undefined ? {} : { output_config: { effort: effortFor(accepts.efforts, effort) } };
  if (kind === 'adaptive') {
    const binds = accepts.boundReasoning === true && accepts.bindingBeta !== undefined;
    return plan(
      {
        thinking: {
          type: 'adaptive',
          ...(display !== undefined && { display }),
          // Applications shorten histories and change tools, after which the model would reject its own thoughts.
          ...(binds && { block_binding: { mismatch_behavior: 'drop_block' } }),
        },
        ...(binds && { anthropic_beta: [accepts.bindingBeta] }),
        ...output,
      },
      true,
    );
  }
  if (kind === undefined) return plan(output);
  const budget = budgetTokens ?? BUDGETS[effort ?? 'medium'] ?? BUDGETS['medium'];
  return plan({ thinking: { type: 'enabled', budget_tokens: budget }, ...output }, true, budget);
}

function kindOfThinking(
  { accepts }: Model,
  { type, budgetTokens }: ReasoningConfig,
  warn: Warn,
): 'adaptive' | 'budget' | undefined {
  if (type === 'adaptive') {
    if (accepts.thinking !== 'budget') return 'adaptive';
    warn({
      type: 'compatibility',
      feature: 'adaptive thinking',
      details: 'This model has to be given a budget, so it gets one.',
    });
    return 'budget';
  }
  if (type !== 'enabled') return undefined;
  if (accepts.thinking !== 'adaptive' || (accepts.budgetThinking !== false && budgetTokens !== undefined))
    return 'budget';
  if (budgetTokens !== undefined) {
    warn({
      type: 'compatibility',
      feature: 'budgetTokens',
      details:
        'This model rejects a budget and decides itself how much it thinks. Pass maxReasoningEffort instead.',
    });
  }
  return 'adaptive';
}

function planOther({ accepts }: Model, config: ReasoningConfig, warn: Warn): ReasoningPlan {
  const { type, budgetTokens, maxReasoningEffort } = config;
  if (budgetTokens !== undefined)
    warn({
      type: 'unsupported',
      feature: 'budgetTokens',
      details: 'Only models of Anthropic have a budget.',
    });
  if (type === 'adaptive')
    warn({ type: 'unsupported', feature: 'adaptive thinking', details: 'Only models of Anthropic have it.' });
  const { effortField = 'reasoningConfig.maxReasoningEffort' } = accepts;
  const wanted = maxReasoningEffort ?? (type === 'enabled' ? 'medium' : undefined);
  if (wanted === undefined || accepts.thinking === 'none') return plan({});
  const effort = effortFor(accepts.efforts, wanted);
  // Nova accepts an effort only beside the switch.
  const fields = effortField.startsWith('reasoningConfig.')
    ? { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } }
    : atPath(effortField, effort);
  return plan(fields, true);
}

/** Members that keep a model from thinking which thinks by default. */
function offFields({ accepts }: Model, warn: Warn): Record<string, unknown> {
  switch (accepts.thinkingOff) {
    case 'disabled':
    case 'between_tools':
      return { thinking: { type: accepts.thinkingOff } };
    case 'none':
      return accepts.effortField === undefined ? {} : atPath(accepts.effortField, 'none');
    default:
      if (accepts.thinkingOff === 'impossible' || accepts.thinking === 'always')
        warn({ type: 'unsupported', feature: 'reasoning', details: 'This model always reasons.' });
      return {};
  }
}

/** The effort itself if the model has it, otherwise the next one above it, otherwise the highest below. */
function effortFor(known: readonly string[] | undefined, wanted: string): string {
  if (known === undefined || known.length === 0 || known.includes(wanted)) return wanted;
  const rank = EFFORTS.indexOf(wanted);
  return known.find((one) => EFFORTS.indexOf(one) >= rank) ?? known.at(-1) ?? wanted;
}

function atPath(path: string, value: string): Record<string, unknown> {
  return path
    .split('.')
    .reverse()
    .reduce<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;
}
