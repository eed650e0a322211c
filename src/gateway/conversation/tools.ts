import type { ModelQuirks, Tool, ToolConfiguration } from '../../index.js';
import { refuseField } from '../failure.js';
import { cutName, showName } from '../fields.js';
import type { Notes } from '../notes.js';
import type { ChoiceWish, Draft, ToolWish } from './draft.js';
import type { ToolNames } from './tool-names.js';

type ToolChoice = NonNullable<ToolConfiguration['toolChoice']>;

/** How the tools of a request are sent. */
export interface SentTools {
  toolConfig: ToolConfiguration | undefined;
  /** `tool_choice` for Claude itself, which knows more choices than Converse. */
  fields: Readonly<Record<string, unknown>>;
  /** An instruction for what no model can be told otherwise. */
  instruction: string | undefined;
  mostCalls: number;
}

/** What tools depend on besides the draft. */
export interface ToolContext {
  names: ToolNames;
  quirks: ModelQuirks;
  isClaude: boolean;
  /** Kinds of choice that the model accepts in this request; undefined if unknown. */
  kinds: readonly string[] | undefined;
  notes: Notes;
}

/** Translates tools and the choice among them. */
export function sendTools(draft: Draft, context: ToolContext): SentTools {
  const { choice, parallelCalls } = draft;
  const offered = selectTools(draft.tools, choice, context);
  const usesTools = draft.messages.some(({ content }) =>
    content?.some((block) => block.toolUse !== undefined || block.toolResult !== undefined),
  );
  // Converse cannot forbid tools, and rejects a history with tool blocks if there are none.
  if (offered.length === 0 || (choice.kind === 'none' && !usesTools))
    return {
      toolConfig: undefined,
      fields: {},
      instruction: undefined,
      mostCalls: choice.kind === 'none' ? 0 : Infinity,
    };
  const tools = offered.flatMap((wish) => toolsFor(wish, context));
  if (choice.kind === 'none') {
    return {
      toolConfig: { tools },
      fields: context.isClaude ? { tool_choice: { type: 'none' } } : {},
      instruction: context.isClaude ? undefined : 'Do not call any tool in this answer.',
      mostCalls: 0,
    };
  }
  const mostCalls = parallelCalls ? Infinity : 1;
  const wanted = toolChoiceFor(choice, context);
  const instruction = wanted === undefined ? requireInWords(choice, context.names) : undefined;
  if (parallelCalls || !context.isClaude)
    return {
      toolConfig: { tools, ...(wanted && { toolChoice: wanted }) },
      fields: {},
      instruction,
      mostCalls,
    };
  // Beside toolConfig.toolChoice Claude rejects its own.
  const fields = { tool_choice: { ...claudeChoice(wanted), disable_parallel_tool_use: true } };
  return { toolConfig: { tools }, fields, instruction, mostCalls };
}

/** Each tool once, and only those that may be called. */
function selectTools(
  tools: readonly ToolWish[],
  { kind, name: chosen, only }: ChoiceWish,
  { names, kinds }: ToolContext,
): ToolWish[] {
  const seen = new Set<string>();
  // A model that only knows that it has to call a tool calls the one that there is.
  const isAlone = kind === 'tool' && kinds?.includes('tool') === false && kinds.includes('any');
  return tools.filter(({ name, namespace, isCustom }) => {
    const sent = names.send(name, namespace, isCustom);
    if (seen.has(sent) || only?.has(name) === false || (isAlone && name !== chosen)) return false;
    seen.add(sent);
    return true;
  });
}

/** Asks for a call that the model cannot be made to make. */
function requireInWords({ kind, name, namespace }: ChoiceWish, names: ToolNames): string | undefined {
  if (kind === 'any') return 'Call at least one of the tools in this answer.';
  if (kind !== 'tool' || name === undefined) return undefined;
  return `Call the tool ${names.send(name, namespace)} in this answer.`;
}

function toolsFor(wish: ToolWish, { names, quirks, notes }: ToolContext): Tool[] {
  const { name, namespace, description, schema, isStrict, isCustom, cachePoint } = wish;
  const strict = isStrict && quirks.strictTools !== false;
  if (isStrict && !strict) notes.add(`tools.${cutName(name)}.strict`, 'not supported by this model');
  const tool: Tool = {
    toolSpec: {
      name: names.send(name, namespace, isCustom),
      ...(description?.trim() && { description }),
      inputSchema: { json: schema },
      ...(strict && { strict }),
    },
  };
  const mayCache = quirks.cachePoints === undefined || quirks.cachePoints.includes('tools');
  return cachePoint && mayCache ? [tool, cachePoint as Tool] : [tool];
}

function toolChoiceFor(choice: ChoiceWish, { names, kinds, notes }: ToolContext): ToolChoice | undefined {
  if (choice.kind === 'auto' || choice.kind === 'none') return undefined;
  const isKnown = (kind: string): boolean => kinds === undefined || kinds.includes(kind);
  if (choice.kind === 'tool' && choice.name !== undefined) {
    if (isKnown('tool')) return { tool: { name: names.send(choice.name, choice.namespace) } };
    if (isKnown('any')) return { any: {} };
    notes.add(
      'tool_choice',
      `only asked for in words: this model cannot be made to call ${cutName(choice.name)}`,
    );
    return undefined;
  }
  if (isKnown('any')) return { any: {} };
  notes.add('tool_choice', 'only asked for in words: this model cannot be made to call a tool');
  return undefined;
}

function claudeChoice(choice: ToolChoice | undefined): Record<string, unknown> {
  if (choice?.tool !== undefined) return { type: 'tool', name: choice.tool.name };
  return { type: choice?.any === undefined ? 'auto' : 'any' };
}

/** Refuses a choice of a tool that the request does not offer, which models would answer with anything. */
export function checkChoice({ tools, choice }: Draft, param: string): void {
  const { kind, name, only } = choice;
  const isOffered = (wanted: string | undefined): boolean => tools.some((tool) => tool.name === wanted);
  const [missing] = [...(only ?? [])].filter((allowed) => !isOffered(allowed));
  if (missing !== undefined) {
    throw refuseField(
      param,
      `${param} allows the tool ${showName(missing)}, which is not in tools. Add it, or leave it out.`,
    );
  }
  if (kind === 'tool' && !isOffered(name)) {
    throw refuseField(
      param,
      `${param} names the tool ${showName(name)}, which is not in tools. Add it, or send "auto".`,
    );
  }
  if (kind === 'any' && (tools.length === 0 || only?.size === 0))
    throw refuseField(
      param,
      `${param} requires a tool call, but the request has no tools that this gateway can offer.`,
    );
}
