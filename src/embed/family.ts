import { familyWords } from '../catalog/family.js';
import { inputError } from '../errors.js';
import { cohere } from './cohere.js';
import type { EmbedFamily } from './form.js';
import { nova } from './nova.js';
import type { PlainEmbedRequest } from './request.js';
import { titanImage, titanText, titanTextV1 } from './titan.js';

const FAMILIES: readonly (readonly [RegExp, EmbedFamily])[] = [
  [/\bcohere-embed-v4/, /* @__PURE__ */ cohere(4)],
  [/\bcohere-embed-/, /* @__PURE__ */ cohere(3)],
  [/\bmultimodal-embeddings\b/, nova],
  [/\btitan-embed-image/, titanImage],
  [/\btitan-embed-(?:text-v1|g1-text)/, titanTextV1],
  [/\btitan-embed-text/, titanText],
];

/** Whether an id shows the family of its model. */
export function findEmbedFamily(modelId: string): EmbedFamily | undefined {
  const words = familyWords(modelId);
  return FAMILIES.find(([pattern]) => pattern.test(words))?.[1];
}

/** Checks that the family supports everything in a request, so that nothing is ignored silently. */
export function checkEmbedRequest(family: EmbedFamily, request: PlainEmbedRequest): void {
  const { modelId, values, dimensions, encoding, truncate, normalize } = request;
  const refuse = (what: string): never => {
    throw inputError(`${modelId} ${what}`);
  };
  if (dimensions !== undefined && !family.dimensions.includes(dimensions))
    refuse(
      family.dimensions.length === 0
        ? 'has embeddings of one length. Omit dimensions.'
        : `has no embeddings of ${dimensions} dimensions. Pass ${family.dimensions.join(', ')}.`,
    );
  if (!family.encodings.includes(encoding))
    refuse(`does not write embeddings as ${encoding}. Pass ${family.encodings.join(', ')}.`);
  if (truncate !== 'none' && !family.truncates) refuse('does not shorten texts. Omit truncate.');
  if (!normalize && !family.normalizes) refuse('always normalizes. Omit normalize.');
  for (const [i, { text, image }] of values.entries()) {
    if (image !== undefined && !family.takesImages)
      refuse(`embeds texts only, and values.${i} has an image.`);
    if (image !== undefined && text !== undefined && !family.joins)
      refuse(`embeds a text or an image, and values.${i} has both. Pass two values.`);
  }
}
