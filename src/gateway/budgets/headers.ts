import type { Use } from './entries.js';
import type { Checked } from './refuse.js';

/** How much of a limit is left. */
export interface LimitState {
  unit: 'requests' | 'tokens';
  limit: number;
  remaining: number;
  /** When the limit starts over, in milliseconds since 1970. */
  resetsAt: number;
}

/** Finds the limits that are closest to full, one for requests and one for tokens. Clients know no header for money. */
export function findTightest(checked: readonly Checked[], isReserved: boolean): LimitState[] {
  return (['requests', 'tokens'] satisfies (keyof Use)[]).flatMap((unit) => {
    const states = checked
      .filter(({ applied }) => applied.unit === unit)
      .map(({ entry, state }) => {
        const left = entry.limit - state.spent - state.reserved - (isReserved ? entry.amount : 0);
        return { unit, limit: entry.limit, remaining: Math.max(0, left), resetsAt: entry.endsAt };
      });
    const [tightest] = states.sort((a, b) => a.remaining - b.remaining);
    return tightest === undefined ? [] : [tightest];
  });
}

/** The headers that OpenAI's clients know. Source: OpenAI, "Rate limits", where the time until the reset is a duration such as 6m0s. */
export function openAiLimitHeaders(states: readonly LimitState[], now: number): Record<string, string> {
  return Object.assign(
    {},
    ...states.map(({ unit, limit, remaining, resetsAt }) => ({
      [`x-ratelimit-limit-${unit}`]: String(limit),
      [`x-ratelimit-remaining-${unit}`]: String(remaining),
      [`x-ratelimit-reset-${unit}`]: writeDuration(Math.max(0, resetsAt - now)),
    })),
  );
}

/** The headers that Anthropic's clients know. Source: Anthropic, "Rate limits", where the reset is a time of RFC 3339. */
export function anthropicLimitHeaders(states: readonly LimitState[]): Record<string, string> {
  return Object.assign(
    {},
    ...states.map(({ unit, limit, remaining, resetsAt }) => ({
      [`anthropic-ratelimit-${unit}-limit`]: String(limit),
      [`anthropic-ratelimit-${unit}-remaining`]: String(remaining),
      [`anthropic-ratelimit-${unit}-reset`]: new Date(resetsAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    })),
  );
}

/** A duration in OpenAI's form, such as 12ms, 6s or 1h2m3s. */
function writeDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}h${m}m${s}s` : m > 0 ? `${m}m${s}s` : `${s}s`;
}
