import type { GatewayLogEntry, MemoryBudgets, StartTimer } from '../../../gateway/index.js';
import { addUsage, emptyUsage, type UsageRow } from './usage-file.js';

/** Collects what requests used, and writes it to a file. */
export interface UsageRecorder {
  add(entry: GatewayLogEntry): void;
  /** Writes what has not been written yet. Never rejects. */
  flush(): Promise<void>;
}

/** How long usage is collected before it is written, in milliseconds. A process that is killed loses no more than this. */
const FLUSH_MS = 2000;

/** @param tell Gets the reason why the file cannot be written, once. */
export function createRecorder(
  path: string,
  budgets: MemoryBudgets | undefined,
  { startTimer, tell, now }: { startTimer: StartTimer; tell: (reason: string) => void; now: () => number },
): UsageRecorder {
  let rows = new Map<string, UsageRow>();
  let stopTimer: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();
  let hasFailed = false;

  async function write(): Promise<void> {
    const written = rows;
    if (written.size === 0) return;
    rows = new Map();
    try {
      await addUsage(path, [...written.values()], budgets?.snapshot());
      hasFailed = false;
    } catch (error) {
      if (!hasFailed)
        tell(`Usage is not recorded: ${error instanceof Error ? error.message : String(error)}`);
      hasFailed = true;
      for (const row of written.values()) merge(row);
    }
  }

  function merge(row: UsageRow): void {
    const { day, key, model, ...usage } = row;
    const name = JSON.stringify([day, key, model]);
    const found = rows.get(name) ?? { day, key, model, ...emptyUsage() };
    for (const [member, count] of Object.entries(usage)) found[member as keyof typeof usage] += count;
    rows.set(name, found);
  }

  function flush(): Promise<void> {
    stopTimer?.();
    stopTimer = undefined;
    writing = writing.then(write);
    return writing;
  }

  return {
    add({ status, caller, modelId, usage, cost }) {
      // Ids are the client's words until a model has answered: they must not fill the file.
      const hasAnswered = status === 200 || usage !== undefined;
      if (!hasAnswered || caller === undefined || modelId === undefined) return;
      merge({
        day: new Date(now()).toISOString().slice(0, 10),
        key: caller,
        model: modelId,
        requests: 1,
        inputTokens: usage?.inputTokens ?? 0,
        outputTokens: usage?.outputTokens ?? 0,
        cacheReadTokens: usage?.cacheReadInputTokens ?? 0,
        cacheWriteTokens: usage?.cacheWriteInputTokens ?? 0,
        microDollars: Math.round((cost?.total ?? 0) * 1e6),
      });
      stopTimer ??= startTimer(() => void flush(), FLUSH_MS);
    },
    flush,
  };
}
