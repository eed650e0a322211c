import { optionsOfClient } from '../client.js';
import type { Bedrock, ClientOptions } from '../index.js';

/** The options that a client was created with; none for an object that only behaves like a client. */
export function readClientOptions(client: Bedrock): ClientOptions {
  try {
    return optionsOfClient(client, 'createGateway()');
  } catch {
    return {};
  }
}
