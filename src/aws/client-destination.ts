import type { BedrockClient } from '@aws-sdk/client-bedrock';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import type { Destination, Service } from '../options.js';
import { awsEndpoint } from '../transport/endpoint.js';
import type { CredentialProvider } from '../types.js';

type Client = BedrockRuntimeClient | BedrockClient;

const providers = new WeakMap<Client, CredentialProvider>();
let unnamed = 0;

/** Where an AWS client sends its calls, and as whom, as far as it tells. */
export async function destinationOf(client: Client, service: Service): Promise<Destination> {
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
    throw inputError('The AWS client has no region. Set one: new BedrockRuntimeClient({ region }).', cause);
  }
  const custom = await customEndpoint?.();
  const endpoint =
    custom === undefined
      ? awsEndpoint(service, region, { fips: await fips(), dualStack: await dualStack() })
      : new URL(
          `${custom.protocol}//${custom.hostname}${custom.port === undefined ? '' : `:${custom.port}`}${custom.path}`,
        );
  return { region, endpoint, credentials: identityOf(client) };
}

/**
 * Whose lists a client gets, for discovery's cache: the account or key, and the token, of whatever it may sign with. A
 * client whose identity nobody can ask for, because middleware adds it, is an account of its own.
 */
function identityOf(client: Client): CredentialProvider {
  const made = providers.get(client);
  if (made !== undefined) return made;
  unnamed += 1;
  const own = `aws-client-${unnamed}`;
  const provider: CredentialProvider = async () => {
    const [keys, bearer] = await Promise.all([asked(client.config.credentials), asked(client.config.token)]);
    if (keys !== undefined && bearer === undefined) return keys;
    if (keys === undefined) return { token: bearer?.token ?? own };
    return { token: `${keys.accountId ?? keys.accessKeyId}:${bearer?.token}` };
  };
  providers.set(client, provider);
  return provider;
}

async function asked<T>(provider: (() => Promise<T>) | undefined): Promise<T | undefined> {
  try {
    return await provider?.();
  } catch {
    return undefined;
  }
}
