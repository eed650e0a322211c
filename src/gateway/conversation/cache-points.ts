import type { Message, ModelQuirks, SystemContentBlock } from '../../index.js';
import { isObject } from '../../input/read.js';
import { refuseField } from '../failure.js';
import type { Body } from '../fields.js';
import type { Block, CachePoint } from './draft.js';

/**
 * The cache point that a client wants behind something: `cache_control` of Anthropic, which many clients also send in Chat
 * Completions, or OpenAI's `prompt_cache_breakpoint`.
 *
 * @param path Where the item is; undefined for the request itself.
 * @throws Refusal for a lifetime that there is not
 */
export function cachePointFor(item: Body, path: string | undefined): CachePoint | undefined {
  const { cache_control: control, prompt_cache_breakpoint: breakpoint } = item;
  if (isObject(breakpoint)) return { cachePoint: { type: 'default' } };
  if (!isObject(control)) return undefined;
  const { ttl } = control;
  if (ttl !== undefined && ttl !== null && ttl !== '5m' && ttl !== '1h')
    throw refuseField(
      `${path === undefined ? '' : `${path}.`}cache_control.ttl`,
      'The ttl of cache_control is neither "5m" nor "1h". Send one of them, or omit it.',
    );
  return { cachePoint: { type: 'default', ...(ttl === '1h' && { ttl }) } };
}

/** Adds the cache point that an item asks for behind its blocks. It replaces a cache point of the item's last part. */
export function withCachePoint(blocks: readonly Block[], item: Body, param: string): Block[] {
  const point = blocks.length > 0 ? cachePointFor(item, param) : undefined;
  if (point === undefined) return [...blocks];
  return [...(blocks.at(-1)?.cachePoint === undefined ? blocks : blocks.slice(0, -1)), point];
}

/** Makes a tool result. Converse allows no cache point inside it, so a cache point among its parts goes behind the result. */
export function resultBlocks(toolUseId: string, parts: readonly Block[], isError = false): Block[] {
  const content = parts.filter(({ cachePoint }) => cachePoint === undefined);
  const point = parts.find(({ cachePoint }) => cachePoint !== undefined);
  const result: Block = {
    toolResult: { toolUseId, content: content as never, ...(isError && { status: 'error' }) },
  };
  return point === undefined ? [result] : [result, point];
}

/** A conversation with the cache points that its model accepts. Others change nothing but the price, so they need no note. */
export function acceptedCachePoints(
  { system, messages }: { system: SystemContentBlock[]; messages: Message[] },
  { cachePoints, cacheTtls }: ModelQuirks,
): { system: SystemContentBlock[]; messages: Message[] } {
  const accept = <B extends SystemContentBlock | Block>(
    blocks: readonly B[],
    place: 'system' | 'messages',
  ): B[] =>
    blocks.flatMap((block): B[] => {
      const point = block.cachePoint;
      if (point === undefined) return [block];
      if (cachePoints?.includes(place) === false) return [];
      const isAccepted = point.ttl === undefined || cacheTtls === undefined || cacheTtls.includes(point.ttl);
      return [isAccepted ? block : ({ cachePoint: { type: 'default' } } as B)];
    });
  return {
    system: accept(system, 'system'),
    messages: messages.map(({ role, content = [] }) => ({ role, content: accept(content, 'messages') })),
  };
}
