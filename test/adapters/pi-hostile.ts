import { encodeEvent } from 'bedrock-anywhere/local';
import {
  type BedrockStreamOptions,
  bedrockFailure,
  createBedrockProvider,
  type PiAssistantMessage,
  type PiEventStream,
  type PiModel,
} from 'bedrock-anywhere/pi';
import { afterAll, beforeAll, expect } from 'vitest';
import { user } from './pi-contexts.js';

export const MODEL: PiModel = {
  id: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  name: 'Sonnet',
  api: 'bedrock-converse-stream',
  provider: 'amazon-bedrock',
  baseUrl: 'http://127.0.0.1:9',
  reasoning: true,
  input: ['text', 'image'],
  cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  contextWindow: 200_000,
  maxTokens: 64_000,
};
export const CONTEXT = { messages: [user('go')] };

/** Rounds of the event loop after which a promise that has not settled never will: nothing here waits for a clock. */
const PATIENCE = 500;

export const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

/** Collects unhandled rejections for the tests of a file. */
export function watchRejections(): void {
  beforeAll(() => void process.on('unhandledRejection', onUnhandled));
  afterAll(() => void process.off('unhandledRejection', onUnhandled));
}

const round = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export async function rounds(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await round();
}

/** The outcome of a promise; fails where it does not settle. */
export async function settled<T>(promise: Promise<T>, what: string): Promise<T> {
  let isOver = false;
  void promise.finally(() => {
    isOver = true;
  });
  for (let n = 0; n < PATIENCE && !isOver; n++) await round();
  if (!isOver) throw new Error(`${what} did not settle`);
  return promise;
}

/** How a body ends by itself: complete, broken off, or not at all. */
export type End = 'close' | 'error' | 'silence';

/** A peer that answers with these bytes, and whether somebody still has its body open. */
export function peer(chunks: readonly Uint8Array[], end: End) {
  let isOpen = false;
  let onClose = (): void => {};
  const closed = new Promise<void>((resolve) => {
    onClose = resolve;
  });
  const fetch = (async () => {
    const left = [...chunks];
    isOpen = true;
    const over = (): void => {
      isOpen = false;
      onClose();
    };
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = left.shift();
          if (chunk !== undefined) return controller.enqueue(chunk);
          if (end === 'silence') return new Promise<void>(() => {});
          over();
          if (end === 'close') return controller.close();
          controller.error(new Error('the connection broke'));
        },
        cancel: over,
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
  }) as typeof globalThis.fetch;
  return { fetch, isOpen: () => isOpen, closed };
}

export function open(fetch: typeof globalThis.fetch, options: BedrockStreamOptions = {}): PiEventStream {
  const provider = createBedrockProvider({ region: 'us-east-1', credentials: { token: 'key' }, fetch });
  return provider.stream(MODEL, CONTEXT, { maxRetries: 0, ...options });
}

export const frames = (...events: object[]): Uint8Array[] =>
  events.map((event) => encodeEvent(event as never));
export const start = { type: 'messageStart', role: 'assistant' };
export const tool = (contentBlockIndex: unknown, toolUse: unknown): object => ({
  type: 'contentBlockStart',
  contentBlockIndex,
  start: { toolUse },
});
export const delta = (contentBlockIndex: unknown, members: unknown): object => ({
  type: 'contentBlockDelta',
  contentBlockIndex,
  delta: members,
});
export const stop = { type: 'messageStop', stopReason: 'end_turn' };

/** A message that pi's users can rely on, whatever it was made from. */
export function expectMessage(message: PiAssistantMessage): void {
  const { content, stopReason, errorMessage, usage } = message;
  expect(['stop', 'length', 'toolUse', 'error', 'aborted']).toContain(stopReason);
  const isFailure = stopReason === 'error' || stopReason === 'aborted';
  expect(typeof errorMessage).toBe(isFailure ? 'string' : 'undefined');
  expect(bedrockFailure(message) !== undefined).toBe(isFailure);
  const { cost, ...tokens } = usage;
  for (const count of [...Object.values(tokens), ...Object.values(cost)]) {
    expect(Number.isFinite(count) && count >= 0).toBe(true);
  }
  for (const block of content) {
    const texts =
      block.type === 'text'
        ? [block.text]
        : block.type === 'thinking'
          ? [block.thinking]
          : [block.id, block.name];
    for (const text of texts) expect(typeof text).toBe('string');
    if (block.type === 'toolCall')
      expect(Object.prototype.toString.call(block.arguments)).toBe('[object Object]');
  }
}
