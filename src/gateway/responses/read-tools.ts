import { isObject } from '../../input/read.js';
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
import { SEARCH } from './tool-search.js';

/** Items that contain tools: Codex sends some or all of its own in one, and those that a search has found. */
const LATER: ReadonlySet<unknown> = new Set(['additional_tools', 'tool_search_output']);

/** Reads `tools`, and those in items of the input. */
export function readTools(body: Body, notes: Notes): ToolWish[] {
  const { input } = body;
  const more = Array.isArray(input) ? input.map((item, i) => [item, `input.${i}`] as const) : [];
  return [
    ...readToolList(body['tools'], 'tools', undefined, notes),
    ...more.flatMap(([item, path]) =>
      isObject(item) && LATER.has(item['type'])
        ? readToolList(item['tools'], `${path}.tools`, undefined, notes)
        : [],
    ),
  ];
}

function readToolList(value: unknown, path: string, namespace: string | undefined, notes: Notes): ToolWish[] {
  return (optionalList(value, path) ?? []).flatMap((item, i) =>
    readTool(readObject(item, `${path}.${i}`), `${path}.${i}`, namespace, notes),
  );
}

function readTool(tool: Body, path: string, namespace: string | undefined, notes: Notes): ToolWish[] {
  const { type } = tool;
  const head = () => ({
    name: readName(tool['name'], `${path}.name`),
    ...(namespace !== undefined && { namespace }),
  });
  const description = () => optionalText(tool['description'], `${path}.description`);
  // All other searches run at OpenAI.
  if (type === 'tool_search' && tool['execution'] === 'client') {
    const schema = readSchema(tool['parameters'], `${path}.parameters`);
    return [{ ...SEARCH, description: description(), schema, isStrict: false, isCustom: false }];
  }
  switch (type) {
    case 'function':
      return [
        {
          ...head(),
          description: description(),
          schema: readSchema(tool['parameters'], `${path}.parameters`),
          isStrict: tool['strict'] === true,
          isCustom: false,
        },
      ];
    case 'custom': {
      const { schema, hint } = customToolSchema(tool['format'], `${path}.format`);
      return [
        {
          ...head(),
          description: [description(), hint].filter(Boolean).join('\n'),
          schema,
          isStrict: false,
          isCustom: true,
        },
      ];
    }
    case 'namespace':
      return readToolList(tool['tools'], `${path}.tools`, readName(tool['name'], `${path}.name`), notes);
    default:
      notes.add(
        `${path} (${cutName(readText(type, `${path}.type`))})`,
        'a tool that only OpenAI runs; omitted',
      );
      return [];
  }
}

/** Reads `tool_choice`. It names tools without their namespace. */
export function readChoice(value: unknown, tools: readonly ToolWish[]): ChoiceWish {
  if (value === undefined || value === null || value === 'auto') return { kind: 'auto' };
  if (value === 'none') return { kind: 'none' };
  if (value === 'required') return { kind: 'any' };
  const choice = readObject(value, 'tool_choice');
  switch (choice['type']) {
    case 'function':
    case 'custom': {
      const name = readName(choice['name'], 'tool_choice.name');
      return { kind: 'tool', name, namespace: tools.find((tool) => tool.name === name)?.namespace };
    }
    case 'allowed_tools': {
      const names = readList(choice['tools'], 'tool_choice.tools').flatMap((item, i) => {
        const path = `tool_choice.tools.${i}`;
        const { type, name } = readObject(item, path);
        // Tools that only OpenAI runs are not offered.
        return type === 'function' || type === 'custom' ? [readName(name, `${path}.name`)] : [];
      });
      return { kind: choice['mode'] === 'required' ? 'any' : 'auto', only: new Set(names) };
    }
    default:
      throw refuseField(
        'tool_choice',
        'tool_choice requires a tool that this gateway does not have. Send "auto", "none", "required" or {"type":"function","name":"…"}.',
      );
  }
}
