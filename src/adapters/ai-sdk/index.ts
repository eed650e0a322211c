import { type AmazonBedrockProviderSettings, createClient } from './client.js';
import { ConverseLanguageModel } from './language-model.js';
import type { AmazonBedrockModelSettings } from './model.js';
import { createProvider, type Provider } from './provider.js';
import type { EmbeddingModel, LanguageModel, RerankingModel } from './specification.js';

export type { AmazonBedrockProviderSettings } from './client.js';
export type { AmazonBedrockEmbeddingModelSettings } from './embedding-model.js';
export type { AmazonBedrockModelSettings } from './model.js';
export type { AmazonBedrockLanguageModelOptions, ReasoningConfig } from './request/provider-options.js';
export type {
  EmbeddingModel,
  GenerateResult,
  LanguageModel,
  LanguageModelCall,
  RerankingModel,
  StreamPart,
  StreamResult,
} from './specification.js';

/** A provider by specification V4, for `ai` 7. */
export type AmazonBedrockProvider = Provider<'v4', LanguageModel, EmbeddingModel, RerankingModel>;

/**
 * Amazon Bedrock as a provider of the AI SDK, by specification V4, for `ai` 7 in Node, browsers and edge runtimes. `ai` 6 needs the
 * one of `bedrock-anywhere/ai-sdk/v3`.
 *
 * @param settings Settings of @ai-sdk/amazon-bedrock and options of `createBedrock()`, or `{ bedrock }` with a client of it.
 * Without credentials, those of the machine are used.
 * @throws BedrockError `ERR_INPUT` for settings that contradict each other. A call rejects with the AI SDK's `APICallError`, whose
 * cause is a BedrockError.
 *
 * @example
 * ```ts
 * import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';
 *
 * const bedrock = createAmazonBedrock({ region: 'eu-central-1' });
 * const model = bedrock('eu.anthropic.claude-sonnet-4-5-20250929-v1:0');
 * ```
 */
export function createAmazonBedrock(settings: AmazonBedrockProviderSettings = {}): AmazonBedrockProvider {
  return createProvider('v4', settings);
}

/**
 * One language model, for pages that call nothing else: the same as `createAmazonBedrock(settings)(modelId, settings)`, in a bundle
 * without embedding and reranking models.
 *
 * @param settings Those of the provider and those of the model.
 * @throws BedrockError `ERR_INPUT` for settings that contradict each other.
 *
 * @example
 * ```ts
 * import { createLanguageModel } from 'bedrock-anywhere/ai-sdk';
 *
 * const model = createLanguageModel('eu.amazon.nova-lite-v1:0', { region: 'eu-central-1' });
 * ```
 */
export function createLanguageModel(
  modelId: string,
  settings: AmazonBedrockProviderSettings & AmazonBedrockModelSettings = {},
): LanguageModel {
  const { foundationModelId, modelFamily, ...rest } = settings;
  return new ConverseLanguageModel('v4', modelId, createClient(rest), { foundationModelId, modelFamily });
}

/**
 * The provider with the credentials and region of the machine.
 *
 * @example
 * ```ts
 * import { bedrock } from 'bedrock-anywhere/ai-sdk';
 *
 * const model = bedrock('us.amazon.nova-lite-v1:0');
 * ```
 */
export const amazonBedrock: AmazonBedrockProvider = /* @__PURE__ */ createAmazonBedrock();

export { amazonBedrock as bedrock };
