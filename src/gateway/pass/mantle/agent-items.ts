import { isObject } from '../../../input/read.js';
import type { Body } from '../../fields.js';
import type { Notes } from '../../notes.js';

// Tools and items of Codex that OpenAI's Responses accepts and Bedrock's rejects. Sources: BerriAI/litellm#36545, #36546 and
// #38227 (every item and namespace tried at bedrock-mantle, 2026-08), maximhq/bifrost#7039 and #7084 (2026-09).

/** Namespaces of Bedrock's own tools. */
const RESERVED: ReadonlySet<unknown> = new Set(['web', 'image_gen', 'browser', 'python']);

/** The namespace of Codex's own tools. It means the same as no namespace, and Bedrock reserves its name. */
const DEFAULT_NAMESPACE = 'functions';

/** Members of a Responses request, rewritten so that Bedrock accepts them. */
export type Accepted = Partial<Record<'input' | 'tools', unknown[]>>;

/** Rewrites tools and items so that Bedrock accepts them. The result is empty if it accepts them as they are. */
export function acceptAgentItems({ input, tools }: Body, notes: Notes): Accepted {
  let isChanged = false;
  const change = (made: object[]): object[] => {
    isChanged = true;
    return made;
  };

  function acceptTool(tool: unknown): object[] {
    const { type, name, tools: inner } = Object(tool) as Record<string, unknown>;
    if (type !== 'namespace') return [tool as object];
    if (name === DEFAULT_NAMESPACE && Array.isArray(inner)) return change(inner as object[]);
    if (!RESERVED.has(name)) return [tool as object];
    notes.add(`tools (${name})`, 'reserved by Bedrock; omitted');
    return change([]);
  }

  function acceptItem(item: unknown): object[] {
    const { type, content, call_id, action, encrypted_content } = Object(item) as Record<string, unknown>;
    switch (type) {
      case 'agent_message': {
        const text = textOf(content);
        const said = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
        return change(text === '' ? [] : [said]);
      }
      case 'local_shell_call': {
        const call = { type: 'function_call', call_id, name: 'local_shell' };
        return change([{ ...call, arguments: JSON.stringify(action ?? {}) }]);
      }
      case 'context_compaction':
        return change(encrypted_content ? [{ type: 'compaction', encrypted_content }] : []);
      default:
        return [item as object];
    }
  }

  const items = Array.isArray(input) ? input : [];
  const isOfTools = (item: unknown): boolean => isObject(item) && item['type'] === 'additional_tools';
  const inItems = items.filter(isOfTools).flatMap((item: Body): unknown[] => listOf(item['tools']));
  const accepted = [...listOf(tools), ...inItems].flatMap(acceptTool);
  const others = items.filter((item) => !isOfTools(item)).flatMap(acceptItem);
  if (!isChanged) return {};
  // Some versions of the endpoint did not accept tools among the items (BerriAI/litellm#33228); all accept them in `tools`.
  return { input: others, ...(accepted.length > 0 && { tools: accepted }) };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What one agent told another. Its text is in `encrypted_content` if the model did not encrypt it. */
function textOf(content: unknown): string {
  return listOf(content)
    .map((part) => {
      const { text, encrypted_content: other } = Object(part) as Record<string, unknown>;
      return text ?? other;
    })
    .filter((text) => typeof text === 'string')
    .join('');
}
