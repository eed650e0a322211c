import type { Cost, Usage } from '../../index.js';
import { dimNote, type Terminal, wrappedNote } from '../print/terminal.js';

/** What an answer took. */
export interface Spent {
  modelId: string;
  usage: Usage | undefined;
  cost: Cost | undefined;
  ms: number;
  isLocal: boolean;
}

/** Writes which model answered, and what it took, to standard error. */
export function writeFooter(spent: Spent, terminal: Terminal, more: string[] = []): void {
  const { modelId, usage, cost, ms, isLocal } = spent;
  const parts = [
    isLocal ? `${modelId}, local` : modelId,
    ...(usage === undefined
      ? []
      : [`${count(usage.inputTokens)} tokens in, ${count(usage.outputTokens)} out`]),
    isLocal ? 'free' : priceText(cost),
    `${(ms / 1000).toFixed(1)} s`,
    ...more,
  ];
  const lines = wrappedNote(parts.join(' · '), terminal).map((line) => dimNote(line, terminal));
  terminal.err(`${lines.join('\n')}\n`);
}

/** An amount in USD, with two digits that count: `$0.000021`. */
export function priceText(cost: Pick<Cost, 'total' | 'estimated'> | undefined): string {
  if (cost === undefined) return 'price unknown';
  const { total, estimated } = cost;
  const digits = total === 0 || total >= 1 ? 2 : Math.min(12, 1 - Math.floor(Math.log10(total)));
  return `${estimated ? 'about ' : ''}$${total.toFixed(digits)}`;
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
