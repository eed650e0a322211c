import type { BedrockClient } from '@aws-sdk/client-bedrock';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { settingsError } from '../errors.js';
import { cleanError } from '../foreign-text/foreign-text.js';
import type { Destination, Service } from '../options.js';
import { createAwsEndpoint } from '../transport/endpoint.js';
import type { CredentialProvider } from '../types.js';

type Client = BedrockRuntimeClient | BedrockClient;

const providers = new WeakMap<Client, CredentialProvider>();
let unnamed = 0;

/** Finds out where an AWS client sends its calls, and with which identity, as far as its configuration shows. */
export async function resolveClientDestination(client: Client, service: Service): Promise<Destination> {
  const {
    region: regionOf,
    endpoint: customEndpoint,
    useFipsEndpoint: fips,
    useDualstackEndpoint: dualStack,
  } = client.config;
  let region: string;
  try {
    region = await regionOf();
  } catch (cause) {
    throw cleanError(
      settingsError('The AWS client has no region. Set one: new BedrockRuntimeClient({ region }).', cause),
    );
  }
  const custom = await customEndpoint?.();
  const endpoint =
    custom === undefined
      ? createAwsEndpoint(service, region, { fips: await fips(), dualStack: await dualStack() })
      : new URL(
          `${custom.protocol}//${custom.hostname}${custom.port === undefined ? '' : `:${custom.port}`}${custom.path}`,
        );
  return { region, endpoint, credentials: createIdentity(client) };
}

/**
 * Creates the identity of a client for discovery's cache: the account or key, and the token, that it may sign with. If
 * middleware adds the credentials, nobody can see them, so the client counts as an account of its own.
 */
function createIdentity(client: Client): CredentialProvider {
  const existing = providers.get(client);
  if (existing !== undefined) return existing;
  unnamed += 1;
  const own = `aws-client-${unnamed}`;
  const provider: CredentialProvider = async () => {
    const [keys, bearer] = await Promise.all([
      tryProvider(client.config.credentials),
      tryProvider(client.config.token),
    ]);
    if (keys !== undefined && bearer === undefined) return keys;
    if (keys === undefined) return { token: bearer?.token ?? own };
    return { token: `${keys.accountId ?? keys.accessKeyId}:${bearer?.token}` };
  };
  providers.set(client, provider);
  return provider;
}

async function tryProvider<T>(provider: (() => Promise<T>) | undefined): Promise<T | undefined> {
  try {
    return await provider?.();
  } catch {
    return undefined;
  }
}
