import { inputError } from '../../errors.js';
import { sha256Hex } from '../../sign/hash.js';
import { readBudgets } from '../budgets/limits.js';
import { type Authorize, type Caller, isTextList } from './authorize.js';

/** A key that the gateway accepts, and whose it is. */
export interface GatewayKey extends Caller {
  /** The SHA-256 of the key in hex, as {@link hashKey} makes it: configuration and memory then hold no key. */
  hash: string;
}

/**
 * Makes the hash of a key, for {@link fromKeys}. It has no salt: a key is meant to be long and random, such as 32 random bytes.
 * It never rejects.
 *
 * @example
 * ```ts
 * import { hashKey } from 'bedrock-anywhere/gateway';
 *
 * console.log(await hashKey('a long random key'));
 * ```
 */
export async function hashKey(key: string): Promise<string> {
  return sha256Hex(key);
}

/**
 * Authorizes by a list of keys. All hashes are compared, each in constant time, so that the time of a refusal says nothing.
 *
 * @throws BedrockError `ERR_INPUT` for an empty list, a hash that is not one, a missing name, models that are not a list of strings, or wrong budgets.
 *
 * @example
 * ```ts
 * import { createBedrock } from 'bedrock-anywhere';
 * import { createGateway, fromKeys, hashKey } from 'bedrock-anywhere/gateway';
 *
 * const gateway = createGateway({
 *   bedrock: createBedrock({ region: 'eu-central-1' }),
 *   authorize: fromKeys([{ name: 'team-a', hash: await hashKey('a long random key') }]),
 * });
 * ```
 */
export function fromKeys(keys: readonly GatewayKey[]): Authorize {
  if (!Array.isArray(keys) || keys.length === 0)
    throw inputError('fromKeys() got no keys. Pass a list of { name, hash } with a hash from hashKey().');
  const known = keys.map(({ hash, ...caller }, i) => {
    if (typeof caller.name !== 'string' || caller.name === '')
      throw inputError(
        `Key ${i} has no name. Give it one, such as "team-a": the log tells callers apart by it.`,
      );
    if (caller.models !== undefined && !isTextList(caller.models))
      throw inputError(`The models of key ${i} are not a list of strings. Omit models to allow all of them.`);
    const { budgets } = caller;
    if (budgets !== undefined) caller.budgets = readBudgets(budgets, `fromKeys() under budgets of key ${i}`);
    if (typeof hash === 'string' && /^[\da-f]{64}$/i.test(hash)) return { hash: hash.toLowerCase(), caller };
    throw inputError(`The hash of key ${i} is not 64 hexadecimal digits. Create it with hashKey().`);
  });
  return async (_request, { key }) => {
    if (key === undefined) return undefined;
    // Not WebCrypto, which takes a turn in another thread for each request.
    const hash = sha256Hex(key);
    let found: Caller | undefined;
    for (const one of known) if (isEqual(one.hash, hash)) found = one.caller;
    return found;
  };
}

/** Compares two texts of the same length without stopping at the first difference. */
function isEqual(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}
