import type { Gateway } from '../gateway.js';
import { serveFetch } from './server.js';

/** Where a gateway listens. */
export interface ServeGatewayOptions {
  /** Default: 8787. With 0, any free port. */
  port?: number | undefined;
  /** Address to listen on. Default: 127.0.0.1, this machine only; `0.0.0.0` is every address of it. */
  host?: string | undefined;
}

/** A gateway that listens. */
export interface GatewayServer {
  /** Its address, such as `http://127.0.0.1:8787`. */
  url: string;
  /** Accepts nothing more, lets running answers finish as `Gateway.close()` does, and closes all connections. */
  close(): Promise<void>;
}

/**
 * Serves a gateway over HTTP/1.1 on Node. It writes only as fast as clients read, closes the call to Bedrock when a client leaves,
 * and cuts off clients that read nothing for two minutes. TLS belongs into a proxy in front of it.
 *
 * @throws Node's error if the port is not available, with `code` such as `EADDRINUSE`.
 *
 * @example
 * ```ts
 * import { createBedrock } from 'bedrock-anywhere';
 * import { createGateway, fromKeys, hashKey } from 'bedrock-anywhere/gateway';
 * import { serveGateway } from 'bedrock-anywhere/gateway/node';
 *
 * const gateway = createGateway({
 *   bedrock: createBedrock({ region: 'eu-central-1' }),
 *   authorize: fromKeys([{ name: 'team-a', hash: await hashKey('a long random key') }]),
 * });
 * const server = await serveGateway(gateway, { port: 8787 });
 * process.once('SIGTERM', () => void server.close());
 * ```
 */
export async function serveGateway(
  gateway: Pick<Gateway, 'fetch' | 'close'>,
  { port = 8787, host = '127.0.0.1' }: ServeGatewayOptions = {},
): Promise<GatewayServer> {
  const server = await serveFetch(gateway.fetch, port, host);
  return {
    url: server.url,
    async close() {
      server.stopListening();
      await gateway.close();
      await server.close();
    },
  };
}
