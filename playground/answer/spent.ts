import type { AnswerDetails } from 'bedrock-anywhere/react';

/** What a conversation has used, answers that were replaced or stopped included. */
export interface Spent {
  answers: number;
  inputTokens: number;
  outputTokens: number;
  /** In USD, of the answers whose price is known. */
  cost: number;
  /** Whether a price was estimated or is not known. */
  isEstimate: boolean;
}

export const NOTHING_SPENT: Spent = {
  answers: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  isEstimate: false,
};

export function addAnswer(spent: Spent, { usage, cost }: Pick<AnswerDetails, 'usage' | 'cost'>): Spent {
  return {
    answers: spent.answers + 1,
    inputTokens: spent.inputTokens + (usage?.inputTokens ?? 0),
    outputTokens: spent.outputTokens + (usage?.outputTokens ?? 0),
    cost: spent.cost + (cost?.total ?? 0),
    isEstimate: spent.isEstimate || cost === undefined || cost.estimated,
  };
}

/** An amount in USD with as many digits as it takes to see something. */
export function formatCost(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.000_001) return '<$0.000001';
  return `$${usd < 0.01 ? usd.toPrecision(2).replace(/0+$/, '') : usd.toFixed(usd < 1 ? 3 : 2)}`.replace(
    /e-.*/,
    '',
  );
}

/** A number of tokens in a few characters. */
export function formatCount(count: number): string {
  if (count < 1000) return String(count);
  const [size, unit] = count < 999_500 ? [count / 1000, 'K'] : [count / 1_000_000, 'M'];
  return `${size < 10 ? Number(size.toFixed(1)) : Math.round(size)}${unit}`;
}

/** A time in seconds, as people read it. */
export function formatSeconds(ms: number): string {
  return ms < 9950 ? `${(ms / 1000).toFixed(ms < 995 ? 2 : 1)} s` : `${Math.round(ms / 1000)} s`;
}
