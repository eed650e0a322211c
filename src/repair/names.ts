import type { Conversation, Note, Renames } from './conversation.js';

/** A name of the service. Source: Amazon Bedrock, `ToolSpecification`. */
const NAME = /^[\w-]{1,64}$/;

/** An id of the service. Source: Amazon Bedrock, `ToolUseBlock`. */
const ID = /^[\w.:-]{1,64}$/;

/** Names for the tools and ids for their uses where the service, or Claude behind it, does not take those that came. */
export function toolRenames(conversation: Conversation, claude: boolean, note: Note) {
  const { toolConfig, messages } = conversation;
  const names = new Map<string, string>();
  const ids = new Map<string, string>();
  const add = (found: Map<string, string>, name: unknown, path: string): void => {
    if (typeof name === 'string' && !found.has(name)) found.set(name, path);
  };
  toolConfig?.tools?.forEach((tool, i) => {
    add(names, tool?.toolSpec?.name, `toolConfig.tools.${i}.toolSpec.name`);
  });
  add(names, toolConfig?.toolChoice?.tool?.name, 'toolConfig.toolChoice.tool.name');
  messages?.forEach(({ content }, i) => {
    content?.forEach((block, j) => {
      const { toolUse, toolResult } = block ?? {};
      const path = `messages.${i}.content.${j}`;
      if (toolUse) {
        add(names, toolUse.name, `${path}.toolUse.name`);
        add(ids, toolUse.toolUseId, `${path}.toolUse.toolUseId`);
      } else if (toolResult) add(ids, toolResult.toolUseId, `${path}.toolResult.toolUseId`);
    });
  });
  // Those that are sent, by those that came.
  return {
    names: renames(names, NAME, 'tool-name', note),
    // Claude answers: String should match pattern '^[a-zA-Z0-9_-]+$'.
    ids: renames(ids, claude ? NAME : ID, 'tool-use-id', note),
  };
}

/** No two names become one. */
function renames(
  found: ReadonlyMap<string, string>,
  valid: RegExp,
  kind: 'tool-name' | 'tool-use-id',
  note: Note,
): Renames {
  const sent = new Map<string, string>();
  const taken = new Set(found.keys());
  for (const [name, path] of found) {
    if (valid.test(name)) continue;
    const plain = name.replace(/[^\w-]/g, '_').slice(0, 64) || '_';
    let free = plain;
    for (let n = 2; taken.has(free); n++) free = `${plain.slice(0, 60)}_${n}`;
    taken.add(free);
    sent.set(name, free);
    note(kind, path, name, free);
  }
  return sent;
}

/** Calls the tool of a block in an answer as the request did. */
export function restoreName(
  { toolUse }: { toolUse?: { name?: string | undefined } | undefined },
  names: Renames | undefined,
): void {
  if (toolUse) toolUse.name = names?.get(toolUse.name ?? '') ?? toolUse.name;
}
