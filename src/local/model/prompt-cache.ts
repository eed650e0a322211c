import type { Part } from './tokens.js';

const TTL_MS: Readonly<Record<string, number>> = { '5m': 300_000, '1h': 3_600_000 };
const MAX_ENTRIES = 1000;

/** How the tokens of a request divide. */
export interface InputUsage {
  /** Neither read from the cache nor written to it. */
  inputTokens: number;
  cacheRead: number;
  cacheWrite: number;
  /** What was written, by how long it is kept. */
  written: { ttl: string; inputTokens: number }[];
  /** Whether the request has cache points at all. */
  cached: boolean;
}

/** Remembers prefixes that ended at a cache point, for as long as the service does. */
export interface PromptCache {
  use(modelId: string, parts: readonly Part[], nowMs: number): InputUsage;
}

/** An empty prompt cache. */
export function createPromptCache(): PromptCache {
  const until = new Map<string, number>();
  return {
    use(modelId, parts, nowMs) {
      let print = fingerprint(modelId, START);
      let tokens = 0;
      let read = 0;
      let marked = 0;
      const written: InputUsage['written'] = [];
      const points: { key: string; ttl: string; tokens: number }[] = [];
      for (const part of parts) {
        print = fingerprint(part.content, print);
        tokens += part.tokens;
        if (part.cachePoint === undefined) continue;
        const key = print.join('.');
        if ((until.get(key) ?? 0) > nowMs) read = tokens;
        points.push({ key, ttl: part.cachePoint.ttl, tokens });
        marked = tokens;
      }
      let from = read;
      for (const point of points) {
        until.delete(point.key);
        until.set(point.key, nowMs + (TTL_MS[point.ttl] ?? 300_000));
        if (point.tokens > from) written.push({ ttl: point.ttl, inputTokens: point.tokens - from });
        from = Math.max(from, point.tokens);
      }
      for (const key of until.keys()) {
        if (until.size <= MAX_ENTRIES) break;
        until.delete(key);
      }
      return {
        inputTokens: tokens - marked,
        cacheRead: read,
        cacheWrite: marked - read,
        written,
        cached: points.length > 0,
      };
    },
  };
}

type Print = readonly [number, number];

const START: Print = [0x811c9dc5, 0x01234567];

/** Two 32-bit hashes over a text and what came before it: enough to tell the prompts of one process apart. */
function fingerprint(text: string, before: Print): Print {
  let [a, b] = before;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193) >>> 0;
    b = Math.imul((b ^ code) + 0x9e3779b9, 0x85ebca6b) >>> 0;
  }
  return [a, Math.imul(b ^ text.length, 0xc2b2ae35) >>> 0];
}
