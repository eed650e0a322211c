import { fromSdkChain } from '../../aws/index.js';
import { catalog } from '../../catalog/index.js';
import type { ServeClient } from '../../gateway/index.js';
import { type Bedrock, createBedrock } from '../../index.js';

/**
 * Creates the clients of a configuration file.
 *
 * @param region The gateway's region, for clients without one.
 * @param local Takes the place of all clients: a local Bedrock has one account and one region.
 */
export function createClients(
  clients: Readonly<Record<string, ServeClient>> = {},
  region: string | undefined,
  local: Bedrock | undefined,
): Record<string, Bedrock> {
  const create = ({ region: own = region, profile }: ServeClient): Bedrock =>
    createBedrock({
      catalog,
      ...(own !== undefined && { region: own }),
      ...(profile !== undefined && { credentials: fromSdkChain({ profile }) }),
    });
  return Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, local ?? create(client)]));
}
