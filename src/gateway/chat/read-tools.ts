import { cachePointFor } from '../conversation/cache-points.js';
import type { ChoiceWish, ToolWish } from '../conversation/draft.js';
import { customToolSchema, readSchema } from '../conversation/openai-settings.js';
import { refuseField } from '../failure.js';
import {
  type Body,
  cutName,
  optionalList,
  optionalText,
  readList,
  readName,
  readObject,
  readText,
} from '../fields.js';
import type { Notes } from '../notes.js';

/** Reads `tools`, and `functions` of old clients. */
export function readTools(body: Body, notes: Notes): ToolWish[] {
  const tools = optionalList(body['tools'], 'tools') ?? [];
  const functions = optionalList(body['functions'], 'functions') ?? [];
  return [
    ...tools.flatMap((tool, i) => readTool(readObject(tool, `tools.${i}`), `tools.${i}`, notes)),
    ...functions.map((tool, i) => readFunction(readObject(tool, `functions.${i}`), `functions.${i}`)),
  ];
}

function readTool(tool: Body, path: string, notes: Notes): ToolWish[] {
  const { type = 'function' } = tool;
  if (type === 'function') {
    const wish = readFunction(readObject(tool['function'], `${path}.function`), `${path}.function`);
    const cachePoint = cachePointFor(tool, path);
    return [{ ...wish, ...(cachePoint && { cachePoint }) }];
  }
  if (type === 'custom') {
    const custom = readObject(tool['custom'], `${path}.custom`);
    const { schema, hint } = customToolSchema(custom['format'], `${path}.custom.format`);
    const description = [optionalText(custom['description'], `${path}.custom.description`), hint]
      .filter(Boolean)
      .join('\n');
    const name = readName(custom['name'], `${path}.custom.name`);
    return [{ name, description, schema, isStrict: false, isCustom: true }];
  }
  notes.add(`${path} (${cutName(readText(type, `${path}.type`))})`, 'a tool that only OpenAI runs; omitted');
  return [];
}

function readFunction(given: Body, path: string): ToolWish {
  return {
    name: readName(given['name'], `${path}.name`),
    description: optionalText(given['description'], `${path}.description`),
    schema: readSchema(given['parameters'], `${path}.parameters`),
    isStrict: given['strict'] === true,
    isCustom: false,
  };
}

/** Reads `tool_choice`, and `function_call` of old clients. */
export function readChoice(body: Body): ChoiceWish {
  const given = body['tool_choice'] ?? body['function_call'];
  if (given === undefined || given === null || given === 'auto') return { kind: 'auto' };
  if (given === 'none') return { kind: 'none' };
  if (given === 'required') return { kind: 'any' };
  const choice = readObject(given, 'tool_choice');
  const { type } = choice;
  if (type === 'allowed_tools')
    return readAllowed(readObject(choice['allowed_tools'], 'tool_choice.allowed_tools'));
  if (type === undefined && typeof choice['name'] === 'string') return { kind: 'tool', name: choice['name'] };
  if (type === 'function' || type === 'custom')
    return {
      kind: 'tool',
      name: readName(readObject(choice[type], `tool_choice.${type}`)['name'], `tool_choice.${type}.name`),
    };
  throw refuseField(
    'tool_choice',
    'tool_choice is not one that Chat Completions has. Send "auto", "none", "required" or {"type":"function","function":{"name":"…"}}.',
  );
}

function readAllowed({ mode, tools }: Body): ChoiceWish {
  const path = 'tool_choice.allowed_tools.tools';
  const names = readList(tools, path).map((item, i) => {
    const tool = readObject(item, `${path}.${i}`);
    const member = tool['type'] === 'custom' ? 'custom' : 'function';
    return readName(
      readObject(tool[member], `${path}.${i}.${member}`)['name'],
      `${path}.${i}.${member}.name`,
    );
  });
  return { kind: mode === 'required' ? 'any' : 'auto', only: new Set(names) };
}
