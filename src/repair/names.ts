import type { Conversation, Note, Renames } from './conversation.js';

/** Names that the service accepts. Source: Amazon Bedrock, `ToolSpecification`. */
const NAME = /^[\w-]{1,64}$/;

/** Ids that the service accepts. Source: Amazon Bedrock, `ToolUseBlock`. */
const ID = /^[\w.:-]{1,64}$/;

/**
 * Finds the names of tools and the ids of their uses that the service, or Claude behind it, rejects, and a valid
 * replacement for each. All of a conversation is searched before anything is renamed: definition, choice, uses and results
 * must end up with the same name, and a replacement must not collide with a name that comes later.
 *
 * The same history gets the same replacements each time, in the order of the tools, so that the service's prompt cache
 * still matches.
 */
export function findRenames(conversation: Conversation, isClaude: boolean, note: Note) {
  const { toolConfig, messages } = conversation;
  // By the first place where each occurs, which the repair names.
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
  return {
    names: renameInvalid(names, NAME, 'tool-name', note),
    // Claude is stricter than the service: "String should match pattern '^[a-zA-Z0-9_-]+$'".
    ids: renameInvalid(ids, isClaude ? NAME : ID, 'tool-use-id', note),
  };
}

/** Replaces what does not match; a number at the end keeps two names apart that would become the same. */
function renameInvalid(
  found: ReadonlyMap<string, string>,
  valid: RegExp,
  kind: 'tool-name' | 'tool-use-id',
  note: Note,
): Renames {
  const renames = new Map<string, string>();
  const taken = new Set(found.keys());
  for (const [name, path] of found) {
    if (valid.test(name)) continue;
    const plain = name.replace(/[^\w-]/g, '_').slice(0, 64) || '_';
    let free = plain;
    for (let n = 2; taken.has(free); n++) free = `${plain.slice(0, 60)}_${n}`;
    taken.add(free);
    renames.set(name, free);
    note(kind, path, name, free);
  }
  return renames;
}

/** Gives the tool use of an answer the request's own name again, in place, so that callers find the tool that they passed. */
export function restoreName(
  { toolUse }: { toolUse?: { name?: string | undefined } | undefined },
  names: Renames | undefined,
): void {
  if (toolUse) toolUse.name = names?.get(toolUse.name ?? '') ?? toolUse.name;
}
