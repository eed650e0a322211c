import { inputError } from '../errors.js';
import { readOptions } from '../input/options.js';
import { any, hasMethods, type Read, readWhole, show } from '../input/read.js';
import type { TextStorage } from './text.js';
import { fitKey } from './text.js';

/** The part of Cloudflare's `KVNamespace` that is used. Pass a KV binding of your Worker. */
export interface WorkersKv {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Options of `workersKvStorage()`. */
export interface WorkersKvStorageOptions {
  /** Seconds after which an entry expires; Workers KV accepts 60 or more. Default: entries never expire. */
  expirationTtlSeconds?: number | undefined;
}

/** Workers KV accepts keys of this size in UTF-8: https://developers.cloudflare.com/kv/platform/limits/ */
const MAX_KEY_BYTES = 512;

/**
 * Creates a storage in Cloudflare's Workers KV. A key that is empty, `.`, `..`, or over 512 bytes in UTF-8 is replaced by its
 * SHA-256. Values are UTF-8 of up to 25 MiB, so a lone surrogate comes back as U+FFFD. Other locations may see a change up
 * to a minute later, and a key can be written once a second; calls that KV refuses reject with KV's own error.
 *
 * @throws BedrockError `ERR_INPUT` if the binding is missing, or if `expirationTtlSeconds` is under 60 or not whole.
 * @example
 * ```ts
 * import { type WorkersKv, workersKvStorage } from 'bedrock-anywhere';
 *
 * export default {
 *   async fetch(_request: Request, env: { MODELS: WorkersKv }) {
 *     const storage = workersKvStorage(env.MODELS, { expirationTtlSeconds: 86_400 });
 *     return new Response(await storage.getItem('models'));
 *   },
 * };
 * ```
 */
export function workersKvStorage(binding: WorkersKv, options: WorkersKvStorageOptions = {}): TextStorage {
  // A binding that the Worker's configuration does not name is undefined, whatever its type says.
  if (!readWhole(['The KV namespace'], () => hasMethods(binding, 'get', 'put', 'delete'))) {
    throw inputError(
      'workersKvStorage() got no KV namespace. Add one to kv_namespaces in the configuration of the Worker, and pass env.<its binding>.',
    );
  }
  const known = { expirationTtlSeconds: any } satisfies Record<keyof WorkersKvStorageOptions, Read>;
  const { expirationTtlSeconds: ttl } = readOptions<WorkersKvStorageOptions>(
    options,
    known,
    'workersKvStorage()',
  );
  if (ttl !== undefined && !(Number.isInteger(ttl) && ttl >= 60)) {
    throw inputError(
      `expirationTtlSeconds is ${show(ttl)}; Workers KV accepts whole seconds, 60 or more. Omit it to keep entries.`,
    );
  }
  const putOptions = ttl === undefined ? undefined : { expirationTtl: ttl };
  return {
    getItem: async (key) => binding.get(await fitKey(MAX_KEY_BYTES, key)),
    setItem: async (key, value) => binding.put(await fitKey(MAX_KEY_BYTES, key), value, putOptions),
    removeItem: async (key) => binding.delete(await fitKey(MAX_KEY_BYTES, key)),
  };
}
