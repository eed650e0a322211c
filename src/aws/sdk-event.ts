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

/** Adds the name of an event of the AWS client as `type`; undefined for an unknown event. Exceptions are thrown. */
export function tagEvent(output: ConverseStreamOutput): ConverseEvent | undefined {
  const { contentBlockDelta } = output;
  if (contentBlockDelta !== undefined) {
    const { contentBlockIndex, delta } = contentBlockDelta;
    return { type: 'contentBlockDelta', contentBlockIndex, delta: unwrapUnknown(delta) } as ConverseEvent;
  }
  for (const [type, members] of Object.entries(output)) {
    if (members instanceof Error) throw members;
    if (!TYPES.has(type)) continue;
    const { start, ...rest } = members as { start?: object };
    return { ...rest, type, ...(start !== undefined && { start: unwrapUnknown(start) }) } as ConverseEvent;
  }
  return undefined;
}

/** Restores a member of a union that the AWS client wrapped in `$unknown`, because its model does not list it. */
export function unwrapUnknown<T extends object | undefined>(union: T): T {
  const wrapped: unknown = union && '$unknown' in union ? union.$unknown : undefined;
  return Array.isArray(wrapped) ? ({ [String(wrapped[0])]: wrapped[1] as unknown } as T) : union;
}
