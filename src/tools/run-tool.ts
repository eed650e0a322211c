import type { ToolResultBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { messageOf } from '../errors.js';
import { isObject } from '../input/read.js';
import type { JsonObject, ToolUse } from '../types.js';
import type { ReadSchema } from './schema.js';
import type { RunnableTool } from './tool.js';

/** A tool with its schema read. */
export interface ReadyTool {
  tool: RunnableTool;
  schema: ReadSchema;
}

/** Runs a tool for one tool use. Never rejects: the model sees every failure and can try again. */
export async function runTool(
  use: ToolUse,
  tools: ReadonlyMap<string, ReadyTool>,
  signal: AbortSignal,
): Promise<ToolResultBlock> {
  const { toolUseId, name } = use;
  const fail = (text: string): ToolResultBlock => ({
    toolUseId,
    content: [{ text }],
    status: 'error',
  });
  const ready = tools.get(name);
  if (ready === undefined)
    return fail(`There is no tool ${name}. The tools are: ${[...tools.keys()].join(', ')}.`);
  if (use.inputError !== undefined) return fail(`The input is not a JSON object: ${use.inputError}.`);
  let input: unknown;
  try {
    input = await ready.schema.check(use.input);
  } catch (error) {
    return fail(`The input is wrong: ${messageOf(error)}`);
  }
  const context = { signal, toolUseId };
  try {
    const { tool } = ready;
    const verdict = (await tool.approve?.(input as never, context)) ?? true;
    if (verdict !== true) return fail(verdict === false ? 'The user did not allow this call.' : verdict);
    return { toolUseId, content: toContent(await tool.run(input as never, context)), status: 'success' };
  } catch (error) {
    return fail(messageOf(error) || 'The tool failed.');
  }
}

/** The kinds of blocks that a result may have. */
const KINDS: ReadonlySet<string> = new Set(['text', 'json', 'image', 'document', 'video', 'searchResult']);

function toContent(output: unknown): ToolResultContentBlock[] {
  if (Array.isArray(output) && output.length > 0 && output.every(isBlock)) return output;
  // The service takes objects only as JSON.
  if (isObject(output)) return [{ json: JSON.parse(JSON.stringify(output)) as JsonObject }];
  const text = typeof output === 'string' ? output : JSON.stringify(output ?? null);
  return [{ text: text === '' ? '(nothing)' : text }];
}

function isBlock(item: unknown): item is ToolResultContentBlock {
  const names = isObject(item) ? Object.keys(item) : [];
  return names.length === 1 && KINDS.has(names[0] as string);
}
