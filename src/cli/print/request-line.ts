import type { ReceivedRequest } from '../../local/index.js';

/**
 * One line about a request that the local Bedrock has answered: status, operation, model, tokens, time, and what went wrong or
 * was made to. The path stands in for an operation that does not exist.
 */
export function requestLine(request: ReceivedRequest): string {
  const { status, method, operation, path, modelId, usage, durationMs, errorType, faults } = request;
  const parts = [
    `${status === 0 ? '---' : status} ${operation ?? `${method} ${path.replace(/\?.*/s, '').slice(0, MOST_LETTERS)}`}`,
    modelId?.slice(0, MOST_LETTERS),
    usage && `${usage.inputTokens} in, ${usage.outputTokens} out`,
    durationMs === undefined ? undefined : `${Math.round(durationMs)} ms`,
    errorType,
    faults.length > 0 ? `fault: ${faults.join(', ')}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

const MOST_LETTERS = 100;
