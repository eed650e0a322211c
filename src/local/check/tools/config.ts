import { invalid } from '../../exception.js';
import type { CheckedRequest } from '../checked-request.js';
import type { ConverseBody } from '../request-shape.js';
import { checkToolSchema } from './schema.js';

/** Checks the tools on offer, and that uses and results of tools go together. */
export function checkTools({ body, blocks }: CheckedRequest): void {
  const usesTools = blocks.some(([{ toolUse, toolResult }]) => toolUse ?? toolResult);
  if (body.toolConfig === undefined && usesTools) {
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  checkToolConfig(body);
  for (const [{ toolUse }, path] of blocks) {
    if (toolUse !== undefined) requireObject(toolUse.input, `${path}.toolUse.input`);
  }
  for (const [{ toolResult }, path] of blocks) {
    for (const [k, { json }] of (toolResult?.content ?? []).entries()) {
      if (json !== undefined) requireObject(json, `${path}.toolResult.content.${k}.json`);
    }
  }
  checkToolPairs(body);
}

function checkToolConfig({ toolConfig: { tools = [], toolChoice } = { tools: [] } }: ConverseBody): void {
  const names = tools.flatMap((tool) => tool.toolSpec?.name ?? tool.systemTool?.name ?? []);
  const twice = duplicatesIn(names)[0];
  if (twice !== undefined) {
    throw invalid(`The toolConfig field has more than one tool with the name ${twice}.`);
  }
  for (const [i, { toolSpec }] of tools.entries()) {
    const schema = toolSpec?.inputSchema.json;
    if (schema === undefined) continue;
    checkToolSchema(schema, i);
    if (schema['type'] === 'object') continue;
    throw invalid(
      `The value at toolConfig.tools.${i}.toolSpec.inputSchema.json.type must be one of the following: object.`,
    );
  }
  const chosen = toolChoice?.tool?.name;
  if (chosen !== undefined && !names.includes(chosen)) {
    throw invalid(
      `The tool ${chosen} in the toolChoice field is not among the tools of the toolConfig field.`,
    );
  }
}

function requireObject(value: unknown, path: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw invalid(
    `The format of the value at ${path} is invalid. Provide a json object for the field and try again.`,
  );
}

/** Every tool use has its result in the next message, and every result its use in the message before. */
function checkToolPairs({ messages = [] }: ConverseBody): void {
  let open: string[] = [];
  for (const [i, { role, content }] of messages.entries()) {
    if (role === 'system') continue;
    const uses = content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []);
    const results = content.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []);
    for (const [j, { toolResult }] of content.entries()) {
      if (toolResult?.status !== 'error' || toolResult.content.length > 0) continue;
      throw invalid(
        `The content field at messages.${i}.content.${j}.toolResult cannot be empty when status value is error.`,
      );
    }
    rejectDuplicates(uses, 'toolUse', i);
    rejectDuplicates(results, 'toolResult', i);
    const answered = new Set(results);
    const missing = open.filter((id) => !answered.has(id));
    if (missing.length > 0) {
      throw invalid(
        `Expected toolResult blocks at messages.${i}.content for the following Ids: ${missing.join(', ')}`,
      );
    }
    // A tool that runs inside the service has its result in the same message.
    const unanswered = uses.filter((id) => !answered.has(id));
    if (results.length > open.length + uses.length - unanswered.length) {
      throw invalid(
        `The number of toolResult blocks at messages.${i}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
    open = unanswered;
  }
}

function rejectDuplicates(ids: readonly string[], kind: string, index: number): void {
  const twice = duplicatesIn(ids);
  if (twice.length === 0) return;
  throw invalid(`The ${kind} blocks at messages.${index}.content contain duplicate Ids: ${twice.join(', ')}`);
}

function duplicatesIn(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
}
