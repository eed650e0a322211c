import { BoundedMap } from '../../bounded-map.js';
import { pathOf } from '../http/received.js';
import type { ReceivedRequest } from '../options.js';

/** How many requests the page shows. */
const MAX_ROWS = 200;

const MAX_LETTERS = 200;

/** What the page shows of a request: no header, body or query. */
export interface Row {
  id: number;
  /** Milliseconds since 1970. */
  at: number;
  /** AWS's name of the operation; method and path if there is none. */
  name: string;
  model: string | undefined;
  /** 0 until there is a response. */
  status: number;
  error: string | undefined;
  faults: readonly string[];
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  /** Milliseconds; undefined while the response is read. */
  ms: number | undefined;
}

/** What the page is sent, as a line of JSON: what has changed. */
export interface PageUpdate {
  rows: Row[];
  /** The faults of each entry that no request has used up. */
  waiting: string[][];
  /** Models that the account has no access to. */
  denied: readonly string[];
  /** Models to choose from; only in the first update. */
  models?: string[];
}

/** The last requests, and which of them have changed. */
export interface Rows {
  /** Notes that a request has arrived or ended. */
  note(request: ReceivedRequest): void;
  /** Notes that something else has changed that the page shows. */
  touch(): void;
  /** How many changes there have been. */
  version(): number;
  /** The rows that have changed since a version, oldest first. */
  since(version: number): Row[];
  /** Waits for a version behind this one, or until the signal aborts. */
  pass(version: number, signal: AbortSignal | undefined): Promise<void>;
}

export function createRows(): Rows {
  const ids = new WeakMap<ReceivedRequest, number>();
  const changes = new BoundedMap<ReceivedRequest, number>(MAX_ROWS);
  const waiting = new Set<() => void>();
  let lastId = 0;
  let version = 0;

  function touch(): void {
    version += 1;
    for (const wake of waiting) wake();
  }

  return {
    note(request) {
      if (!ids.has(request)) ids.set(request, ++lastId);
      touch();
      changes.set(request, version);
    },
    touch,
    version: () => version,
    since(seen) {
      const rows: Row[] = [];
      for (const [request, change] of changes)
        if (change > seen) rows.push(createRow(request, ids.get(request) ?? 0));
      return rows.sort((a, b) => a.id - b.id);
    },
    pass(seen, signal) {
      return new Promise((resolve) => {
        if (version > seen || signal?.aborted === true) {
          resolve();
          return;
        }
        function wake(): void {
          waiting.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        }
        waiting.add(wake);
        signal?.addEventListener('abort', wake);
      });
    },
  };
}

function createRow(request: ReceivedRequest, id: number): Row {
  const { at, method, path, operation, modelId, status, errorType, faults, usage, durationMs } = request;
  return {
    id,
    at,
    name: (operation ?? `${method} ${pathOf(path)}`).slice(0, MAX_LETTERS),
    model: modelId?.slice(0, MAX_LETTERS),
    status,
    error: errorType,
    faults,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    ms: durationMs === undefined ? undefined : Math.round(durationMs),
  };
}
