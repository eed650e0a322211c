import type { Tool, ToolConfiguration } from '../../../index.js';
import type { Model } from '../model.js';
import type { FunctionTool, LanguageModelCall, ProviderTool, ToolChoice, Warning } from '../specification.js';
import { schemaOfAnthropicTool } from './anthropic-tools.js';
import { optionsOf } from './provider-options.js';
import { isClosed } from './schema.js';

type Warn = (warning: Warning) => void;

/** Tools of a request. */
export interface ToolPlan {
  toolConfig: ToolConfiguration | undefined;
  /** Members of `additionalModelRequestFields`. */
  fields: Record<string, unknown>;
}

/** What decides about the tools of a call besides the call itself. */
export interface ToolContext {
  model: Model;
  isThinking: boolean;
  disableParallelToolUse: boolean;
  /** Whether the prompt contains calls of tools: the service then wants their declarations too. */
  hasHistory: boolean;
  warn: Warn;
}

type Given = FunctionTool | ProviderTool;

/** Plans the tools of a call, with the choice that comes nearest to the wanted one. */
export function planTools(
  { tools = [], toolChoice }: Pick<LanguageModelCall, 'tools' | 'toolChoice'>,
  context: ToolContext,
): ToolPlan {
  const { warn } = context;
  const none: ToolPlan = { toolConfig: undefined, fields: {} };
  if (tools.length === 0) return none;
  if (toolChoice?.type === 'none') {
    if (!context.hasHistory) return none;
    warn({
      type: 'compatibility',
      feature: "toolChoice 'none'",
      details:
        'Bedrock needs the tools because the prompt contains calls of them, so the model may call one.',
    });
  }
  const wanted =
    toolChoice?.type === 'tool' ? tools.filter(({ name }) => name === toolChoice.toolName) : tools;
  const list = (wanted.length > 0 ? wanted : tools).flatMap((tool) => toolBlocks(tool, context));
  if (list.length === 0) return none;
  return withChoice(list, chooseKind(toolChoice, context), context);
}

type Choice = NonNullable<ToolConfiguration['toolChoice']>;

function withChoice(
  tools: Tool[],
  choice: Choice | undefined,
  { model, disableParallelToolUse }: ToolContext,
): ToolPlan {
  if (!disableParallelToolUse || !model.isClaude)
    return { toolConfig: { tools, ...(choice && { toolChoice: choice }) }, fields: {} };
  // Claude accepts it only with a choice in its own words, and rejects Converse's beside that.
  const own = choice?.tool
    ? { type: 'tool', name: choice.tool.name }
    : { type: choice?.any ? 'any' : 'auto' };
  return { toolConfig: { tools }, fields: { tool_choice: { ...own, disable_parallel_tool_use: true } } };
}

/** Kinds of choice that the model accepts in this call; undefined if that is not known. */
export function choicesOf({ accepts }: Model, isThinking: boolean): readonly string[] | undefined {
  return (isThinking ? accepts.toolChoiceWhileThinking : undefined) ?? accepts.toolChoice;
}

function chooseKind(
  choice: ToolChoice | undefined,
  { model, isThinking, warn }: ToolContext,
): Choice | undefined {
  const kinds = choicesOf(model, isThinking);
  const accepts = (kind: string): boolean => kinds === undefined || kinds.includes(kind);
  if (choice === undefined || choice.type === 'none') return undefined;
  if (choice.type === 'auto') return accepts('auto') ? { auto: {} } : undefined;
  if (choice.type === 'tool' && accepts('tool')) return { tool: { name: choice.toolName } };
  // Of a single tool, any is this tool.
  if (accepts('any')) return { any: {} };
  const sent = choice.type === 'tool' ? `Only the tool ${choice.toolName} is sent` : 'The tools are sent';
  warn({
    type: 'unsupported',
    feature: 'toolChoice',
    details: `This model cannot be made to call a tool${isThinking ? ' while it thinks' : ''}. ${sent}, and the prompt has to ask for it.`,
  });
  return accepts('auto') ? { auto: {} } : undefined;
}

function toolBlocks(tool: Given, context: ToolContext): Tool[] {
  return tool.type === 'function' ? functionTool(tool, context) : providerTool(tool, context);
}

function functionTool(
  { name, description, inputSchema, strict, providerOptions }: FunctionTool,
  { model, warn }: ToolContext,
): Tool[] {
  const { cachePoint } = optionsOf(providerOptions);
  const isStrict = strict === true && model.accepts.strictTools !== false && isClosed(inputSchema);
  if (strict === true && !isStrict) {
    warn({
      type: 'unsupported',
      feature: 'strict',
      details:
        model.accepts.strictTools === false
          ? `This model does not accept strict tools, so ${name} is not one.`
          : `Every object in the schema of ${name} needs additionalProperties: false.`,
    });
  }
  const toolSpec = {
    name,
    ...(description?.trim() && { description }),
    ...(isStrict && { strict: true }),
    inputSchema: { json: Object(inputSchema) as object },
  };
  return [
    { toolSpec },
    ...(cachePoint ? [{ cachePoint: { type: 'default', ...Object(cachePoint) } } as Tool] : []),
  ];
}

/** Tools that Bedrock runs, such as `bedrock.nova_grounding`, and those of Anthropic that the caller runs. */
function providerTool({ id, name }: ProviderTool, { model, warn }: ToolContext): Tool[] {
  const [, provider, kind = ''] = /^([^.]+)\.(.+)$/.exec(id) ?? [];
  if (provider === 'bedrock' || provider === 'amazonBedrock' || provider === 'amazon-bedrock')
    return [{ systemTool: { name: kind } } as Tool];
  const known = provider === 'anthropic' && model.isClaude ? schemaOfAnthropicTool(kind) : undefined;
  if (known !== undefined)
    return [{ toolSpec: { name, description: known.description, inputSchema: { json: known.schema } } }];
  warn({
    type: 'unsupported',
    feature: `tool ${id}`,
    details: 'Bedrock does not run it, and the model does not know it.',
  });
  return [];
}
