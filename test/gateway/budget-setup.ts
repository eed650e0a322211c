import { createMemoryBudgets, type GatewayBudgets } from 'bedrock-anywhere/gateway';
import { NOVA, type Setup, setUp } from './setup.js';

export const CHAT = '/v1/chat/completions';
export const ASK = { model: NOVA, max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
export const NOON = Date.UTC(2026, 10, 29, 12, 0, 0);

/** A gateway with budgets and a clock that stands still at noon. */
export async function setUpBudgets(budgets: GatewayBudgets, { gateway: more, ...setup }: Setup = {}) {
  const clock = { ms: NOON };
  const store = createMemoryBudgets();
  const gateway = await setUp({
    ...setup,
    gateway: { now: () => clock.ms, budgets: { store, ...budgets }, ...more },
  });
  /** What is spent and reserved by the end of a counter's name. */
  const counted = (end: string) => {
    const found = store.snapshot().filter(({ counter }) => counter.endsWith(end));
    return {
      spent: found.reduce((sum, { spent }) => sum + spent, 0),
      reserved: found.flatMap(({ holds }) => holds).reduce((sum, { amount }) => sum + amount, 0),
    };
  };
  return { ...gateway, clock, counted };
}

export type Used = { inputTokens: number; outputTokens: number };
export const sum = ({ inputTokens, outputTokens }: Used) => inputTokens + outputTokens;
