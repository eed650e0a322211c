import type { ModelQuirks } from 'bedrock-anywhere';

/** How much a model may think, where it wants a number of tokens. The answer gets as many again. */
const BUDGETS: Readonly<Record<string, number>> = { low: 2048, medium: 8192, high: 16_384 };

export interface Thinking {
  /** Members of `additionalModelRequestFields`. */
  fields: Record<string, unknown>;
  /** Whether the model rejects sampling parameters next to it. */
  fixesSampling: boolean;
}

const NONE: Thinking = { fields: {}, fixesSampling: false };

/** Whether a request can make the model think, and how hard. */
export function canThink({ thinking }: ModelQuirks): boolean {
  return thinking === 'adaptive' || thinking === 'budget' || thinking === 'effort';
}

/** The efforts to choose from. */
export function effortsOf({ thinking, efforts }: ModelQuirks): readonly string[] {
  return thinking === 'budget' ? Object.keys(BUDGETS) : (efforts ?? ['low', 'medium', 'high']);
}

/** The members that ask a model to think. */
export function askForThought(
  quirks: ModelQuirks,
  { isThinking, effort: wanted }: { isThinking: boolean; effort: string },
  maxTokens: number,
): Thinking {
  if (!isThinking || !canThink(quirks)) return NONE;
  const efforts = effortsOf(quirks);
  const effort = efforts.includes(wanted) ? wanted : (efforts[0] ?? 'low');
  const { thinking, effortField } = quirks;
  if (thinking === 'budget') {
    const budget = Math.min(BUDGETS[effort] ?? 2048, Math.max(1024, maxTokens - 1024));
    return { fields: { thinking: { type: 'enabled', budget_tokens: budget } }, fixesSampling: true };
  }
  if (thinking === 'adaptive')
    return {
      fields: { thinking: { type: 'adaptive' }, ...atPath(effortField ?? 'output_config.effort', effort) },
      fixesSampling: true,
    };
  if (effortField === undefined) return NONE;
  const fields = atPath(effortField, effort);
  // Nova wants its switch next to the effort, and at high effort no limits.
  const isNova = effortField.startsWith('reasoningConfig.');
  if (isNova) Object.assign(fields['reasoningConfig'] as object, { type: 'enabled' });
  return { fields, fixesSampling: isNova && effort === 'high' };
}

function atPath(path: string, value: string): Record<string, unknown> {
  const nested = path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  return nested as Record<string, unknown>;
}
