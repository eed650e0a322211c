import { type CallerOptions, readCallerOptions } from '../client.js';
import { truncatedError } from '../converse/stream/errors.js';
import type { ReadingLimits } from '../converse/stream/reading.js';
import { isBedrockError, withFacts } from '../errors.js';
import type { EventReader, Settings } from '../options.js';
import type { Abort } from '../transport/abort.js';
import { closeReader, requireEventReader } from '../transport/event-reader.js';
import { IDLE_TIMEOUT_MS } from '../transport/idle.js';
import { Attempts } from '../transport/retry.js';
import type { InvokeChunk, JsonObject } from '../types.js';
import { FrameDecoder } from '../wire/events.js';
import { readInvokeChunk } from './chunk.js';
import { readEnding } from './endings.js';
import { type InvokeRequest, type PreparedInvoke, prepareInvoke } from './request.js';
import { type ChunkSource, ChunkStream, type InvokeStream, type InvokeStreamResult } from './stream.js';
import { METRICS, toCount, usageOfMetrics } from './usage.js';

/** The service's frames hold 1,000,000 bytes of payload. Source: botocore 1.43.67, bedrock-runtime, `PartBody`, 2026-08. */
const MAX_FRAME_BYTES = 2 * 1024 * 1024;

/**
 * Streams the answer to a request in a model's own form. Nothing is sent before the stream is first read.
 * Source: Amazon Bedrock Runtime, `InvokeModelWithResponseStream`.
 *
 * @throws BedrockError while the stream is read; `chunks` holds what had arrived. An abort throws `signal.reason`.
 *
 * @example
 * ```ts
 * import { invokeModelStream } from 'bedrock-anywhere';
 *
 * const answer = invokeModelStream<{ delta?: { text?: string } }>({
 *   modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
 *   body: {
 *     anthropic_version: 'bedrock-2023-05-31',
 *     max_tokens: 500,
 *     messages: [{ role: 'user', content: 'Why is the sky blue?' }],
 *   },
 * });
 * for await (const { json } of answer) console.log(json?.delta?.text);
 * console.log((await answer.result()).usage);
 * ```
 */
export function invokeModelStream<Json = JsonObject>(
  request: InvokeRequest,
  options: CallerOptions = {},
): InvokeStream<Json> {
  const call = new InvokeCall(request, () => readCallerOptions(options, 'invokeModelStream()'));
  return new ChunkStream(call as ChunkSource<unknown> as ChunkSource<Json>);
}

/** A call of InvokeModelWithResponseStream. Attempts that failed before the first chunk are repeated. */
class InvokeCall implements ChunkSource<JsonObject> {
  readonly #request: InvokeRequest;
  readonly #readSettings: () => Settings;
  readonly #chunks: InvokeChunk[] = [];
  readonly #warnings: string[] = [];
  #settings: Settings | undefined;
  #prepared: PreparedInvoke | undefined;
  #attempts: Attempts | undefined;
  #requestId: string | undefined;
  /** One recognized chunk is enough to know the format of the answer. */
  #isKnown = false;
  #isComplete = false;
  #metrics: JsonObject | undefined;

  constructor(request: InvokeRequest, readSettings: () => Settings) {
    this.#request = request;
    this.#readSettings = readSettings;
  }

  limits(): ReadingLimits {
    const { signal, timeoutMs, idleTimeoutMs = IDLE_TIMEOUT_MS } = this.#resolved();
    return { signal, timeoutMs, idleTimeoutMs };
  }

  async open(abort: Abort, onProgress: () => void): Promise<EventReader<InvokeChunk>> {
    this.#prepared ??= await prepareInvoke(this.#resolved(), this.#request, 'invoke-with-response-stream');
    const { route, outgoing } = this.#prepared;
    this.#attempts ??= new Attempts(route, outgoing, abort, undefined, onProgress);
    const events = await this.#attempts.make(
      async (call) => requireEventReader(await route.transport.stream(Object.assign(call, { decoder }))),
      closeReader,
    );
    this.#requestId = events.requestId;
    return events;
  }

  async recover(error: unknown): Promise<void> {
    if (this.#attempts === undefined) throw error;
    if (this.#chunks.length > 0) throw this.#attempts.failure(error);
    await this.#attempts.next(error);
  }

  accept(chunk: InvokeChunk): boolean {
    this.#chunks.push(chunk);
    const ending = readEnding(chunk.json);
    if (ending !== 'unknown') this.#isKnown = true;
    if (ending === 'last') this.#isComplete = true;
    const metrics = chunk.json?.[METRICS];
    if (typeof metrics === 'object' && metrics !== null) this.#metrics = metrics as JsonObject;
    return true;
  }

  finish(): void {
    if (!this.#isComplete) {
      if (this.#isKnown || this.#chunks.length === 0) throw truncatedError();
      this.#warnings.push(
        'The format of the answer is unknown, and it ended without amazon-bedrock-invocationMetrics: it may be truncated.',
      );
    }
    this.#attempts?.succeeded();
  }

  describe(error: unknown): unknown {
    if (!isBedrockError(error)) return error;
    const { chunks, attempts, requestId } = this.result();
    return withFacts(error, {
      chunks,
      attempts: Math.max(attempts, error.attempts),
      requestId: error.requestId ?? requestId,
    });
  }

  result(): InvokeStreamResult {
    const metrics = this.#metrics;
    return {
      chunks: [...this.#chunks],
      usage: usageOfMetrics(metrics),
      latencyMs: toCount(metrics?.['invocationLatency']),
      firstByteLatencyMs: toCount(metrics?.['firstByteLatency']),
      requestId: this.#requestId,
      attempts: this.#attempts?.sent ?? 0,
      warnings: [...(this.#attempts?.warnings ?? []), ...this.#warnings],
    };
  }

  #resolved(): Settings {
    this.#settings ??= this.#readSettings();
    return this.#settings;
  }
}

function decoder(): FrameDecoder<InvokeChunk> {
  return new FrameDecoder(readInvokeChunk, MAX_FRAME_BYTES);
}
