import { fromBase64 } from '../../../wire/base64.js';
import { invalid, type ServiceException } from '../../exception.js';
import type { CheckedRequest } from '../checked-request.js';
import { listMedia } from '../checked-request.js';
import { findRejections } from '../quirks.js';
import { checkDocuments } from './documents.js';
import { checkImages } from './images.js';

const MODALITIES: Readonly<Record<string, string>> = { image: 'IMAGE', video: 'VIDEO', audio: 'AUDIO' };

/** Checks that the model accepts the media, that their bytes are base64, and what documents and images are like. */
export function checkMedia(request: CheckedRequest): void {
  const bytesOf = readMedia(request);
  checkDocuments(request, bytesOf);
  checkImages(request, bytesOf);
}

/** The same, without the checks of documents that only Converse makes. */
export function checkOwnMedia(request: CheckedRequest): void {
  checkImages(request, readMedia(request));
}

function readMedia({ blocks, model: { modelId, inputModalities } }: CheckedRequest): Map<string, Uint8Array> {
  const media = [...listMedia(blocks)];
  const { documents = false } = findRejections(modelId);
  for (const [, kind, , role] of media) {
    if (documents && kind === 'document') throw unsupportedMedia(kind, role);
    const modality = MODALITIES[kind];
    if (modality === undefined || inputModalities === undefined) continue;
    const isSpeech = kind === 'audio' && inputModalities.includes('SPEECH');
    if (isSpeech || inputModalities.includes(modality)) continue;
    throw unsupportedMedia(kind, role);
  }
  const bytesOf = new Map<string, Uint8Array>();
  for (const [{ source }, , path] of media) {
    const bytes = readBase64(source.bytes, `${path}.source.bytes`);
    if (bytes !== undefined) bytesOf.set(path, bytes);
  }
  for (const [{ reasoningContent, guardContent }, path] of blocks) {
    readBase64(reasoningContent?.redactedContent, `${path}.reasoningContent.redactedContent`);
    readBase64(guardContent?.image?.source.bytes, `${path}.guardContent.image.source.bytes`);
  }
  return bytesOf;
}

function unsupportedMedia(kind: string, role: string): ServiceException {
  return invalid(
    `This model doesn't support the ${kind} field for ${role} messages. Remove ${kind} and try again.`,
  );
}

function readBase64(text: string | undefined, path: string): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const bytes = fromBase64(text);
  if (bytes !== undefined) return bytes;
  throw invalid(`The value at ${path} is not valid base64. Encode the bytes as base64 and try again.`);
}
