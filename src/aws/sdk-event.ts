import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseEvent } from '../types.js';

const TYPES: ReadonlySet<string> = new Set<ConverseEvent['type']>([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
]);

/** An event of the AWS client with its name as `type`; undefined for one that is not known. Exceptions are thrown. */
export function taggedEvent(output: ConverseStreamOutput): ConverseEvent | undefined {
  const { contentBlockDelta } = output;
  if (contentBlockDelta !== undefined) {
    const { contentBlockIndex, delta } = contentBlockDelta;
    return { type: 'contentBlockDelta', contentBlockIndex, delta: known(delta) } as ConverseEvent;
  }
  for (const [type, members] of Object.entries(output)) {
    if (members instanceof Error) throw members;
    if (!TYPES.has(type)) continue;
    const { start, ...rest } = members as { start?: object };
    return { type, ...rest, ...(start !== undefined && { start: known(start) }) } as ConverseEvent;
  }
  return undefined;
}

/** A member of a union as it came: the AWS client wraps those that its model does not list. */
export function known<T extends object | undefined>(union: T): T {
  const wrapped: unknown = union && '$unknown' in union ? union.$unknown : undefined;
  return Array.isArray(wrapped) ? ({ [String(wrapped[0])]: wrapped[1] as unknown } as T) : union;
}
