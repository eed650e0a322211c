import type { ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { JsonValue } from '../types.js';
import type { InputOf, ToolSchema } from './schema.js';

/** What a tool gets besides its input. */
export interface ToolContext {
  /** Aborts when the run ends: pass it to whatever the tool waits for. */
  signal: AbortSignal;
  toolUseId: string;
}

/** What a tool returns: a text, a JSON value, or blocks such as images. */
export type ToolOutput = JsonValue | undefined | object | readonly ToolResultContentBlock[];

/** A tool that `runTools()` runs for a model. */
export interface RunnableTool<Schema extends ToolSchema = ToolSchema> {
  /** What it does and when to use it, for the model. */
  description: string;
  /** Schema of its input. */
  input: Schema;
  /** Runs it. If it throws, the model gets an error result with the message, so the message must not contain secrets. */
  run(input: InputOf<Schema>, context: ToolContext): ToolOutput | PromiseLike<ToolOutput>;
  /**
   * Whether it may run with this input. If not, return false, or a text that tells the model why.
   * Default: it may.
   */
  approve?(input: InputOf<Schema>, context: ToolContext): boolean | string | PromiseLike<boolean | string>;
}

/**
 * Returns a tool unchanged, but with the type of its input: inside an object literal, TypeScript cannot infer it from the schema.
 *
 * @example
 * ```ts
 * import { tool } from 'bedrock-anywhere';
 * import * as z from 'zod';
 *
 * const getTide = tool({
 *   description: 'The next high water at a harbour.',
 *   input: z.object({ harbour: z.string() }),
 *   run: ({ harbour }) => `High water at ${harbour}: 14:20.`,
 * });
 * ```
 */
export function tool<const Schema extends ToolSchema>(
  definition: RunnableTool<Schema>,
): RunnableTool<Schema> {
  return definition;
}

/** Tools by the names that the model sees. */
// biome-ignore lint/suspicious/noExplicitAny: tools of all input types go into one record
export type RunnableTools = Readonly<Record<string, RunnableTool<any>>>;
