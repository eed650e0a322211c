import { chat, jamba } from './chat/choices.js';
import { claude } from './chat/claude.js';
import { commandR } from './chat/command-r.js';
import { nova } from './chat/nova.js';
import type { Family } from './family.js';
import { claudeText, command, deepSeek, llama, mistralText, titanText } from './prompts.js';
import {
  cohereEmbedV3,
  cohereEmbedV4,
  type DirectModel,
  novaEmbed,
  titanEmbedImage,
  titanEmbedV1,
  titanEmbedV2,
} from './vectors/embeddings.js';
import { rerankModel } from './vectors/rerank.js';

const DIRECT: readonly (readonly [RegExp, DirectModel])[] = [
  [/titan-embed-image/, titanEmbedImage],
  [/titan-embed-text-v2/, titanEmbedV2],
  [/titan-embed/, titanEmbedV1],
  [/multimodal-embeddings/, novaEmbed],
  [/cohere\.embed-v[4-9]/, cohereEmbedV4],
  [/cohere\.embed/, cohereEmbedV3],
  [/rerank/, rerankModel],
];

/** A vendor may have several formats: the first match wins. */
const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/claude-(?:v2|instant)/, claudeText],
  [/claude/, claude],
  [/amazon\.nova-/, nova],
  [/amazon\.titan-/, titanText],
  [/meta\.llama/, llama],
  [/mistral\.(?:mistral-(?:7b|small-2402|large-2402)|mixtral)/, mistralText],
  [/deepseek\.r1/, deepSeek],
  [/cohere\.command-r/, commandR],
  [/cohere\.command/, command],
  [/ai21\.jamba/, jamba],
];

/** The embedding or rerank model with this id; undefined for a model that generates text. */
export function directModelOf(modelId: string): DirectModel | undefined {
  return DIRECT.find(([ids]) => ids.test(modelId))?.[1];
}

/** The format of a model that generates text, by its id. Models of unknown vendors use the most common one. */
export function familyOf(modelId: string): Family {
  return FAMILIES.find(([ids]) => ids.test(modelId))?.[1] ?? chat;
}
