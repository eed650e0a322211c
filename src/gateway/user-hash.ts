import { isObject } from '../input/read.js';
import { sha256Hex } from '../sign/hash.js';
import type { Body } from './fields.js';

/** Longer than any client's id, and short enough to hash for each request. */
const LONGEST_ID = 4096;

/** 64 bits: users of one operator do not collide, and a line of the log stays short. */
const DIGITS = 16;

/**
 * Hashes the end user that a request names, for the log. OpenAI and Anthropic both ask for hashed or opaque ids, but a client may
 * send a name or an address all the same. Sources: OpenAI, `safety_identifier`, and `user` before it; Anthropic, `metadata.user_id`.
 */
export function hashUser({ safety_identifier, user, metadata }: Body): string | undefined {
  const named = [safety_identifier, user, isObject(metadata) ? metadata['user_id'] : undefined];
  const id = named.find((one) => typeof one === 'string' && one !== '' && one.length <= LONGEST_ID);
  return typeof id === 'string' ? sha256Hex(id).slice(0, DIGITS) : undefined;
}
