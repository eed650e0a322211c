import type { CallOptions } from '../../index.js';
import { contentOf } from './answer/content.js';
import { answerMetadata, finishReasonOf, rejectedFields, usageOf } from './answer/metadata.js';
import { Sources } from './answer/sources.js';
import { readFirst, streamOf } from './answer/stream.js';
import { type Client, callOptions } from './client.js';
import { toCallError } from './error.js';
import { type AmazonBedrockModelSettings, findModel, type Model } from './model.js';
import { planCall } from './request/request.js';
import type { GenerateResult, LanguageModelCall, StreamResult } from './specification.js';

/** A language model of the AI SDK over Converse. */
export class ConverseLanguageModel<Version extends 'v3' | 'v4'> {
  readonly specificationVersion: Version;
  readonly provider = 'amazon-bedrock';
  readonly modelId: string;
  /** The service reads objects of S3 itself; `ai` fetches other addresses. */
  readonly supportedUrls: Record<string, RegExp[]> = {
    'image/*': [/^s3:\/\//],
    'video/*': [/^s3:\/\//],
    'application/pdf': [/^s3:\/\//],
  };
  readonly #client: Client;
  readonly #settings: AmazonBedrockModelSettings;
  #model: Model | undefined;

  constructor(version: Version, modelId: string, client: Client, settings: AmazonBedrockModelSettings = {}) {
    this.specificationVersion = version;
    this.modelId = modelId;
    this.#client = client;
    this.#settings = settings;
  }

  async doGenerate(call: LanguageModelCall): Promise<GenerateResult> {
    const { request, warnings, output } = planCall(this.#found(), call);
    const { calls, createId } = this.#client;
    const version = this.specificationVersion;
    try {
      const result = await calls.converse(request, this.#optionsOf(call));
      const content = contentOf(result, { version, output, sources: new Sources(request, createId) });
      const isJsonFromTool =
        output.by === 'tool' && result.toolUses.some(({ name }) => name === output.tool.name);
      const { requestId, modelId = this.modelId, stopReason } = result;
      const hasCalls = !isJsonFromTool && result.toolUses.length > 0;
      return {
        content,
        finishReason: finishReasonOf(stopReason, hasCalls),
        usage: usageOf(result.usage),
        providerMetadata: answerMetadata(result, isJsonFromTool),
        request: { body: request },
        response: { modelId, ...identify(requestId) },
        warnings: [...warnings, ...rejectedFields(result.repairs)],
      };
    } catch (error) {
      throw toCallError(error, this.#path('converse'), request);
    }
  }

  /** Resolves when content arrives: a call that fails before that rejects, and `ai` may make it again. */
  async doStream(call: LanguageModelCall): Promise<StreamResult> {
    const { request, warnings, output } = planCall(this.#found(), call);
    const { calls, createId } = this.#client;
    const version = this.specificationVersion;
    const describe = (error: unknown) => toCallError(error, this.#path('converse-stream'), request);
    try {
      const answer = calls.stream(request, this.#optionsOf(call));
      const events = answer[Symbol.asyncIterator]();
      const first = await readFirst(events);
      const { partial } = answer;
      const { requestId, modelId = this.modelId } = partial;
      const stream = streamOf(
        { answer, events, first },
        {
          context: { version, output, sources: new Sources(request, createId) },
          warnings: [...warnings, ...rejectedFields(partial.repairs)],
          response: { modelId, ...(requestId !== undefined && { id: requestId }) },
          isRaw: call.includeRawChunks === true,

          describe,
        },
      );
      const { headers } = identify(requestId);
      return { stream, request: { body: request }, response: headers ? { headers } : {} };
    } catch (error) {
      throw describe(error);
    }
  }

  #found(): Model {
    this.#model ??= findModel(this.modelId, this.#settings, this.#client.quirks?.(this.modelId));
    return this.#model;
  }

  #optionsOf(call: LanguageModelCall): CallOptions {
    const { foundationModelId } = this.#settings;
    return {
      ...this.#client.options,
      ...(foundationModelId && { models: [{ id: this.modelId, foundationModelId }] }),
      ...callOptions(this.#client, call),
    };
  }

  #path(action: string): string {
    return `/model/${encodeURIComponent(this.modelId)}/${action}`;
  }
}

function identify(requestId: string | undefined): { id?: string; headers?: Record<string, string> } {
  return requestId === undefined ? {} : { id: requestId, headers: { 'x-amzn-requestid': requestId } };
}
