import type { ConversationRole } from '@aws-sdk/client-bedrock-runtime';
import { hasMethods, isObject, type Path, refuse } from './read.js';

/** AWS's roles. */
const ROLES: Readonly<Record<ConversationRole, true>> = { user: true, assistant: true, system: true };

/** A JSON value; its members are checked when it is written. */
export function json(value: unknown, path: Path): unknown {
  return isObject(value) || !['function', 'symbol', 'bigint'].includes(typeof value)
    ? value
    : refuse(path, value, 'a JSON value');
}

export function role(value: unknown, path: Path): unknown {
  if (typeof value === 'string' && Object.hasOwn(ROLES, value)) return value;
  return refuse(
    path,
    value,
    '"user" or "assistant"; instructions go into the request\'s system, and tool results into blocks of the user, ' +
      '{ toolResult: { toolUseId, content } }',
    true,
  );
}

export function prompt(value: unknown, path: Path): unknown {
  // Repair would drop the blank text, and the call would be billed for a message that says nothing.
  return typeof value === 'string' && value.trim() !== ''
    ? value
    : refuse(path, value, 'a string that is not blank');
}

/** The JSON Schema of a tool's input. */
export function schema(value: unknown, path: Path): unknown {
  // Repair copies a schema without a type: reading its members here adds a path to an error thrown by a getter.
  if (isObject(value) && Object.values(value) && !hasMethods(value, 'safeParse')) return value;
  return refuse(path, value, 'a JSON Schema, { type: "object", properties }; zod has z.toJSONSchema(schema)');
}
