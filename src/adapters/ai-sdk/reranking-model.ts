import { type JsonObject, rerank } from '../../index.js';
import { type Client, callerOptions, callOptions } from './client.js';
import { toCallError } from './error.js';
import { optionsOf } from './request/provider-options.js';
import type { RerankingCall, Warning } from './specification.js';

/** A reranking model of the AI SDK. */
export class BedrockRerankingModel<Version extends 'v3' | 'v4'> {
  readonly specificationVersion: Version;
  readonly provider = 'amazon-bedrock';
  readonly modelId: string;
  readonly #client: Client;

  constructor(version: Version, modelId: string, client: Client) {
    this.specificationVersion = version;
    this.modelId = modelId;
    this.#client = client;
  }

  async doRerank(call: RerankingCall) {
    const { query, topN, documents } = call;
    const request = {
      modelId: this.modelId,
      query,
      documents: documents.values as (string | JsonObject)[],
      ...(topN !== undefined && { topN }),
    };
    // The whole ranking is read, page by page, so there is no token for the next one.
    const warnings = Object.keys(optionsOf(call.providerOptions)).map(
      (name): Warning => ({ type: 'unsupported', feature: `providerOptions.bedrock.${name}` }),
    );
    try {
      const { results, requestId } = await rerank(
        request,
        callerOptions(this.#client, callOptions(this.#client, call)),
      );
      return {
        ranking: results.map(({ index, score }) => ({ index, relevanceScore: score })),
        warnings,
        response: { modelId: this.modelId, ...(requestId !== undefined && { id: requestId }) },
      };
    } catch (error) {
      throw toCallError(error, '/rerank', request);
    }
  }
}
