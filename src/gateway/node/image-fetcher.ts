import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { readOptions } from '../../input/options.js';
import { type Read, refuse } from '../../input/read.js';
import type { FetchImage } from '../conversation/media/images.js';
import { type StartTimer, startTimer } from '../http/timers.js';
import { fitsPattern } from '../models/pattern.js';
import { type Connect, requestImage } from './https-image.js';
import { connectPinned, type Target } from './pinned-connection.js';
import { isPublicAddress } from './public-address.js';

/** Options of `createImageFetcher()`. */
export interface ImageFetcherOptions {
  /** Hosts that images may come from; `*` stands for any characters, as in `*.example.com`. Default: all public ones. */
  hosts?: readonly string[] | undefined;
  /** How many redirects are followed, each checked like the first URL. Default: 3. */
  maxRedirects?: number | undefined;
  /** How long one image may take, redirects included, in milliseconds. Default: 10,000. */
  timeoutMs?: number | undefined;
}

/** The network, the name service and the clock, which tests replace. */
export interface ImageNetwork {
  /** Returns all addresses of a host. */
  resolve(hostname: string): Promise<readonly string[]>;
  connect: Connect;
  startTimer: StartTimer;
}

const MOST_REDIRECTS = 20;
const LONGEST_MS = 300_000;

const hosts: Read = (value, path) =>
  Array.isArray(value) && value.every((host) => typeof host === 'string' && host !== '')
    ? value
    : refuse(path, value, 'a list of host names');

const upTo =
  (most: number): Read =>
  (value, path) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most
      ? value
      : refuse(path, value, `a whole number, 0 to ${most}`, true);

const OPTIONS = {
  hosts,
  maxRedirects: upTo(MOST_REDIRECTS),
  timeoutMs: upTo(LONGEST_MS),
} satisfies Record<keyof ImageFetcherOptions, Read>;

/**
 * Creates what fetches images for `createGateway({ fetchImage })` on Node, without letting clients reach your own network. It
 * resolves a host once, refuses it unless all of its addresses are public, and connects to one of these addresses, so that a
 * second answer of the name service changes nothing. Only https on port 443 is fetched, without credentials, and only PNG,
 * JPEG, GIF and WebP images.
 *
 * @throws BedrockError `ERR_INPUT` for an option that is unknown or wrong. The function that it returns rejects with an error
 * that says why an image was not fetched; the gateway puts it into its log and tells clients only that it failed.
 *
 * @example
 * ```ts
 * import { createBedrock } from 'bedrock-anywhere';
 * import { createGateway, fromKeys, hashKey } from 'bedrock-anywhere/gateway';
 * import { createImageFetcher } from 'bedrock-anywhere/gateway/node';
 *
 * const gateway = createGateway({
 *   bedrock: createBedrock({ region: 'eu-central-1' }),
 *   authorize: fromKeys([{ name: 'team-a', hash: await hashKey('a long random key') }]),
 *   fetchImage: createImageFetcher({ hosts: ['images.example.com'] }),
 * });
 * ```
 */
export function createImageFetcher(options: ImageFetcherOptions = {}): FetchImage {
  return imageFetcherOver({ resolve, connect: connectPinned, startTimer }, options);
}

/** The same over another network. */
export function imageFetcherOver(network: ImageNetwork, options: ImageFetcherOptions = {}): FetchImage {
  const given = readOptions<ImageFetcherOptions>(options, OPTIONS, 'createImageFetcher()');
  const { hosts: offered, maxRedirects = 3, timeoutMs = 10_000 } = given;

  async function follow(first: URL, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    let url = first;
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      checkUrl(url, offered);
      const target = await findTarget(url, network, signal);
      const answer = await requestImage(url, target, { connect: network.connect, maxBytes, signal });
      if ('bytes' in answer) return answer.bytes;
      url = new URL(answer.location, url);
    }
    throw new Error(`${first.host} redirects more than ${maxRedirects} times.`);
  }

  return async (url, { signal, maxBytes }) => {
    const late = new AbortController();
    const stopTimer = network.startTimer(
      () => late.abort(new Error(`The image of ${url.host} did not arrive within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    try {
      return await follow(url, maxBytes, AbortSignal.any([signal, late.signal]));
    } finally {
      stopTimer();
    }
  };
}

/** @throws Error for a URL that is not fetched, no matter what answers there */
function checkUrl(
  { protocol, username, password, port, hostname, host }: URL,
  offered?: readonly string[],
): void {
  if (protocol !== 'https:') throw new Error(`${host} is to be fetched by ${protocol} and not by https.`);
  if (username !== '' || password !== '') throw new Error(`The URL for ${host} contains credentials.`);
  if (port !== '') throw new Error(`${host} is not on port 443.`);
  if (offered?.some((pattern) => fitsPattern(hostname, pattern)) === false)
    throw new Error(`${hostname} is not one of the hosts that images may come from.`);
}

/**
 * Resolves the host of a URL. One address that is not public refuses the whole host, as public names have none.
 *
 * @throws Error for a host whose addresses are not all public; the reason of the signal
 */
async function findTarget(
  { hostname: written, host }: URL,
  { resolve }: ImageNetwork,
  signal: AbortSignal,
): Promise<Target> {
  const hostname = written.replace(/^\[|\]$/g, '');
  const addresses = isIP(hostname) > 0 ? [hostname] : await settle(resolve(hostname), signal);
  const strange = addresses.find((address) => !isPublicAddress(address));
  if (strange !== undefined) throw new Error(`${host} is at ${strange}, which is not a public address.`);
  if (addresses.length === 0) throw new Error(`${host} has no address.`);
  return { hostname, port: 443, addresses };
}

/** Waits for what cannot be aborted. */
function settle<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const leave = (): void => fail(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    promise.then(done, fail).finally(() => signal.removeEventListener('abort', leave));
  });
}

async function resolve(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}
