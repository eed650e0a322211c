import { fromBase64 } from '../../wire/base64.js';
import { invalid } from '../exception.js';
import type { CheckedRequest } from './checked-request.js';
import { listMedia } from './checked-request.js';

const MODALITIES: Readonly<Record<string, string>> = { image: 'IMAGE', video: 'VIDEO', audio: 'AUDIO' };

/** Checks that the model accepts the media, that their bytes are base64, and the names of documents. */
export function checkMedia({ blocks, model: { inputModalities } }: CheckedRequest): void {
  const media = [...listMedia(blocks)];
  for (const [, kind, , role] of media) {
    const modality = MODALITIES[kind];
    if (modality === undefined || inputModalities === undefined) continue;
    const isSpeech = kind === 'audio' && inputModalities.includes('SPEECH');
    if (isSpeech || inputModalities.includes(modality)) continue;
    throw invalid(
      `This model doesn't support the ${kind} field for ${role} messages. Remove ${kind} and try again.`,
    );
  }
  for (const [{ source }, , path] of media) requireBase64(source.bytes, `${path}.source.bytes`);
  for (const [{ reasoningContent, guardContent }, path] of blocks) {
    requireBase64(reasoningContent?.redactedContent, `${path}.reasoningContent.redactedContent`);
    requireBase64(guardContent?.image?.source.bytes, `${path}.guardContent.image.source.bytes`);
  }
  for (const [{ name }, kind] of media) {
    if (kind === 'document' && name !== undefined) checkDocumentName(name);
  }
}

function requireBase64(text: string | undefined, path: string): void {
  if (text !== undefined && fromBase64(text) === undefined) {
    throw invalid(`The value at ${path} is not valid base64. Encode the bytes as base64 and try again.`);
  }
}

function checkDocumentName(name: string): void {
  // The service's message leaves out the underscore, which it accepts.
  if (/^[a-zA-Z0-9_\s()[\]-]+$/.test(name) && !/\s\s/.test(name)) return;
  throw invalid(
    'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, ' +
      "and square brackets. The name can't contain more than one consecutive whitespace character.",
  );
}
