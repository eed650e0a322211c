import type { AddressInfo } from 'node:net';
import { callback, type Read, refuse, text, whole } from '../input/read.js';
import { createHostCheck, isWildcard } from './http/hosts.js';
import { NODE_LIMITS } from './http/node-limits.js';
import { createNodeServer } from './http/node-server.js';
import { type LocalBedrock, type LocalBedrockOptions, list, readLocalOptions } from './options.js';
import { createPage } from './page/page.js';
import { createWholeService } from './whole-service.js';

/** Where a local Bedrock listens, and everything else that can be set. */
export interface LocalServerOptions extends LocalBedrockOptions {
  /** Default: 0, any free port. */
  port?: number | undefined;
  /**
   * Default: `127.0.0.1`, reachable from this machine only. With `0.0.0.0` or `::` other machines reach it under any of this
   * machine's addresses.
   */
  host?: string | undefined;
  /**
   * Host names to serve besides `localhost`, the names below it, loopback addresses and `host`; `.example.com` includes the
   * names below it. Requests for any other are rejected, because a web page could make its own name lead to this machine and
   * read what the local Bedrock answers (DNS rebinding). Default: none.
   */
  allowedHosts?: readonly string[] | undefined;
  /**
   * Serves a page at `/` that shows the last requests as they arrive, and makes the next one fail or denies a model at the push of
   * a button. Called with its address before this function returns: `url`, and behind `#` a secret that opens it once. When
   * somebody has opened it, called with the next address. What it throws is ignored. Default: no page.
   */
  onPageUrl?: ((pageUrl: string) => void) | undefined;
}

/** A local Bedrock that listens. */
export interface LocalServer extends LocalBedrock {
  /** Base of every route, such as `http://127.0.0.1:40123`; the endpoint to give to a client on this machine. */
  readonly url: string;
  /** Stops at once and closes open streams and idle connections. */
  close(): Promise<void>;
}

/**
 * Starts a local Bedrock on a port: HTTP/1.1 and HTTP/2 (without TLS) on the same one, as AWS's clients use either.
 *
 * @throws BedrockError `ERR_INPUT` for an option that is unknown or wrong, with its name; for a script, with rule and field.
 * Node's Error if the port is not available.
 *
 * @example
 * ```ts
 * import { startLocalBedrock } from 'bedrock-anywhere/local/node';
 *
 * const local = await startLocalBedrock({ script: [{ text: 'pong' }] });
 * console.log(local.url, local.credentials.accessKeyId);
 * await local.close();
 * ```
 */
export async function startLocalBedrock(options: LocalServerOptions = {}): Promise<LocalServer> {
  const {
    port = 0,
    host = '127.0.0.1',
    allowedHosts,
    onPageUrl,
    ...rest
  } = readLocalOptions(options, 'startLocalBedrock()', {
    port: whole,
    host: address,
    allowedHosts: list,
    onPageUrl: callback,
  });
  let url = '';
  const showPageUrl = (): void => {
    try {
      if (page !== undefined) onPageUrl?.(page.addressAt(url));
    } catch {
      // A log that fails must not fail the page.
    }
  };
  const service = createWholeService(rest, (request) => page?.note(request));
  const page = onPageUrl === undefined ? undefined : createPage(service.controls, showPageUrl);
  const { server, close } = createNodeServer(
    (request) => page?.answer(request) ?? service.handle(request),
    createHostCheck(host, allowedHosts),
    NODE_LIMITS,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  url = urlOf(server.address() as AddressInfo);
  showPageUrl();
  return { ...service.bedrock, url, close };
}

const address: Read = (value, path) =>
  value === '' ? refuse(path, value, 'an address, such as 127.0.0.1', true) : text(value, path);

/** What stands for all addresses is not one that every client can connect to. */
function urlOf({ address, family, port }: AddressInfo): string {
  const isSix = family === 'IPv6';
  const name = isWildcard(address) ? (isSix ? '::1' : '127.0.0.1') : address;
  return `http://${isSix ? `[${name}]` : name}:${port}`;
}
