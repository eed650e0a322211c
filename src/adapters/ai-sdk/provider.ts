import { type AmazonBedrockProviderSettings, createClient } from './client.js';
import { type AmazonBedrockEmbeddingModelSettings, BedrockEmbeddingModel } from './embedding-model.js';
import { aiSdkError } from './error.js';
import { ConverseLanguageModel } from './language-model.js';
import type { AmazonBedrockModelSettings } from './model.js';
import { BedrockRerankingModel } from './reranking-model.js';

/** A provider of the AI SDK: a function that returns language models, with a method for each kind of model. */
export interface Provider<Version extends 'v3' | 'v4', Language, Embedding, Reranking> {
  (modelId: string, settings?: AmazonBedrockModelSettings): Language;
  readonly specificationVersion: Version;
  languageModel(modelId: string, settings?: AmazonBedrockModelSettings): Language;
  embedding(modelId: string, settings?: AmazonBedrockEmbeddingModelSettings): Embedding;
  embeddingModel(modelId: string, settings?: AmazonBedrockEmbeddingModelSettings): Embedding;
  /** The name of `embedding()` in older versions. */
  textEmbedding(modelId: string, settings?: AmazonBedrockEmbeddingModelSettings): Embedding;
  /** The name of `embeddingModel()` in older versions. */
  textEmbeddingModel(modelId: string, settings?: AmazonBedrockEmbeddingModelSettings): Embedding;
  reranking(modelId: string): Reranking;
  rerankingModel(modelId: string): Reranking;
  /** Throws: models that make pictures are called with `invokeModel()`. */
  image(modelId: string): never;
  /** Throws: models that make pictures are called with `invokeModel()`. */
  imageModel(modelId: string): never;
}

/** Creates the provider of a version of the specification. */
export function createProvider<Version extends 'v3' | 'v4'>(
  version: Version,
  settings: AmazonBedrockProviderSettings,
) {
  const client = createClient(settings);
  const language = (modelId: string, model?: AmazonBedrockModelSettings) =>
    new ConverseLanguageModel(version, modelId, client, model);
  const embedding = (modelId: string, model?: AmazonBedrockEmbeddingModelSettings) =>
    new BedrockEmbeddingModel(version, modelId, client, model);
  const reranking = (modelId: string) => new BedrockRerankingModel(version, modelId, client);
  return Object.assign((modelId: string, model?: AmazonBedrockModelSettings) => language(modelId, model), {
    specificationVersion: version,
    languageModel: language,
    embedding,
    embeddingModel: embedding,
    textEmbedding: embedding,
    textEmbeddingModel: embedding,
    reranking,
    rerankingModel: reranking,
    image: refuseImages,
    imageModel: refuseImages,
  });
}

function refuseImages(modelId: string): never {
  throw aiSdkError(
    'AI_NoSuchModelError',
    `bedrock-anywhere/ai-sdk has no image models. Call ${modelId} with invokeModel() of bedrock-anywhere.`,
    { modelId, modelType: 'imageModel' },
  );
}
