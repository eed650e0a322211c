import { embed } from '../../index.js';
import { type Client, callerOptions, callOptions } from './client.js';
import { toCallError } from './error.js';
import { optionsOf } from './request/provider-options.js';
import type { EmbeddingCall } from './specification.js';

/** Settings of an embedding model, the second argument of `embeddingModel()`. */
export interface AmazonBedrockEmbeddingModelSettings {
  /** The model behind the ARN of an application profile. Default: looked up with GetInferenceProfile. */
  foundationModelId?: string | undefined;
  /** Less than `foundationModelId`: the format of the request. Default: none. */
  modelFamily?: 'titan' | 'cohere' | 'nova' | undefined;
}

/** A model of each family, for those who know the family only. */
const MEMBERS = {
  titan: 'amazon.titan-embed-text-v2:0',
  cohere: 'cohere.embed-multilingual-v3',
  nova: 'amazon.nova-2-multimodal-embeddings-v1:0',
};

/**
 * What @ai-sdk/amazon-bedrock sends if a call does not say: embeddings that were made with it stay comparable.
 * Source: its version 5.0.101.
 */
function defaultsFor(model: string): { inputType?: string; truncate?: 'end'; dimensions?: number } {
  if (/\bcohere\b/.test(model)) return { inputType: 'query' };
  return /\bnova-/.test(model) ? { inputType: 'GENERIC_INDEX', truncate: 'end', dimensions: 1024 } : {};
}

/** An embedding model of the AI SDK. */
export class BedrockEmbeddingModel<Version extends 'v3' | 'v4'> {
  readonly specificationVersion: Version;
  readonly provider = 'amazon-bedrock';
  readonly modelId: string;
  /** What Cohere takes in one request. `embed()` divides values for models that take less, and limits how many calls there are at a time. */
  readonly maxEmbeddingsPerCall = 96;
  readonly supportsParallelCalls = true;
  readonly #client: Client;
  readonly #foundationModelId: string | undefined;

  constructor(
    version: Version,
    modelId: string,
    client: Client,
    { foundationModelId, modelFamily }: AmazonBedrockEmbeddingModelSettings = {},
  ) {
    this.specificationVersion = version;
    this.modelId = modelId;
    this.#client = client;
    this.#foundationModelId = foundationModelId ?? (modelFamily && MEMBERS[modelFamily]);
  }

  async doEmbed(call: EmbeddingCall) {
    const given = optionsOf(call.providerOptions);
    const foundationModelId = this.#foundationModelId;
    const request = {
      modelId: this.modelId,
      values: call.values,
      ...defaultsFor(foundationModelId ?? this.modelId),
      ...(foundationModelId !== undefined && { foundationModelId }),
      ...membersOf(given),
    };
    try {
      const { embeddings, usage } = await embed(
        request,
        callerOptions(this.#client, callOptions(this.#client, call)),
      );
      return {
        embeddings,
        ...(usage && { usage: { tokens: usage.inputTokens } }),
        warnings: [],
      };
    } catch (error) {
      throw toCallError(error, `/model/${encodeURIComponent(this.modelId)}/invoke`, request);
    }
  }
}

/** The options of @ai-sdk/amazon-bedrock as `embed()` calls them; it checks their values. */
function membersOf(given: Record<string, unknown>): Record<string, unknown> {
  const {
    dimensions,
    outputDimension,
    embeddingDimension,
    normalize,
    inputType,
    embeddingPurpose,
    truncate,
  } = given;
  const members = {
    dimensions: dimensions ?? outputDimension ?? embeddingDimension,
    normalize,
    inputType: inputType ?? embeddingPurpose,
    truncate: typeof truncate === 'string' ? truncate.toLowerCase() : truncate,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
