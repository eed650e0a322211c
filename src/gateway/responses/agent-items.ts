import { resultBlocks } from '../conversation/cache-points.js';
import type { Turns } from '../conversation/turns.js';
import {
  type Body,
  optionalList,
  optionalObject,
  optionalText,
  readList,
  readName,
  readObject,
} from '../fields.js';
import type { ReadContext } from '../protocol.js';
import { SEARCH } from './tool-search.js';

// Items that agents keep in their histories besides messages and calls of functions. Sources: the types of the package openai, 6.49;
// the items that Codex 0.171 names; openai/codex#24612, BerriAI/litellm#36528 and #38227, CommandCodeAI/command-code#893.

/** Calls of tools that ran at OpenAI. What they found is in the text that followed. */
const SERVED =
  /^(?:(?:web_search|file_search|code_interpreter|image_generation|mcp)_call|mcp_(?:list_tools|approval_request|approval_response))$/;

/** Reads an item that only agents send. Returns false if it does not know the type. */
export function readAgentItem(
  item: Body,
  path: string,
  turns: Turns,
  { names, notes }: ReadContext,
): boolean {
  const type = item['type'];
  if (typeof type !== 'string') return false;
  switch (type) {
    case 'agent_message': {
      const text = readAgentText(item['content'], `${path}.content`);
      turns.add('user', text === '' ? [] : [{ text }]);
      return true;
    }
    case 'local_shell_call': {
      const input = optionalObject(item['action'], `${path}.action`) ?? {};
      const toolUseId = readName(item['call_id'], `${path}.call_id`);
      turns.add('assistant', [
        { toolUse: { toolUseId, name: names.send('local_shell'), input: input as never } },
      ]);
      return true;
    }
    case 'tool_search_call':
    case 'tool_search_output': {
      const toolUseId = optionalText(item['call_id'], `${path}.call_id`);
      if (item['execution'] !== 'client' || !toolUseId) break;
      if (type === 'tool_search_output') {
        turns.add('user', resultBlocks(toolUseId, [{ text: describeTools(item, path) }]));
        return true;
      }
      const input = optionalObject(item['arguments'], `${path}.arguments`) ?? {};
      const name = names.send(SEARCH.name, SEARCH.namespace);
      turns.add('assistant', [{ toolUse: { toolUseId, name, input: input as never } }]);
      return true;
    }
    default:
      if (!SERVED.test(type)) return false;
  }
  notes.add(`${path} (${type})`, 'a tool that ran at OpenAI; omitted');
  return true;
}

/** What one agent told another. Codex puts plain text into `encrypted_content` if the model did not encrypt it. */
function readAgentText(content: unknown, path: string): string {
  return readList(content, path)
    .map((item, i) => {
      const { text, encrypted_content: other } = readObject(item, `${path}.${i}`);
      return optionalText(text ?? other, `${path}.${i}.text`) ?? '';
    })
    .join('');
}

/** Tells a model which tools its search has found. They are offered to it as well. */
function describeTools(item: Body, path: string): string {
  const found = optionalList(item['tools'], `${path}.tools`) ?? [];
  const names = found.flatMap((one) => {
    const { name, tools } = Object(one) as { name?: unknown; tools?: unknown };
    return Array.isArray(tools) ? tools.map((inner) => (Object(inner) as { name?: unknown }).name) : [name];
  });
  const named = names.filter((name) => typeof name === 'string');
  return named.length === 0 ? 'No tools were found.' : `You can use these tools now: ${named.join(', ')}.`;
}
