import type { Message } from '@aws-sdk/client-bedrock-runtime';
import { isJsonObject } from '../../input/read.js';
import type { ModelQuirks } from '../../types/model-quirks.js';
import type { Tool, ToolConfiguration } from '../../types.js';
import { replaceItems } from '../conversation.js';
import { describeRule, repairSchemaRoot } from './schema.js';
import type { ToolRepairs } from './uses.js';

type ToolChoice = NonNullable<ToolConfiguration['toolChoice']>;
type ChoiceKind = 'auto' | 'any' | 'tool';

/**
 * Repairs the list of tools. Without tools, it declares those that the messages use, with a schema that accepts anything:
 * the service rejects tool blocks in a history if no tools are declared, even if the model is not meant to use any.
 *
 * @param fields What the request passes to the model itself, which may ask for thinking.
 */
export function repairToolConfig(
  config: ToolConfiguration | undefined,
  messages: readonly Message[],
  fields: unknown,
  repairs: ToolRepairs,
): ToolConfiguration | undefined {
  const { names, accepts, note } = repairs;
  if (config === undefined || config.tools?.length === 0) {
    const used = new Set(
      messages.flatMap(({ content }) => content?.flatMap((b) => b?.toolUse?.name ?? []) ?? []),
    );
    if (used.size > 0 || config !== undefined)
      note('tool-config', 'toolConfig', undefined, [...used].join(', '));
    if (used.size === 0) return undefined;
    return {
      tools: [...used].map((name) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } })),
    };
  }
  const tools = replaceItems(config.tools ?? [], (tool, i) =>
    repairTool(tool as Tool, `toolConfig.tools.${i}.toolSpec`, repairs),
  );
  const { toolChoice, ...rest } = config;
  const name = names.get(toolChoice?.tool?.name as string);
  const named = name === undefined ? toolChoice : ({ tool: { name } } as ToolChoice);
  const choice = named && repairToolChoice(named, tools, kindsFor(accepts, fields), repairs);
  if (tools === config.tools && choice === toolChoice) return config;
  return { ...rest, tools, ...(choice && { toolChoice: choice }) };
}

/** The kinds of choice that the model accepts in this request. */
function kindsFor({ toolChoice, toolChoiceWhileThinking }: ModelQuirks, fields: unknown) {
  let type: unknown;
  try {
    type = Object(Object(fields).thinking).type;
  } catch {
    // A getter failed: encoding the request names the path.
  }
  const thinks = type === 'enabled' || type === 'adaptive';
  return (thinks ? toolChoiceWhileThinking : undefined) ?? toolChoice;
}

/**
 * Replaces a choice that the model rejects by the nearest one. To choose any of a single tool is to choose this tool, and
 * no choice is `auto`; everything else says less than the request did.
 */
function repairToolChoice(
  choice: ToolChoice,
  tools: readonly Tool[],
  kinds: readonly ChoiceKind[] | undefined,
  { level, note }: ToolRepairs,
): ToolChoice | undefined {
  const kind = (['auto', 'any', 'tool'] as const).find((one) => choice[one] !== undefined);
  if (kind === undefined || kinds === undefined || kinds.includes(kind)) return choice;
  const specs = tools.filter((tool) => tool?.toolSpec ?? tool?.systemTool);
  const only = specs.length === 1 ? specs[0]?.toolSpec?.name : undefined;
  let nearest: ToolChoice | undefined;
  if (kind === 'tool' && kinds.includes('any')) nearest = { any: {} };
  if (kind === 'any' && kinds.includes('tool') && only !== undefined) nearest = { tool: { name: only } };
  const isSame = kind === 'auto' || (nearest !== undefined && only !== undefined);
  if (!isSame && level !== 'all') return choice;
  note('tool-config', 'toolConfig.toolChoice', kind, nearest && Object.keys(nearest)[0]);
  return nearest;
}

function repairTool(tool: Tool, path: string, { names, accepts, level, note }: ToolRepairs): Tool {
  const spec = tool?.toolSpec;
  if (!spec) return tool;
  const repaired = { ...spec };
  let isBroken = false;
  const change = (member: string, after?: string): void => {
    isBroken = true;
    note('tool-config', `${path}.${member}`, undefined, after);
  };
  const name = names.get(spec.name as string);
  if (name !== undefined) {
    isBroken = true;
    repaired.name = name;
  }
  if (spec.description === '') {
    change('description');
    delete repaired.description;
  }
  if (
    accepts.strictTools === false &&
    typeof spec.strict === 'boolean' &&
    (level === 'all' || !spec.strict)
  ) {
    change('strict');
    delete repaired.strict;
  }
  const given: unknown = spec.inputSchema?.json;
  if (isJsonObject(given)) {
    const { schema, removed, rule } = repairSchemaRoot(given, accepts.schemaRoot);
    if (schema !== given) {
      if (!('type' in given)) change('inputSchema.json.type', 'object');
      for (const member of removed) change(`inputSchema.json.${member}`);
      repaired.inputSchema = { json: schema as never };
    }
    if (rule !== undefined) repaired.description = describeRule(repaired.description, rule);
  }
  return isBroken ? { toolSpec: repaired } : tool;
}
