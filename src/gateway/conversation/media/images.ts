import { findImageFormat } from '../../../input/image-format.js';
import { Refusal, refuseField } from '../../failure.js';
import type { Run } from '../../http/running.js';
import type { Block } from '../draft.js';

/** Fetches an image for the gateway. It decides which addresses may be fetched, and rejects for all others. */
export type FetchImage = (
  url: URL,
  request: { signal: AbortSignal; maxBytes: number },
) => Promise<Uint8Array>;

/** Converse's limits: 3.75 MB an image, and 20 images in a message. */
const MOST_BYTES = 3.75 * 1024 * 1024;
const MOST_IMAGES = 20;

/** An image that is fetched into its block later. */
interface Waiting {
  url: URL;
  param: string;
  source: { bytes: Uint8Array };
}

/** The images of one request. Those behind URLs are fetched together, once the rest of the request is known to be right. */
export class Images {
  readonly #waiting: Waiting[] = [];

  /**
   * The block for a `data:` or `https:` URL.
   *
   * @throws Refusal for any other URL
   */
  blockFor(given: string, param: string): Block {
    if (/^data:/i.test(given)) {
      const [, type = '', data] = /^data:([^;,]*)(?:;[^,]*)?;base64,([\s\S]*)$/i.exec(given) ?? [];
      if (data === undefined)
        throw refuseField(
          param,
          `${param} is a data URL without base64. Send data:image/png;base64,… or an https URL.`,
        );
      return blockFrom(type, data, param);
    }
    const url = readUrl(given);
    if (url?.protocol !== 'https:') {
      throw refuseField(
        param,
        `${param} is neither a data URL nor an https URL. Send the image as data:image/png;base64,….`,
      );
    }
    if (this.#waiting.length >= MOST_IMAGES)
      throw refuseField(
        param,
        `The request has more than ${MOST_IMAGES} images behind URLs. Send fewer, or send them as data URLs.`,
      );
    const source = { bytes: new Uint8Array() };
    this.#waiting.push({ url, param, source });
    // Repair writes the format that the bytes have.
    return { image: { format: 'png', source } };
  }

  /** Fetches what is behind URLs, into the blocks that were returned for them. The bytes count like those of the body. */
  async load(
    fetchImage: FetchImage | undefined,
    { signal, hold }: Pick<Run, 'signal' | 'hold'>,
  ): Promise<void> {
    if (this.#waiting.length > 0 && fetchImage === undefined) {
      throw refuseField(
        this.#waiting[0]?.param ?? '',
        'This gateway does not fetch images. Send the image itself, as data:image/png;base64,….',
      );
    }
    const load = async ({ url, param, source }: Waiting): Promise<void> => {
      const bytes = await fetchOne(url, param, fetchImage as FetchImage, signal);
      hold(bytes.length);
      source.bytes = bytes;
    };
    await Promise.all(this.#waiting.splice(0).map(load));
  }
}

async function fetchOne(
  url: URL,
  param: string,
  fetchImage: FetchImage,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await fetchImage(url, { signal, maxBytes: MOST_BYTES });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Refusal) throw error;
    // Why it failed would show callers what is reachable from here, so only the log has it.
    const refusal = refuseField(
      param,
      `The image behind ${param} cannot be fetched. Send it as data:image/png;base64,….`,
    );
    refusal.cause = error;
    throw refusal;
  }
  if (bytes.length > MOST_BYTES)
    throw refuseField(param, `The image behind ${param} has more than 3.75 MB. Send a smaller one.`);
  if (findImageFormat(bytes) === undefined)
    throw refuseField(param, `What is behind ${param} is not an image. Send a PNG, JPEG, GIF or WebP.`);
  return bytes;
}

const TYPES: Readonly<Record<string, ReturnType<typeof findImageFormat>>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/** The block for base64 with a media type. */
export function blockFrom(mediaType: string, data: string, param: string): Block {
  const type = mediaType.trim().toLowerCase();
  const format = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (format === undefined)
    throw refuseField(
      param,
      `${param} has the media type ${JSON.stringify(mediaType.slice(0, 50))}. Send a PNG, JPEG, GIF or WebP image.`,
    );
  checkBase64(data, param);
  return { image: { format, source: { bytes: data as never } } };
}

/** Bytes go on as the base64 that they came in, which may have line breaks. */
export function checkBase64(data: string, param: string): void {
  const isWritten = data !== '' && /^[A-Za-z0-9+/_=\s-]*$/.test(data.slice(0, 200));
  const length = /\s/.test(data) ? data.replace(/\s/g, '').length : data.length;
  if (isWritten && length > 0 && length % 4 !== 1) return;
  throw refuseField(param, `${param} is not base64. Send the bytes of the file as base64.`);
}

function readUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
