import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { findImageFormat } from '../../input/image-format.js';
import type { Target } from './pinned-connection.js';

/** Opens a TLS connection to one of the addresses of a target, and to nothing else. */
export type Connect = (target: Target) => Duplex;

/** What a server answered: an image, or another URL. */
export type ImageAnswer = { bytes: Uint8Array } | { location: string };

/** How many bytes show what kind of image it is. */
const SIGNATURE_BYTES = 12;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Requests an image once, over a connection of its own. Nothing is sent but what every browser sends to a stranger.
 *
 * @throws Error for an answer that is not an image or has too many bytes; the reason of the signal
 */
export async function requestImage(
  url: URL,
  target: Target,
  { connect, maxBytes, signal }: { connect: Connect; maxBytes: number; signal: AbortSignal },
): Promise<ImageAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, {
      // Without an agent no connection of somebody else is used, and none is left to others.
      createConnection: () => connect(target),
      // It is the agent that knows the usual port, with which the host is named as such.
      port: target.port,
      defaultPort: target.port,
      headers: { accept: 'image/png,image/jpeg,image/gif,image/webp', 'accept-encoding': 'identity' },
      signal,
    })
      .on('response', resolve)
      .on('error', (error) => reject(signal.aborted ? signal.reason : error))
      .end();
  });
  try {
    const { statusCode = 0, headers } = response;
    if (REDIRECTS.has(statusCode) && headers.location !== undefined) return { location: headers.location };
    if (statusCode !== 200) throw new Error(`${url.host} answered with the status ${statusCode}.`);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity')
      throw new Error(
        `${url.host} sent a compressed answer (${encoding.slice(0, 20)}), which was not asked for.`,
      );
    return { bytes: await readImage(response, url.host, maxBytes) };
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    response.destroy();
  }
}

/** Reads an image. Of anything else, only the first bytes are read; of an image that is too long, none beyond the limit. */
async function readImage(response: IncomingMessage, host: string, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new Error(`${host} sent an image with more than ${maxBytes} bytes.`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  let isImage = false;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    if (!isImage && length >= SIGNATURE_BYTES) isImage = checkFormat(Buffer.concat(chunks), host);
  }
  const bytes = Buffer.concat(chunks);
  checkFormat(bytes, host);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function checkFormat(bytes: Uint8Array, host: string): true {
  if (findImageFormat(bytes) !== undefined) return true;
  throw new Error(`${host} sent something other than a PNG, JPEG, GIF or WebP image.`);
}
