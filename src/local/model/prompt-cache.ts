import { BoundedMap } from '../../bounded-map.js';
import { hashText } from '../../sign/sigv4.js';
import type { Part } from '../conversation/tokens.js';

const TTL_MS: Readonly<Record<string, number>> = { '5m': 300_000, '1h': 3_600_000 };
const MAX_ENTRIES = 1000;

/** How the input tokens of a request divide. */
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

/** A cache point, and the prefix that ends there. */
interface Point {
  key: string;
  ttl: string;
  tokens: number;
}

/** Creates an empty prompt cache. */
export function createPromptCache(): PromptCache {
  const expiry = new BoundedMap<string, number>(MAX_ENTRIES);
  return {
    use(modelId, parts, nowMs) {
      const total = parts.reduce((sum, { tokens }) => sum + tokens, 0);
      const points = findCachePoints(modelId, parts);
      const known = points.filter(({ key }) => (expiry.get(key) ?? 0) > nowMs);
      const read = known.at(-1)?.tokens ?? 0;
      const written: InputUsage['written'] = [];
      let before = read;
      for (const { key, ttl, tokens } of points) {
        expiry.set(key, nowMs + (TTL_MS[ttl] ?? 300_000));
        if (tokens <= before) continue;
        written.push({ ttl, inputTokens: tokens - before });
        before = tokens;
      }
      const marked = points.at(-1)?.tokens ?? 0;
      return {
        inputTokens: total - marked,
        cacheRead: read,
        cacheWrite: marked - read,
        written,
        cached: points.length > 0,
      };
    },
  };
}

/** Finds the cache points; a key covers everything that comes before its point. */
function findCachePoints(modelId: string, parts: readonly Part[]): Point[] {
  const points: Point[] = [];
  let key = modelId;
  let tokens = 0;
  // Writing and hashing the parts is only worth it for a prefix that can be cached.
  const last = parts.map(({ cachePoint }) => cachePoint !== undefined).lastIndexOf(true);
  for (const part of parts.slice(0, last + 1)) {
    key = hashText(key + part.write());
    tokens += part.tokens;
    if (part.cachePoint !== undefined) points.push({ key, ttl: part.cachePoint.ttl, tokens });
  }
  return points;
}
