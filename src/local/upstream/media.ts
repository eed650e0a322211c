import { fromBase64 } from '../../wire/base64.js';
import type { Media } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import { invalid } from '../exception.js';

/** Formats of documents that are text. */
const TEXTS = new Set(['txt', 'md', 'html', 'csv']);

/** Writes an image as a data URL. */
export function imagePart({ format, source }: Media): Json {
  return {
    type: 'image_url',
    image_url: { url: `data:image/${format};base64,${bytesOf(source, 'an image')}` },
  };
}

/** Writes audio as OpenAI's form has it. */
export function audioPart({ format, source }: Media): Json {
  return { type: 'input_audio', input_audio: { data: bytesOf(source, 'audio'), format } };
}

/**
 * Writes a document as text.
 *
 * @throws ServiceException for a format that is not text
 */
export function documentText({ format, name, source }: Media): string {
  const title = `Document${name === undefined ? '' : ` "${name}"`}`;
  const { text, content } = source ?? {};
  if (text !== undefined) return `${title}:\n\n${text}`;
  if (content !== undefined) return `${title}:\n\n${content.map((part) => part.text ?? '').join('\n')}`;
  const bytes = fromBase64(bytesOf(source, 'a document'));
  if (format === undefined || !TEXTS.has(format) || bytes === undefined) {
    throw invalid(
      `The local Bedrock passes documents to its upstream as text, which it cannot make of the format ${format}. Send the ` +
        `document as ${[...TEXTS].join(', ')} or text, or answer this request with a script rule.`,
    );
  }
  return `${title}:\n\n${new TextDecoder().decode(bytes)}`;
}

/** The exception for a video, which Chat Completions has no form for. */
export function videoRefused(): Error {
  return invalid(
    'The local Bedrock cannot pass a video to its upstream. Send images, or answer this request with a script rule.',
  );
}

/** Writes a search result as text. */
export function searchText({ title, source, content }: Json): string {
  const parts = Array.isArray(content) ? (content as Json[]).map(({ text }) => text) : [];
  return [title, source, ...parts].filter((part) => typeof part === 'string').join('\n');
}

function bytesOf(source: Media['source'] | undefined, what: string): string {
  if (source?.bytes !== undefined) return source.bytes;
  throw invalid(
    `The local Bedrock passes ${what} to its upstream from bytes only: it has no S3. Send bytes, or answer this request with a script rule.`,
  );
}
