import type { ModelQuirks, OutputConfig } from '../../index.js';
import { isObject } from '../../input/read.js';
import type { TextFormat } from '../answer/formatted-text.js';
import type { FormatWish, ToolWish } from './draft.js';
import type { ToolNames } from './tool-names.js';

/** How a model is told the format of its answer. */
export interface SentFormat {
  outputConfig?: OutputConfig;
  /** Claude's own member for the same, in `additionalModelRequestFields.output_config`. */
  claudeFormat?: Readonly<Record<string, unknown>>;
  /** A tool whose input is the answer. */
  tool?: ToolWish;
  /** Whether that tool has to be called; otherwise the instruction says so. */
  isForced?: boolean;
  instruction?: string;
  /** How to read the answer; omitted if the model writes the JSON as its text. */
  format?: TextFormat;
}

const NAME = 'json_answer';

/** The answer is its text, which has to be JSON. */
const PLAIN: TextFormat = { tool: undefined, isWrapped: false };

/** What the way to ask for a format depends on. */
export interface FormatContext {
  quirks: ModelQuirks;
  isClaude: boolean;
  /** Kinds of tool choice that the model accepts in this request; undefined if unknown. */
  kinds: readonly string[] | undefined;
  /** Whether the request has an effort in `output_config`, which Converse replaces by the format if that is in `outputConfig`. */
  hasOutputConfig: boolean;
  names: ToolNames;
}

/**
 * Chooses how to ask for JSON of a schema: natively where the model is known to support that, otherwise by a tool that has to be
 * called, and where that is refused as well, as by the newest Claude, by the tool and an instruction.
 */
export function sendFormat(wish: FormatWish, context: FormatContext): SentFormat {
  const { schema, name, description } = wish;
  const { quirks, isClaude, kinds, hasOutputConfig, names } = context;
  if (schema === undefined) {
    return {
      instruction: 'Answer with one JSON object and nothing else: no Markdown, no other text.',
      format: PLAIN,
    };
  }
  // Claude's format has no objects with members of any name.
  if (quirks.outputFormat === true && !(isClaude && hasMaps(schema))) {
    if (hasOutputConfig) return { claudeFormat: { type: 'json_schema', schema } };
    const jsonSchema = {
      schema: JSON.stringify(schema),
      ...(name && { name: name.replace(/[^\w-]/g, '_') }),
      ...(description && { description }),
    };
    return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
  }
  const isWrapped = schema['type'] !== 'object';
  const input = isWrapped ? wrapSchema(schema) : schema;
  if (quirks.tools === false) {
    return {
      instruction: `Answer with JSON of this schema and nothing else, no Markdown: ${JSON.stringify(schema)}`,
      format: PLAIN,
    };
  }
  const tool: ToolWish = {
    name: NAME,
    // A namespace of its own, so that a tool of the client with the same name keeps its name.
    namespace: 'gateway',
    description: [`Gives the answer${name ? ` (${name})` : ''}.`, description].filter(Boolean).join(' '),
    schema: input,
    isStrict: false,
    isCustom: false,
  };
  const sent = names.send(tool.name, tool.namespace);
  const isForced = kinds === undefined || kinds.includes('tool') || kinds.includes('any');
  return {
    tool,
    isForced,
    ...(!isForced && {
      instruction: `Give your answer by calling the tool ${sent}, and write no other text.`,
    }),
    format: { tool: sent, isWrapped },
  };
}

/** Whether any part of a schema allows members of any name. */
function hasMaps(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasMaps);
  if (!isObject(schema)) return false;
  const { additionalProperties: more } = schema;
  return more === true || isObject(more) || Object.values(schema).some(hasMaps);
}

/** An object with a schema as its member `value`. Definitions stay at the root, and references follow what they refer to. */
function wrapSchema({
  $defs,
  definitions,
  ...schema
}: Readonly<Record<string, unknown>>): ToolWish['schema'] {
  return {
    type: 'object',
    properties: { value: moveReferences(schema) },
    required: ['value'],
    ...(isObject($defs) && { $defs: moveReferences($defs) }),
    ...(isObject(definitions) && { definitions: moveReferences(definitions) }),
  };
}

function moveReferences(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(moveReferences);
  if (!isObject(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name,
      name === '$ref' && typeof value === 'string'
        ? value.replace(/^#(?!\/(?:\$defs|definitions)\/)(?=\/|$)/, '#/properties/value')
        : moveReferences(value),
    ]),
  );
}
