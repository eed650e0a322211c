import type { Model } from '../model.js';
import type { FunctionTool, ResponseFormat, ToolChoice } from '../specification.js';
import type { AmazonBedrockLanguageModelOptions } from './provider-options.js';
import { closeObjects } from './schema.js';
import { choicesOf } from './tools.js';

/**
 * How a call gets the JSON that it wants: `format`, by a format that the model enforces; `tool`, as the input of a tool that it has to
 * call; `words`, by asking for it.
 */
export type OutputPlan =
  | { by: 'text' }
  | { by: 'format'; fields: Record<string, unknown>; outputConfig: object | undefined }
  | { by: 'tool'; tool: FunctionTool; toolChoice: ToolChoice }
  | { by: 'words'; instruction: string; starts: '{' | '{[' };

/** What decides about the way. */
export interface OutputContext {
  model: Model;
  mode: AmazonBedrockLanguageModelOptions['structuredOutputMode'];
  isThinking: boolean;
  /** Names of the caller's own tools. */
  toolNames: readonly string[];
}

/** Plans the way to the wanted format. */
export function planOutput(format: ResponseFormat | undefined, context: OutputContext): OutputPlan {
  if (format?.type !== 'json') return { by: 'text' };
  const { schema, description } = format;
  if (typeof schema !== 'object')
    return { by: 'words', instruction: 'Answer with JSON and nothing else.', starts: '{[' };
  const { mode = 'auto' } = context;
  if (mode === 'outputFormat' || (mode === 'auto' && context.model.accepts.outputFormat === true))
    return byFormat(format.name, description, schema, context.model);
  if (mayForce(context)) return byTool(description, schema, context.toolNames);
  return {
    by: 'words',
    starts: '{',
    instruction: [
      ...(description === undefined ? [] : [description]),
      `Your answer has to be an instance of this JSON schema: ${JSON.stringify(schema)}`,
      'Answer with this JSON and nothing else: no explanation, and no code fence around it.',
    ].join('\n'),
  };
}

function byFormat(
  name: string | undefined,
  description: string | undefined,
  given: object,
  { isClaude }: Model,
): OutputPlan {
  const schema = closeObjects(given);
  // An effort is in the same object, which the service would replace by its own.
  if (isClaude)
    return {
      by: 'format',
      fields: { output_config: { format: { type: 'json_schema', schema } } },
      outputConfig: undefined,
    };
  const jsonSchema = {
    schema: JSON.stringify(schema),
    name: name?.replace(/[^a-zA-Z0-9_-]/g, '_') || 'answer',
    ...(description !== undefined && { description }),
  };
  return {
    by: 'format',
    fields: {},
    outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } },
  };
}

/** Whether the model can be made to call a tool. */
function mayForce({ model, isThinking }: OutputContext): boolean {
  if (model.accepts.tools === false) return false;
  const kinds = choicesOf(model, isThinking);
  return kinds === undefined || kinds.includes('any') || kinds.includes('tool');
}

function byTool(description: string | undefined, inputSchema: object, taken: readonly string[]): OutputPlan {
  let name = 'json';
  while (taken.includes(name)) name += '_';
  const tool: FunctionTool = {
    type: 'function',
    name,
    description: description ?? 'Give your answer by calling this tool.',
    inputSchema,
  };
  return {
    by: 'tool',
    tool,
    toolChoice: taken.length > 0 ? { type: 'required' } : { type: 'tool', toolName: name },
  };
}
