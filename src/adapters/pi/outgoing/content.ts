import type { ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { BedrockError } from '../../../index.js';
import type { PiDocument, PiImage, PiText } from '../types.js';

export type {
  ContentBlock as Block,
  Message,
  ToolResultContentBlock as InnerBlock,
} from '@aws-sdk/client-bedrock-runtime';

const IMAGES = {
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
} as const;

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const DOCUMENTS = {
  'application/pdf': 'pdf',
  'application/msword': 'doc',
  [`${OFFICE}.wordprocessingml.document`]: 'docx',
  'application/vnd.ms-excel': 'xls',
  [`${OFFICE}.spreadsheetml.sheet`]: 'xlsx',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
} as const;

/** The text without halves of surrogate pairs, which the service rejects. */
export function withoutHalfCharacters(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '');
}

/** The Converse block for one of pi's. */
export function blockOf(block: PiText | PiImage | PiDocument): ToolResultContentBlock {
  switch (block.type) {
    case 'text':
      return { text: withoutHalfCharacters(block.text) };
    case 'image':
      return { image: { format: formatOf(IMAGES, block, 'image'), source: { bytes: bytesOf(block.data) } } };
    case 'document':
      return {
        document: {
          format: formatOf(DOCUMENTS, block, 'document'),
          // Repair makes it a name that the service accepts.
          name: block.name?.trim() || 'document',
          source: { bytes: bytesOf(block.data) },
        },
      };
    default:
      throw inputError(
        `A message contains a block of type ${String((block as { type?: unknown }).type)}, which Converse does not ` +
          'have. Pass text, image or document.',
      );
  }
}

function formatOf<Formats extends Readonly<Record<string, string>>>(
  formats: Formats,
  { mimeType }: PiImage | PiDocument,
  kind: string,
): Formats[keyof Formats] {
  const type = mimeType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (Object.hasOwn(formats, type)) return formats[type as keyof Formats];
  const known = Object.keys(formats).join(', ');
  throw inputError(`Bedrock does not accept the ${kind} type ${mimeType}. It accepts ${known}.`);
}

/** Decodes base64, also in a data URL. */
export function bytesOf(data: string): Uint8Array {
  let letters: string;
  try {
    letters = atob(data.replace(/^data:[^,]*;base64,/, ''));
  } catch {
    throw inputError('An image or document is not valid base64. Pass its bytes as base64, as pi does.');
  }
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** A conversation or option that Converse cannot express. */
export function inputError(message: string): BedrockError {
  return new BedrockError({ code: 'ERR_INPUT', name: 'InputError', message });
}
