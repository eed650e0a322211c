/** A tool that Claude knows from its training, described so that Converse accepts it. */
interface DescribedTool {
  description: string;
  schema: object;
}

const text = { type: 'string' };
const whole = { type: 'integer' };
const point = { type: 'array', items: whole, minItems: 2, maxItems: 2 };

/**
 * The tools of Anthropic's that the caller runs, by the beginning of their type. Converse has only tools with a schema, so they get the
 * one that Claude writes their input by. Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use, 2026-11-28.
 */
const TOOLS: readonly (readonly [RegExp, DescribedTool])[] = [
  [
    /^bash_\d/,
    {
      description: 'Runs a command in a bash session that keeps its state, or restarts the session.',
      schema: objectOf({ command: text, restart: { type: 'boolean' } }),
    },
  ],
  [
    /^text_editor_\d/,
    {
      description: 'Views, creates and edits text files.',
      schema: objectOf(
        {
          command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', 'undo_edit'] },
          path: text,
          file_text: text,
          insert_line: whole,
          insert_text: text,
          new_str: text,
          old_str: text,
          view_range: { type: 'array', items: whole },
        },
        'command',
        'path',
      ),
    },
  ],
  [
    /^computer_\d/,
    {
      description: 'Uses the mouse and keyboard of a computer, and takes screenshots.',
      schema: objectOf(
        {
          action: text,
          coordinate: point,
          start_coordinate: point,
          text,
          duration: { type: 'number' },
          scroll_direction: { type: 'string', enum: ['up', 'down', 'left', 'right'] },
          scroll_amount: whole,
          region: { type: 'array', items: whole, minItems: 4, maxItems: 4 },
        },
        'action',
      ),
    },
  ],
  [
    /^memory_\d/,
    {
      description: 'Reads and writes files below /memories, which stay for later conversations.',
      schema: objectOf(
        {
          command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'] },
          path: text,
          view_range: { type: 'array', items: whole },
          file_text: text,
          old_str: text,
          new_str: text,
          insert_line: whole,
          insert_text: text,
          old_path: text,
          new_path: text,
        },
        'command',
      ),
    },
  ],
];

/** Description and schema of one of Anthropic's tools by its type, such as `bash_20250124`; undefined for one that the service would run. */
export function schemaOfAnthropicTool(type: string): DescribedTool | undefined {
  return TOOLS.find(([known]) => known.test(type))?.[1];
}

function objectOf(properties: object, ...required: string[]): object {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}
