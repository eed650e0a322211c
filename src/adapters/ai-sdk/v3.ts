import { type AmazonBedrockProviderSettings, createClient } from './client.js';
import { ConverseLanguageModel } from './language-model.js';
import type { AmazonBedrockModelSettings } from './model.js';
import { createProvider, type Provider } from './provider.js';
import type { EmbeddingModel, LanguageModel, RerankingModel, V3 } from './specification.js';

export type { AmazonBedrockProviderSettings } from './client.js';
export type { AmazonBedrockEmbeddingModelSettings } from './embedding-model.js';
export type { AmazonBedrockModelSettings } from './model.js';
export type { AmazonBedrockLanguageModelOptions, ReasoningConfig } from './request/provider-options.js';

/** A provider by specification V3, for `ai` 6 and 7. */
export type AmazonBedrockProvider = Provider<'v3', LanguageModel<V3>, EmbeddingModel<V3>, RerankingModel<V3>>;

/**
 * Amazon Bedrock as a provider of the AI SDK, by specification V3, for `ai` 6; `ai` 7 accepts it too. An answer that was cut ends
 * with an error part, because V3 has no finish reason for it.
 *
 * @param settings As for the provider of `bedrock-anywhere/ai-sdk`.
 * @throws BedrockError `ERR_INPUT` for settings that contradict each other. A call rejects with the AI SDK's `APICallError`, whose
 * cause is a BedrockError.
 *
 * @example
 * ```ts
 * import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk/v3';
 *
 * const bedrock = createAmazonBedrock({ region: 'eu-central-1' });
 * const model = bedrock('eu.anthropic.claude-sonnet-4-5-20250929-v1:0');
 * ```
 */
export function createAmazonBedrock(settings: AmazonBedrockProviderSettings = {}): AmazonBedrockProvider {
  // Its models return what the types of version 3 say: only the types of version 4 are inferred.
  return createProvider('v3', settings) as unknown as AmazonBedrockProvider;
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
 * import { createLanguageModel } from 'bedrock-anywhere/ai-sdk/v3';
 *
 * const model = createLanguageModel('eu.amazon.nova-lite-v1:0', { region: 'eu-central-1' });
 * ```
 */
export function createLanguageModel(
  modelId: string,
  settings: AmazonBedrockProviderSettings & AmazonBedrockModelSettings = {},
): LanguageModel<V3> {
  const { foundationModelId, modelFamily, ...rest } = settings;
  return new ConverseLanguageModel('v3', modelId, createClient(rest), {
    foundationModelId,
    modelFamily,
  }) as unknown as LanguageModel<V3>;
}

/**
 * The provider with the credentials and region of the machine.
 *
 * @example
 * ```ts
 * import { bedrock } from 'bedrock-anywhere/ai-sdk/v3';
 *
 * const model = bedrock('us.amazon.nova-lite-v1:0');
 * ```
 */
export const amazonBedrock: AmazonBedrockProvider = /* @__PURE__ */ createAmazonBedrock();

export { amazonBedrock as bedrock };
