import type { ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import { isJsonObject } from '../input/read.js';
import type { JsonObject, TextInput, ToolUse } from '../types.js';
import { findTextExcess, MAX_WHOLE_VALUES } from '../wire/json-bounds.js';

type Head = Omit<ToolUseBlock, 'input'> & { toolUseId: string; name: string };

const NOT_AN_OBJECT = 'it is not a JSON object';

/** A tool use from the text of its input. Models write no text, or `null`, for a tool without parameters. */
export function parseToolUse(head: Head, text: string): ToolUse {
  // A prompt injection may make the model write such an input.
  const excess = findTextExcess(text, MAX_WHOLE_VALUES);
  if (excess !== undefined) return unreadToolUse(head, text, `it ${excess}`);
  let input: unknown;
  try {
    input = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    return unreadToolUse(head, text, error instanceof Error ? error.message : String(error));
  }
  return checkedToolUse(head, input, () => text);
}

/** A tool use whose input is not an object. */
export function unreadToolUse(head: Head, text: string, inputError: string): ToolUse {
  return { ...head, input: text as TextInput, inputError };
}

/** A tool use that arrived as a whole block. */
export function toolUseOf({ input, ...block }: ToolUseBlock): ToolUse {
  const { toolUseId, name } = block;
  const textOf = () => (typeof input === 'string' ? input : JSON.stringify(input));
  return checkedToolUse({ ...block, toolUseId: toolUseId ?? '', name: name ?? '' }, input, textOf);
}

function checkedToolUse(head: Head, input: unknown, textOf: () => string): ToolUse {
  if (isJsonObject(input)) return { ...head, input: input as JsonObject };
  return (input ?? null) === null ? { ...head, input: {} } : unreadToolUse(head, textOf(), NOT_AN_OBJECT);
}
