import type { PlainRequest } from '../input/request.js';
import type { Repair } from '../types.js';

/** The members of a request that are repaired. */
export type Conversation = Pick<PlainRequest, 'messages' | 'system' | 'toolConfig'>;

/** Lists a repair. */
export type Note = (kind: Repair['kind'], path: string, before?: string, after?: string) => void;

/** Original names by the names that are sent. Unchanged names are not listed. */
export type Renames = ReadonlyMap<string, string>;

/** Sent where the service requires text and there is none. */
export const PLACEHOLDER = '(empty)';
