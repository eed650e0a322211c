import type { BedrockClient } from '@aws-sdk/client-bedrock';
import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { settingsError } from '../errors.js';
import type { Service } from '../options.js';
import { eventStreamSerdeProvider } from './event-stream.js';

/** Options of `sdkTransport()`: your own clients, or a region for clients that it creates. */
export interface SdkTransportOptions {
  /** Sends calls to models. Default: a new client for `region`. */
  client?: BedrockRuntimeClient | undefined;
  /** Sends the calls of `discover()`. Default: a new client for `region`; without a region, `discover()` is an `ERR_INPUT`. */
  controlClient?: BedrockClient | undefined;
  /**
   * Region of the clients that are created. They send with `FetchHttpHandler`, so they run wherever `fetch` does. Default:
   * none; then pass `client`.
   */
  region?: string | undefined;
  /** Credentials of the clients that are created. Default: the AWS SDK's default chain, which exists on Node only. */
  credentials?: BedrockRuntimeClientConfig['credentials'];
}

export type Client = BedrockRuntimeClient | BedrockClient;

/** Returns a function that finds the AWS client of a service: the one that was passed, or one created when it is first needed. */
export function createClients(options: SdkTransportOptions): (service: Service) => Promise<Client> {
  const { client, controlClient, region, credentials } = options;
  if (client === undefined && region === undefined) {
    throw settingsError(
      "sdkTransport() needs a client or a region. Pass { region: 'us-east-1' }, or " +
        '{ client: new BedrockRuntimeClient({ … }) }.',
    );
  }
  if (client !== undefined && credentials !== undefined && region === undefined) {
    throw settingsError(
      'The option credentials of sdkTransport() is for the clients that it creates. Pass credentials to ' +
        'new BedrockRuntimeClient({ … }).',
    );
  }
  const createConfig = async () => {
    const { FetchHttpHandler } = await import('@smithy/fetch-http-handler');
    return {
      region: region as string,
      ...(credentials && { credentials }),
      requestHandler: new FetchHttpHandler(),
    };
  };
  let ofModels: Promise<Client> | undefined = client && Promise.resolve(client);
  let ofControl: Promise<Client> | undefined = controlClient && Promise.resolve(controlClient);
  return (service) => {
    if (service === 'bedrock-runtime') {
      ofModels ??= createRuntimeClient();
      return ofModels;
    }
    if (ofControl === undefined && region === undefined) {
      throw settingsError(
        'discover() calls the control plane, and this transport has no client for it. Pass one: ' +
          'sdkTransport({ client, controlClient: new BedrockClient({ … }) }).',
      );
    }
    ofControl ??= createControlClient();
    return ofControl;
  };

  async function createRuntimeClient(): Promise<Client> {
    const { BedrockRuntimeClient } = await import('@aws-sdk/client-bedrock-runtime');
    return new BedrockRuntimeClient({ ...(await createConfig()), eventStreamSerdeProvider });
  }

  async function createControlClient(): Promise<Client> {
    const { BedrockClient } = await import('@aws-sdk/client-bedrock');
    return new BedrockClient(await createConfig());
  }
}
