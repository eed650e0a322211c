import type { GatewayLogEntry } from '../../gateway/index.js';
import { isBedrockError } from '../../index.js';

/** One line about a request that is over: text for somebody who watches, else JSON. */
export function logLine(entry: GatewayLogEntry, isWatched: boolean): string {
  return isWatched ? textLine(entry) : JSON.stringify({ ...entry, error: describe(entry.error) });
}

function textLine(entry: GatewayLogEntry) {
  const { status, method, path, model, modelId, targets, usage, ms, cost, outcome, error, notes } = entry;
  const reason = describe(error);
  const parts = [
    `${status} ${method} ${path}`,
    model,
    targets.length > 1 ? `${modelId}, target ${targets.length} that was tried` : undefined,
    usage && `${usage.inputTokens} in, ${usage.outputTokens} out`,
    cost && `$${cost.total.toFixed(6)}`,
    `${Math.round(ms)} ms`,
    outcome === 'client-gone' ? 'the client left' : undefined,
    reason && `${reason.name}: ${reason.message}`,
    notes.length > 0 ? `left out: ${notes.join(', ')}` : undefined,
  ];
  return parts
    .filter((part) => part !== undefined)
    .join(' · ')
    .replaceAll('\n', ' ');
}

function describe(error: unknown): { name: string; message: string; requestId?: string } | undefined {
  if (error === undefined) return undefined;
  const { name, message, cause } =
    error instanceof Error ? error : { name: 'Error', message: String(error), cause: undefined };
  const requestId = isBedrockError(error) ? error.requestId : undefined;
  // What clients are not told, such as why an image was not fetched.
  const reason = cause instanceof Error && !isBedrockError(error) ? `${message} ${cause.message}` : message;
  return { name, message: reason, ...(requestId !== undefined && { requestId }) };
}
