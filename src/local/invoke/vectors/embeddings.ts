import type { Json } from '../../check/shape.js';
import { countTextTokens } from '../../conversation/tokens.js';
import { invalid } from '../../exception.js';
import type { Dice } from '../../random.js';
import { asText } from '../as-text.js';
import { checkBody, each, malformed, type Rule } from '../body-schema.js';
import { definedOf, makeUuid } from '../family.js';
import { type Encoding, encodeVector } from './encodings.js';
import { toUnit } from './text-vector.js';
import type { Item, Vectorize } from './vectorize.js';

// Sources: recordings by DataDog, pydantic-ai and ruby_llm, and the Amazon Bedrock user guide, 2026-11-28.

/** An answer that does not need the brain. */
interface DirectAnswer {
  json: Json;
  /** Undefined for models that do not count tokens. */
  inputTokens: number | undefined;
}

/** What a model that does not generate text needs besides the request. */
interface DirectCall {
  modelId: string;
  roll: Dice;
  vectorize: Vectorize;
}

/** Answers a request to a model that does not generate text. */
export type DirectModel = (body: unknown, call: DirectCall) => DirectAnswer | Promise<DirectAnswer>;

const TITAN_TOKENS = 8192;

function countTitanTokens(text: string): number {
  const tokens = countTextTokens(text);
  // The model itself refuses this before the schema is checked.
  if (tokens <= TITAN_TOKENS) return tokens;
  throw invalid(
    `400 Bad Request: Too many input tokens. Max input tokens: ${TITAN_TOKENS}, request input token count: ${tokens} `,
  );
}

async function embedFloat(item: Item, dimensions: number, { vectorize }: DirectCall): Promise<number[]> {
  const [vector = new Float64Array(dimensions)] = await vectorize([item], dimensions);
  return encodeVector(toUnit(vector), 'float');
}

/** Amazon Titan Text Embeddings G1. */
export const titanEmbedV1: DirectModel = async (body, call) => {
  checkBody(body, { required: ['inputText'], members: { inputText: { type: 'String', minLength: 1 } } });
  const text = String(body['inputText']);
  const inputTokens = countTitanTokens(text);
  const embedding = await embedFloat({ text, isText: true }, 1536, call);
  return { json: { embedding, inputTextTokenCount: inputTokens }, inputTokens };
};

/** Amazon Titan Text Embeddings V2. */
export const titanEmbedV2: DirectModel = async (body, { vectorize }) => {
  checkBody(body, {
    required: ['inputText'],
    members: {
      inputText: { type: 'String', minLength: 1 },
      dimensions: { type: 'Integer', values: [256, 512, 1024] },
      normalize: { type: 'Boolean' },
      embeddingTypes: { type: 'JSONArray', minItems: 1, items: { values: ['float', 'binary'] } },
    },
  });
  const { dimensions = 1024, normalize = true, embeddingTypes = ['float'] } = body;
  const text = String(body['inputText']);
  const inputTokens = countTitanTokens(text);
  const [raw = new Float64Array(Number(dimensions))] = await vectorize(
    [{ text, isText: true }],
    Number(dimensions),
  );
  const floats = encodeVector(normalize === true ? toUnit(raw) : raw, 'float');
  const types = embeddingTypes as string[];
  const embeddingsByType = definedOf({
    float: types.includes('float') ? floats : undefined,
    // One number per dimension, not packed.
    binary: types.includes('binary') ? floats.map((value) => (value > 0 ? 1 : 0)) : undefined,
  });
  const embedding = types.includes('float') ? floats : undefined;
  return { json: definedOf({ embedding, embeddingsByType, inputTextTokenCount: inputTokens }), inputTokens };
};

/** Amazon Titan Multimodal Embeddings. */
export const titanEmbedImage: DirectModel = async (body, call) => {
  checkBody(body, {
    members: {
      inputText: { type: 'String', minLength: 1 },
      inputImage: { type: 'String', minLength: 1 },
      embeddingConfig: {
        type: 'JSONObject',
        members: { outputEmbeddingLength: { type: 'Integer', values: [256, 384, 1024] } },
      },
    },
  });
  const { inputText, inputImage, embeddingConfig } = body;
  if (inputText === undefined && inputImage === undefined)
    throw malformed(': #: no subschema matched out of the total 2 subschemas');
  const { outputEmbeddingLength = 1024 } = Object(embeddingConfig) as Json;
  const parts = [inputText, inputImage].filter((part) => part !== undefined).map(String);
  const inputTokens = inputText === undefined ? 0 : countTextTokens(String(inputText));
  const item = { text: parts.join('\n'), isText: inputImage === undefined };
  const embedding = await embedFloat(item, Number(outputEmbeddingLength), call);
  return { json: { embedding, inputTextTokenCount: inputTokens, message: null }, inputTokens };
};

const ENCODINGS = ['float', 'int8', 'uint8', 'binary', 'ubinary'] as const;
const INPUT_TYPES = ['search_document', 'search_query', 'classification', 'clustering', 'image'];
const BATCH = 96;

const COHERE: Readonly<Record<string, Rule>> = {
  input_type: { type: 'String', values: INPUT_TYPES },
  embedding_types: { type: 'JSONArray', items: { type: 'String', values: ENCODINGS } },
};

/** Cohere Embed v3. */
export const cohereEmbedV3: DirectModel = (body, call) => {
  const given = Object(body) as Json;
  const needs = given['images'] === undefined ? ['texts', 'input_type'] : ['input_type'];
  checkBody(body, {
    required: needs,
    members: {
      ...COHERE,
      texts: {
        type: 'JSONArray',
        minItems: 1,
        maxItems: BATCH,
        items: { type: 'String', minLength: 1, maxLength: 2048 },
      },
      images: { type: 'JSONArray', minItems: 1, maxItems: 1, items: { type: 'String' } },
      truncate: { type: 'String', values: ['NONE', 'START', 'END', 'LEFT', 'RIGHT'] },
    },
  });
  const texts = (body['texts'] ?? []) as string[];
  const images = (body['images'] ?? []) as string[];
  // Recorded: the English model returns the texts in lower case.
  const shown = call.modelId.includes('english') ? texts.map((text) => text.toLowerCase()) : texts;
  const types = body['embedding_types'];
  return answerCohere([...texts.map(asItem), ...images.map(asImage)], { dimensions: 1024, types }, call, {
    id: makeUuid(call.roll),
    ...(texts.length > 0 && { texts: shown }),
  });
};

/** Cohere Embed v4. */
export const cohereEmbedV4: DirectModel = (body, call) => {
  checkBody(body, {
    required: ['input_type'],
    members: {
      ...COHERE,
      texts: { type: 'JSONArray', minItems: 1, maxItems: BATCH, items: { type: 'String', minLength: 1 } },
      images: { type: 'JSONArray', minItems: 1, maxItems: BATCH, items: { type: 'String' } },
      inputs: {
        type: 'JSONArray',
        minItems: 1,
        maxItems: BATCH,
        items: { type: 'JSONObject', required: ['content'] },
      },
      output_dimension: { type: 'Integer', values: [256, 512, 1024, 1536] },
      max_tokens: { type: 'Integer', min: 1, max: 128_000 },
      truncate: { type: 'String', values: ['NONE', 'START', 'END', 'LEFT', 'RIGHT'] },
    },
  });
  const {
    texts,
    images,
    inputs,
    output_dimension: dimensions = 1536,
    embedding_types: types = ['float'],
  } = body;
  const kinds = [texts, images, inputs].filter((one) => one !== undefined);
  if (kinds.length !== 1) throw malformed(`: #: only ${kinds.length} of texts, images and inputs is needed`);
  const items = [
    ...((texts ?? []) as string[]).map(asItem),
    ...((images ?? []) as string[]).map(asImage),
    ...((inputs ?? []) as Json[]).map(({ content }) => joinParts(Array.isArray(content) ? content : [])),
  ];
  return answerCohere(items, { dimensions: Number(dimensions), types }, call, {
    id: makeUuid(call.roll),
    ...(texts !== undefined && { texts }),
  });
};

function asItem(text: string): Item {
  return { text, isText: true };
}

function asImage(text: string): Item {
  return { text, isText: false };
}

/** Texts, and the addresses of images: sources disagree whether that is a string or `{ url }`. */
function joinParts(parts: unknown[]): Item {
  const written = parts.map((part) => {
    const { text, image_url: image } = Object(part) as Json;
    return asText(text ?? (typeof image === 'string' ? image : (Object(image) as Json)['url']) ?? '');
  });
  const isText = parts.every((part) => (Object(part) as Json)['image_url'] === undefined);
  return { text: written.join('\n'), isText };
}

/** Without types, v3 answers with a list; with types, it groups embeddings by them. */
async function answerCohere(
  items: readonly Item[],
  { dimensions, types }: { dimensions: number; types: unknown },
  { vectorize }: DirectCall,
  more: Json,
): Promise<DirectAnswer> {
  const vectors = (await vectorize(items, dimensions)).map(toUnit);
  const write = (encoding: Encoding): number[][] => vectors.map((vector) => encodeVector(vector, encoding));
  const isTyped = types !== undefined;
  const embeddings = isTyped
    ? Object.fromEntries((types as Encoding[]).map((encoding) => [encoding, write(encoding)]))
    : write('float');
  const inputTokens = items.reduce(
    (sum, { text }) => sum + countTextTokens(text.startsWith('data:') ? '' : text),
    0,
  );
  const json = { ...more, embeddings, response_type: isTyped ? 'embeddings_by_type' : 'embeddings_floats' };
  return { json, inputTokens };
}

const PURPOSES = [
  ...['GENERIC_INDEX', 'GENERIC_RETRIEVAL', 'TEXT_RETRIEVAL', 'IMAGE_RETRIEVAL', 'VIDEO_RETRIEVAL'],
  ...['DOCUMENT_RETRIEVAL', 'AUDIO_RETRIEVAL', 'CLASSIFICATION', 'CLUSTERING'],
];
const media: Rule = { type: 'JSONObject', required: ['format', 'source'] };

/** Amazon Nova Multimodal Embeddings. */
export const novaEmbed: DirectModel = async (body, call) => {
  checkBody(body, {
    required: ['taskType', 'singleEmbeddingParams'],
    members: {
      ...each('String', 'schemaVersion'),
      taskType: { type: 'String', values: ['SINGLE_EMBEDDING'] },
      singleEmbeddingParams: {
        type: 'JSONObject',
        required: ['embeddingPurpose'],
        members: {
          embeddingPurpose: { type: 'String', values: PURPOSES },
          embeddingDimension: { type: 'Integer', values: [256, 384, 1024, 3072] },
          text: {
            type: 'JSONObject',
            required: ['truncationMode'],
            members: {
              truncationMode: { type: 'String', values: ['START', 'END', 'NONE'] },
              value: { type: 'String', minLength: 1, maxLength: 8192 * 6 },
              source: {},
            },
          },
          image: media,
          audio: media,
          video: media,
        },
      },
    },
  });
  const params = body['singleEmbeddingParams'] as Json;
  const kinds = ['text', 'image', 'audio', 'video'].filter((kind) => params[kind] !== undefined);
  const [kind = ''] = kinds;
  if (kinds.length !== 1) {
    throw malformed(
      `: #/singleEmbeddingParams: exactly one of text, image, audio and video is needed, found: ${kinds.length}`,
    );
  }
  const given = params[kind] as Json;
  const text = typeof given['value'] === 'string' ? given['value'] : JSON.stringify(given['source'] ?? '');
  const item = { text, isText: typeof given['value'] === 'string' };
  const embedding = await embedFloat(item, Number(params['embeddingDimension'] ?? 3072), call);
  const embeddingType = kind === 'video' ? 'AUDIO_VIDEO_COMBINED' : kind.toUpperCase();
  // The count is only in the header.
  const inputTokens = kind === 'text' ? countTextTokens(text) : 0;
  return { json: { embeddings: [{ embeddingType, embedding }] }, inputTokens };
};
