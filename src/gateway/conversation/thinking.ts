import type { Message, ModelQuirks } from '../../index.js';
import type { Notes } from '../notes.js';
import { EFFORTS, type Effort, type ThinkingWish } from './draft.js';

/** How a model is told to think. */
export interface SentThinking {
  /** Members of `additionalModelRequestFields`. */
  fields: Record<string, unknown>;
  /** Whether the request asks Claude to think, which then accepts neither sampling nor every choice of tools. */
  isOn: boolean;
  /** Members of `inferenceConfig` that the model rejects next to this. */
  rejects: readonly ('maxTokens' | 'temperature' | 'topP')[];
}

/** Tokens for thinking by effort, where a model needs a number. The top two are what Claude Code sends. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 31_999,
  max: 31_999,
};

/** The smallest budget that Claude accepts; as much stays for the answer. */
const LEAST = 1024;

/** What thinking depends on besides the model. */
export interface ThinkingRequest {
  maxTokens: number | undefined;
  messages: readonly Message[];
  hasTools: boolean;
}

const NOTHING: SentThinking = { fields: {}, isOn: false, rejects: [] };

/** Translates how hard to think into what the model's family understands. */
export function sendThinking(
  wish: ThinkingWish,
  quirks: ModelQuirks,
  request: ThinkingRequest,
  notes: Notes,
): SentThinking {
  switch (quirks.thinking) {
    case 'adaptive':
      if (wish.mode === 'budget' && quirks.budgetThinking !== false)
        return byBudget(wish, quirks, request, notes);
      return adaptive(wish, quirks, notes);
    case 'budget':
      return byBudget(wish, quirks, request, notes);
    case 'effort':
      return byEffort(wish, quirks, notes);
    default:
      if (isWanted(wish) || wish.effortOnly !== undefined)
        notes.add(
          'thinking',
          quirks.thinking === 'always' ? 'not adjustable' : 'not supported by this model',
        );
      return NOTHING;
  }
}

function isWanted({ mode, effort }: ThinkingWish): boolean {
  return mode !== 'off' && (mode !== undefined || effort !== undefined);
}

function byBudget(
  wish: ThinkingWish,
  { interleavedBeta, effortField }: ModelQuirks,
  { maxTokens, messages, hasTools }: ThinkingRequest,
  notes: Notes,
): SentThinking {
  if (wish.effortOnly !== undefined) notes.add('effort', 'not supported by this model without thinking');
  if (!isWanted(wish)) return NOTHING;
  if (!mayThink(messages)) {
    notes.add('thinking', 'off for this request, because the last tool call came back without its reasoning');
    return NOTHING;
  }
  const budget = budgetFor(wish, maxTokens);
  if (budget === undefined) {
    notes.add('thinking', `off, because it needs at least ${LEAST * 2} output tokens`);
    return NOTHING;
  }
  if (wish.budget !== undefined && wish.budget !== budget)
    notes.add(
      'thinking.budget_tokens',
      `${budget}, which leaves room for the answer and is at least ${LEAST}`,
    );
  const beta = hasTools ? interleavedBeta : undefined;
  return {
    fields: {
      thinking: { type: 'enabled', budget_tokens: budget },
      ...(wish.effort && effortField && atPath(effortField, wish.effort)),
      ...(beta && { anthropic_beta: [beta] }),
    },
    isOn: true,
    rejects: ['temperature', 'topP'],
  };
}

function adaptive(wish: ThinkingWish, quirks: ModelQuirks, notes: Notes): SentThinking {
  const { mode, effort, display } = wish;
  const { thinkingOff, thinksByDefault, boundReasoning, bindingBeta } = quirks;
  if (mode === 'off' && thinksByDefault !== true) return NOTHING;
  if (mode === 'off' && (thinkingOff === 'disabled' || thinkingOff === 'between_tools'))
    return { ...NOTHING, fields: { thinking: { type: thinkingOff } } };
  if (mode === 'off') notes.add('thinking', 'this model always thinks');
  const output =
    effort && atPath(quirks.effortField ?? 'output_config.effort', nearestEffort(effort, quirks));
  // Clients shorten conversations and change tools, after which such a model would reject its own reasoning.
  const binding = boundReasoning === true && bindingBeta ? bindingBeta : undefined;
  const effortOnly =
    wish.effortOnly &&
    atPath(quirks.effortField ?? 'output_config.effort', nearestEffort(wish.effortOnly, quirks));
  if (!isWanted(wish) && binding === undefined) return { ...NOTHING, fields: { ...effortOnly } };
  return {
    fields: {
      thinking: {
        type: 'adaptive',
        ...(display && { display }),
        ...(binding && { block_binding: { mismatch_behavior: 'drop_block' } }),
      },
      ...effortOnly,
      // Without an effort there is no reasoning in Converse's answer.
      ...(isWanted(wish) &&
        (output ?? atPath(quirks.effortField ?? 'output_config.effort', nearestEffort('high', quirks)))),
      ...(binding && { anthropic_beta: [binding] }),
    },
    isOn: true,
    rejects: ['temperature', 'topP'],
  };
}

function byEffort(wish: ThinkingWish, quirks: ModelQuirks, notes: Notes): SentThinking {
  const { effortField, thinkingOff, thinksByDefault } = quirks;
  const asked = wish.effort ?? wish.effortOnly;
  if (effortField === undefined || (wish.mode === undefined && asked === undefined)) return NOTHING;
  if (wish.mode === 'off') {
    if (thinkingOff === 'none') return { ...NOTHING, fields: atPath(effortField, 'none') };
    if (thinksByDefault === true) notes.add('thinking', 'this model always thinks');
    return NOTHING;
  }
  const effort = nearestEffort(asked ?? effortFor(wish.budget), quirks);
  const fields = atPath(effortField, effort);
  const ofNova = effortField.startsWith('reasoningConfig.');
  // Nova accepts an effort only next to the switch, and at high effort no limits.
  if (ofNova) Object.assign(fields['reasoningConfig'] as object, { type: 'enabled' });
  return {
    fields,
    isOn: false,
    rejects: ofNova && effort === 'high' ? ['maxTokens', 'temperature', 'topP'] : [],
  };
}

function budgetFor({ budget, effort }: ThinkingWish, maxTokens: number | undefined): number | undefined {
  const wanted = budget ?? BUDGETS[effort ?? 'high'];
  if (maxTokens === undefined || maxTokens > wanted) return Math.max(LEAST, wanted);
  const room = maxTokens - LEAST;
  return room >= LEAST ? room : undefined;
}

function effortFor(budget: number | undefined): Effort {
  if (budget === undefined || budget >= BUDGETS.high) return 'high';
  return budget >= BUDGETS.medium ? 'medium' : 'low';
}

/** The nearest effort that the model has, rather below than above. */
function nearestEffort(effort: Effort, { efforts = ['low', 'medium', 'high'] }: ModelQuirks): string {
  const below = EFFORTS.slice(0, EFFORTS.indexOf(effort) + 1).filter((one) => efforts.includes(one));
  return below.at(-1) ?? efforts[0] ?? 'low';
}

function atPath(path: string, value: string): Record<string, unknown> {
  return path
    .split('.')
    .reverse()
    .reduce<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
}

/** Claude wants the reasoning before its last tool calls back, or no thinking in this request. */
function mayThink(messages: readonly Message[]): boolean {
  const last = messages.filter(({ role }) => role === 'assistant').at(-1)?.content ?? [];
  if (!last.some((block) => block.toolUse !== undefined)) return true;
  const { reasoningText, redactedContent } = last[0]?.reasoningContent ?? {};
  return redactedContent !== undefined || Boolean(reasoningText?.signature);
}
