import type { ToolResultBlock } from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import { signal } from '../input/call-options.js';
import { readOptions } from '../input/options.js';
import { isObject } from '../input/read.js';
import { Abort } from '../transport/abort.js';
import type { ConverseResult, ToolConfiguration, ToolUse } from '../types.js';
import { type ReadyTool, runTool } from './run-tool.js';
import { readSchema } from './schema.js';
import type { RunnableTools } from './tool.js';

/**
 * Returns the `toolConfig` of a request that lets the model call these tools. `runTools()` does it by itself.
 *
 * @throws BedrockError `ERR_INPUT` for a tool without description, `run` or schema, and if there are no tools.
 *
 * @example
 * ```ts
 * import { describeTools, stream, tool } from 'bedrock-anywhere';
 * import * as z from 'zod';
 *
 * const getTide = tool({
 *   description: 'The next high water at a harbour.',
 *   input: z.object({ harbour: z.string() }),
 *   run: ({ harbour }) => `High water at ${harbour}: 14:20.`,
 * });
 * const answer = stream({
 *   modelId: 'amazon.nova-lite-v1:0',
 *   prompt: 'When is high water in Hamburg?',
 *   toolConfig: describeTools({ get_tide: getTide }),
 * });
 * ```
 */
export function describeTools(tools: RunnableTools): ToolConfiguration {
  return configOf(readTools(tools));
}

/**
 * Runs the tools that an answer asks for, in parallel, and resolves to their results, in the order of `answer.toolUses`. Nothing
 * runs, and the list is empty, if the answer asks for none or ended before its tool uses were complete. If a tool throws or its
 * input is wrong, its result is an error. `runTools()` repeats this until the model answers.
 *
 * @param options `signal` is passed on to the tools; an abort rejects at once with its reason, even if a tool ignores it.
 * @throws BedrockError `ERR_INPUT` for a tool without description, `run` or schema, and if there are no tools.
 *
 * @example
 * ```ts
 * import { type ConverseResult, type MessageInput, type RunnableTools, runToolUses } from 'bedrock-anywhere';
 *
 * async function messageWithResults(answer: ConverseResult, tools: RunnableTools): Promise<MessageInput> {
 *   const results = await runToolUses(answer, tools);
 *   return { role: 'user', content: results.map((toolResult) => ({ toolResult })) };
 * }
 * ```
 */
export async function runToolUses(
  answer: Pick<ConverseResult, 'toolUses' | 'stopReason'>,
  tools: RunnableTools,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ToolResultBlock[]> {
  const own = readOptions<typeof options>(options, { signal }, 'runToolUses()');
  const ready = readTools(tools);
  const abort = new Abort(own.signal, 0);
  try {
    abort.throwIfAborted();
    const running = toolUsesToRun(answer).map((use) => runTool(use, ready, abort.signal));
    return await abort.race(Promise.all(running));
  } finally {
    abort.dispose();
  }
}

/** With these stop reasons, the model did not finish its tool uses. */
const INCOMPLETE: ReadonlySet<string> = new Set([
  'max_tokens',
  'model_context_window_exceeded',
  'guardrail_intervened',
  'content_filtered',
  'malformed_tool_use',
]);

/** The tool uses of an answer, unless it ended before they were complete. */
export function toolUsesToRun({
  toolUses,
  stopReason,
}: Pick<ConverseResult, 'toolUses' | 'stopReason'>): readonly ToolUse[] {
  return INCOMPLETE.has(stopReason) ? [] : toolUses;
}

/** Checks tools and reads their schemas. */
export function readTools(given: unknown): Map<string, ReadyTool> {
  const names = isObject(given) ? Object.keys(given) : [];
  if (names.length === 0)
    throw inputError('tools is empty. Pass { name: tool({ description, input, run }) }.');
  return new Map(
    names.map((name) => {
      const tool = (given as RunnableTools)[name];
      if (tool === undefined || !isObject(tool) || typeof tool.run !== 'function')
        throw inputError(`tools.${name} has no function run. Pass tool({ description, input, run }).`);
      if (typeof tool.description !== 'string' || tool.description.trim() === '')
        throw inputError(
          `tools.${name} has no description. Pass one: the model needs it to decide when to use the tool.`,
        );
      return [name, { tool, schema: readSchema(tool.input, name) }];
    }),
  );
}

/** What the model is told about the tools. */
export function configOf(tools: ReadonlyMap<string, ReadyTool>): ToolConfiguration {
  return {
    tools: [...tools].map(([name, { tool, schema }]) => ({
      toolSpec: { name, description: tool.description, inputSchema: { json: schema.json } },
    })),
  };
}
