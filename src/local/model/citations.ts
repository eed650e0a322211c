import { fromBase64 } from '../../wire/base64.js';
import type { ConverseBody, Media } from '../check/request-shape.js';
import type { AnswerBlock } from '../conversation/answer.js';

/** How many letters of a document are quoted. */
const MOST_LETTERS = 200;

const TEXT_FORMATS = new Set(['txt', 'md', 'html', 'csv']);

/** Quotes the documents that the request wants to be cited, each with a citation. */
export function* quoteDocuments({ messages = [] }: ConverseBody): Generator<AnswerBlock> {
  const documents = messages.flatMap(({ content }) => content.flatMap(({ document }) => document ?? []));
  for (const [documentIndex, document] of documents.entries()) {
    if (document.citations?.enabled !== true) continue;
    const text = textOf(document)?.slice(0, MOST_LETTERS);
    const title = document.name;
    yield {
      kind: 'text',
      text: ` ${title} says: "${text ?? '…'}"`,
      citation: {
        location:
          text === undefined
            ? { documentPage: { documentIndex, start: 1, end: 2 } }
            : { documentChar: { documentIndex, start: 0, end: text.length } },
        sourceContent: [{ text: text ?? title }],
        title,
      },
    };
  }
}

/** The text of a document; undefined if it is not written in plain text, as a PDF. */
function textOf({ format, source }: Pick<Media, 'format' | 'source'>): string | undefined {
  if (source.text !== undefined) return source.text;
  if (source.content !== undefined) return source.content.map(({ text }) => text ?? '').join('');
  const bytes = TEXT_FORMATS.has(format ?? '') ? fromBase64(source.bytes ?? '') : undefined;
  return bytes && new TextDecoder().decode(bytes);
}
