import type { DocumentBlock, DocumentFormat } from '@aws-sdk/client-bedrock-runtime';
import { firstBytes } from '../../input/image-format.js';
import type { Note } from '../conversation.js';

/** Names of formats, with aliases: the ends of media types and of file names. */
const FORMATS: Readonly<Record<DocumentFormat, RegExp>> = {
  pdf: /pdf$/,
  csv: /csv$/,
  docx: /docx$|wordprocessingml\.document$/,
  doc: /doc$|msword$/,
  xlsx: /xlsx$|spreadsheetml\.sheet$/,
  xls: /xls$|ms-excel$/,
  html: /html?$/,
  md: /md$|markdown$/,
  txt: /te?xt$|\/plain$/,
};

/** How files begin, in base64, and which formats that can be. */
const BEGINNINGS: readonly (readonly [bytes: RegExp, formats: readonly DocumentFormat[]])[] = [
  [/^JVBER/, ['pdf']],
  [/^UEsDB/, ['docx', 'xlsx']],
  [/^0M8R4/, ['doc', 'xls']],
];

/** Formats whose bytes are the text that a model reads. */
const TEXTS: readonly (string | undefined)[] = ['csv', 'html', 'md', 'txt'];

/**
 * Repairs the format of a document: one that the service does not know, such as `text/plain`, and one that the bytes contradict,
 * which Claude rejects. Nobody knows whether other models reject the latter, so it is sent to them as it is.
 */
export function repairFormat(
  document: DocumentBlock,
  mayBeClaude: boolean,
  path: () => string,
  note: Note,
): DocumentBlock {
  const { format, name, source } = document;
  const isKnown = format === undefined || Object.hasOwn(FORMATS, format);
  if (isKnown && !mayBeClaude) return document;
  const named = [format, name].flatMap((text) => formatNamed(text) ?? []);
  const real = findFormats(source?.bytes);
  const wanted =
    real === undefined
      ? isKnown
        ? format
        : (named[0] ?? (textOf(document) === undefined ? undefined : 'txt'))
      : (named.find((one) => real.includes(one)) ?? real[0]);
  if (wanted === format || wanted === undefined || (format === undefined && real === undefined))
    return document;
  note('document-format', `${path()}.document.format`, format, wanted);
  return { ...document, format: wanted };
}

/** Converts a text document to text, for a model that accepts no documents; undefined if it is not a text document. */
export function toText(document: DocumentBlock): { text: string } | undefined {
  const { format, name, source } = document;
  if (format !== undefined && !TEXTS.includes(format)) return undefined;
  const text = source?.text ?? source?.content?.map((part) => part.text ?? '').join('\n') ?? textOf(document);
  return text?.trim() ? { text: `${name ?? 'document'}:\n\n${text}` } : undefined;
}

function formatNamed(text = ''): DocumentFormat | undefined {
  const names = Object.keys(FORMATS) as DocumentFormat[];
  return names.find((name) => FORMATS[name].test(text.toLowerCase()));
}

function findFormats(
  bytes: Uint8Array | ArrayBuffer | string | undefined,
): readonly DocumentFormat[] | undefined {
  if (bytes === undefined) return undefined;
  const head =
    typeof bytes === 'string' ? bytes.slice(0, 16) : btoa(String.fromCharCode(...firstBytes(bytes)));
  return BEGINNINGS.find(([beginning]) => beginning.test(head))?.[1];
}

/** Bytes as text, if they are valid UTF-8. */
function textOf({ source }: DocumentBlock): string | undefined {
  const bytes: Uint8Array | string | undefined = source?.bytes;
  if (bytes === undefined || findFormats(bytes) !== undefined) return undefined;
  try {
    const whole =
      typeof bytes === 'string' ? Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0)) : bytes;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(whole);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
