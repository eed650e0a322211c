import type { ModelQuirks, OutputConfig } from '../../index.js';
import type { TextFormat } from '../answer/formatted-text.js';
import type { FormatWish, ToolWish } from './draft.js';
import type { ToolNames } from './tool-names.js';

/** How a model is told the format of its answer. */
export interface SentFormat {
  outputConfig?: OutputConfig;
  /** A tool whose input is the answer. */
  tool?: ToolWish;
  /** Whether that tool has to be called; otherwise the instruction says so. */
  isForced?: boolean;
  instruction?: string;
  /** How to read the answer; omitted if the model writes the JSON as its text. */
  format?: TextFormat;
}

const NAME = 'json_answer';

/**
 * Chooses how to ask for JSON of a schema: natively where the model is known to support that, otherwise by a tool that has to be
 * called, and where that is refused as well, as by the newest Claude, by the tool and an instruction.
 *
 * @param kinds Kinds of tool choice that the model accepts in this request; undefined if unknown.
 */
export function sendFormat(
  wish: FormatWish,
  quirks: ModelQuirks,
  kinds: readonly string[] | undefined,
  names: ToolNames,
): SentFormat {
  const { schema, name, description } = wish;
  if (schema === undefined)
    return { instruction: 'Answer with one JSON object and nothing else: no Markdown, no other text.' };
  if (quirks.outputFormat === true) {
    const jsonSchema = {
      schema: JSON.stringify(schema),
      ...(name && { name }),
      ...(description && { description }),
    };
    return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
  }
  const isWrapped = schema['type'] !== 'object';
  const input = isWrapped ? { type: 'object', properties: { value: schema }, required: ['value'] } : schema;
  if (quirks.tools === false) {
    return {
      instruction: `Answer with JSON of this schema and nothing else, no Markdown: ${JSON.stringify(schema)}`,
      format: { tool: undefined, isWrapped: false },
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
