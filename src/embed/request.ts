import { inputError } from '../errors.js';
import { bytes } from '../input/bytes.js';
import { flag, isObject, type Path, type Read, readWhole, refuse, text, whole } from '../input/read.js';
import { list, struct } from '../input/shape.js';
import type { KnownModelId } from '../types.js';

/** What is embedded: a text, an image, or both as one value if the model accepts that. */
export interface EmbedValue {
  /** A text, alone or together with an image. */
  text?: string | undefined;
  /** A PNG, JPEG, GIF or WebP: bytes, base64 or a data URL. */
  image?: Uint8Array | ArrayBuffer | string | undefined;
}

/** How the numbers of an embedding are written. */
export type EmbedEncoding = 'float' | 'int8' | 'uint8' | 'binary' | 'ubinary';

/** A request of `embed()`. */
export interface EmbedRequest {
  /** A Titan, Cohere or Nova model for embeddings, or a profile of one. */
  modelId: KnownModelId | (string & {});
  /** Any number of them: they are split into as many calls as the model needs. */
  values: readonly (string | EmbedValue)[];
  /**
   * What the embeddings are for. For a search, embed the documents as `document`, and the search terms as `query`. The model's own
   * names work too, such as `GENERIC_RETRIEVAL`. Titan has none. Default: `document`.
   */
  inputType?: 'document' | 'query' | 'classification' | 'clustering' | (string & {}) | undefined;
  /** Length of each embedding. Default: the model's own. */
  dimensions?: number | undefined;
  /** Whether embeddings are normalized to length 1. Only Titan text v2 accepts false. Default: true. */
  normalize?: boolean | undefined;
  /**
   * Which part of a text that is too long is removed; with `none` such a text is an error. Titan accepts only `none`. Default:
   * `none`.
   */
  truncate?: 'none' | 'start' | 'end' | undefined;
  /** How the numbers are written. Default: `float`. */
  encoding?: EmbedEncoding | undefined;
  /**
   * The model behind the ARN of an application profile, which decides the format of the request. Default: looked up with
   * GetInferenceProfile.
   */
  foundationModelId?: string | undefined;
}

/** A checked request. */
export interface PlainEmbedRequest extends Omit<EmbedRequest, 'values'> {
  values: EmbedValue[];
  inputType: string;
  normalize: boolean;
  truncate: 'none' | 'start' | 'end';
  encoding: EmbedEncoding;
}

const value: Read = (given, path) => {
  const read = typeof given === 'string' ? { text: given } : valueMembers(given, path);
  const { text: words, image } = read as EmbedValue;
  if (words === undefined && image === undefined) refuse(path, given, 'a text, { text } or { image }');
  if (words !== undefined && words.trim() === '' && image === undefined)
    throw inputError(`${path.join('.')} is blank, and no model embeds that. Omit it.`);
  return read;
};

const valueMembers = /* @__PURE__ */ struct({ text, image: bytes }, undefined, {
  isClosed: true,
  wanted: 'a text, { text } or { image }',
});

const oneOf =
  (...names: string[]): Read =>
  (given, path) =>
    names.includes(given as string) ? given : refuse(path, given, `'${names.join("', '")}'`, true);

const dimensions: Read = (given, path) =>
  Number(whole(given, path)) > 0 ? given : refuse(path, given, 'a number of dimensions', true);

const readMembers = /* @__PURE__ */ struct(
  {
    modelId: text,
    values: /* @__PURE__ */ list(value, 'a list of texts, or of { text } and { image }'),
    inputType: text,
    dimensions,
    normalize: flag,
    truncate: /* @__PURE__ */ oneOf('none', 'start', 'end'),
    encoding: /* @__PURE__ */ oneOf('float', 'int8', 'uint8', 'binary', 'ubinary'),
    foundationModelId: text,
  },
  'modelId values',
  { isClosed: true, wanted: '{ modelId, values }', meant: meantMember },
);

/** Names that other libraries use. */
function meantMember(name: string): string | undefined {
  if (/^(?:value|input|inputs|texts|inputText|documents)$/.test(name)) return 'values: [ … ]';
  if (/^(?:input_type|embeddingPurpose|purpose|task)$/.test(name)) return "inputType: 'document' or 'query'";
  if (/^(?:output_dimension|outputDimension|embeddingDimension)$/.test(name)) return 'dimensions';
  if (/^(?:model|model_id)$/.test(name)) return 'modelId';
  return /^(?:embedding_?types)$/i.test(name) ? "encoding: 'int8'" : undefined;
}

/** Checks a request of `embed()`. */
export function readEmbedRequest(request: EmbedRequest): PlainEmbedRequest {
  const path: Path = [];
  return readWhole(path, () => {
    if (!isObject(request)) refuse(path, request, '{ modelId, values }');
    const read = readMembers(request, path) as PlainEmbedRequest;
    if (read.values.length === 0) throw inputError('values is empty. Pass at least one text or image.');
    return {
      inputType: 'document',
      normalize: true,
      truncate: 'none',
      encoding: 'float',
      ...definedOf(read),
    };
  }) as PlainEmbedRequest;
}

function definedOf(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
}
