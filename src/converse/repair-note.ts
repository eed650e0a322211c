import type { PlainRequest } from '../input/request.js';
import type { Repair } from '../types.js';

/** The members of a request that are mended. */
export type Conversation = Pick<PlainRequest, 'messages' | 'system' | 'toolConfig'>;

/** Lists a repair. */
export type Note = (kind: Repair['kind'], path: string, before?: string, after?: string) => void;

/** Names, by names. Those that are the same in both are not listed. */
export type Renames = ReadonlyMap<string, string>;

/** Stands where the service wants words and there are none. */
export const PLACEHOLDER = '(empty)';
