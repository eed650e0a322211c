import { makeError } from '../errors.js';
import type { CredentialProvider, Credentials } from '../types.js';

/** Variables by name, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * One variable of the environment, trimmed; undefined where it is blank or not set, where the runtime has no
 * environment, and where reading it is not allowed.
 */
export function readVariable(name: string, env?: Environment): string | undefined {
  try {
    const value = (env ?? processEnv())?.[name]?.trim();
    return value === '' ? undefined : value;
  } catch {
    return undefined;
  }
}

/**
 * Credentials of the environment: `AWS_BEARER_TOKEN_BEDROCK`, else `AWS_ACCESS_KEY_ID` with
 * `AWS_SECRET_ACCESS_KEY` and, where set, `AWS_SESSION_TOKEN`. Read anew at each call.
 *
 * @param env Variables to read instead of the process's, such as the `env` of a Worker.
 * @throws BedrockError `ERR_CREDENTIALS` when neither is set.
 *
 * @example
 * ```ts
 * import { createBedrock, fromEnvironment } from 'bedrock-anywhere';
 *
 * export default {
 *   fetch: (_request: Request, env: Record<string, string>) =>
 *     createBedrock({ region: 'eu-central-1', credentials: fromEnvironment(env) })
 *       .stream({ modelId: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] })
 *       .toResponse(),
 * };
 * ```
 */
export function fromEnvironment(env?: Environment): CredentialProvider {
  return async () => {
    const found = environmentCredentials(env);
    if (found !== undefined) return found;
    const half = readVariable('AWS_ACCESS_KEY_ID', env) ?? readVariable('AWS_SECRET_ACCESS_KEY', env);
    throw makeError(
      'ERR_CREDENTIALS',
      half === undefined
        ? 'The environment has no credentials. Set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
        : 'The environment has only half of an access key. Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    );
  };
}

/** What the environment holds, if anything. */
export function environmentCredentials(env?: Environment): Credentials | undefined {
  const token = readVariable('AWS_BEARER_TOKEN_BEDROCK', env);
  if (token !== undefined) return { token };
  const accessKeyId = readVariable('AWS_ACCESS_KEY_ID', env);
  const secretAccessKey = readVariable('AWS_SECRET_ACCESS_KEY', env);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const sessionToken = readVariable('AWS_SESSION_TOKEN', env);
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function processEnv(): Environment | undefined {
  const { process } = globalThis as { process?: { env?: Environment } };
  return process?.env;
}
