import type { Conversation, Note, Renames } from '../conversation.js';

/** The longest name and the longest id that the service accepts. */
const LONGEST = 64;

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
export function findRenames(
  conversation: Conversation,
  isClaude: boolean,
  leastLetters: number | undefined,
  note: Note,
) {
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
  const takenIds = new Set(ids.keys());
  return {
    names: renameInvalid(names, new Set(names.keys()), NAME, 0, 'tool-name', note),
    // Claude is stricter than the service: "String should match pattern '^[a-zA-Z0-9_-]+$'".
    ids: renameInvalid(ids, takenIds, isClaude ? NAME : ID, leastLetters ?? 0, 'tool-use-id', note),
    // Counts on its own, so that a rename later in the history does not change the numbers in front of it.
    numberId: createNumbering(takenIds),
  };
}

/**
 * Replaces what does not match, or has too few letters and digits; a number at the end keeps two names apart that would become
 * the same.
 */
function renameInvalid(
  found: ReadonlyMap<string, string>,
  taken: Set<string>,
  valid: RegExp,
  leastLetters: number,
  kind: 'tool-name' | 'tool-use-id',
  note: Note,
): Renames {
  const renames = new Map<string, string>();
  const number = createNumbering(taken);
  for (const [name, path] of found) {
    const missing = leastLetters - name.slice(0, LONGEST).replace(/[^a-zA-Z0-9]/g, '').length;
    if (valid.test(name) && missing <= 0) continue;
    const start = name.slice(0, LONGEST - Math.max(0, missing)).replace(/[^\w-]/g, '_');
    const plain = `${start}${'0'.repeat(Math.max(0, missing))}` || '_';
    const free = taken.has(plain) ? number(plain) : plain;
    taken.add(free);
    renames.set(name, free);
    note(kind, path, name, free);
  }
  return renames;
}

/** Gives a name a number at the end, so that it is none of the taken ones, and takes it. */
type NumberName = (name: string) => string;

/** Names with this many letters in common share a counter. Any number fits behind so few. */
const STEM_LENGTH = 48;

/**
 * Numbers names. Each counter goes on where it stopped, so that a thousand names with the same beginning take a thousand
 * steps.
 */
export function createNumbering(taken: Set<string>, longest = LONGEST, mark = '_'): NumberName {
  const counts = new Map<string, number>();
  return (name) => {
    const stem = name.slice(0, STEM_LENGTH);
    let count = counts.get(stem) ?? 1;
    let free: string;
    do {
      count += 1;
      free = `${name.slice(0, Math.min(longest - 4, longest - 1 - String(count).length))}${mark}${count}`;
    } while (taken.has(free));
    counts.set(stem, count);
    taken.add(free);
    return free;
  };
}

/** Gives the tool use of an answer the request's own name again, in place, so that callers find the tool that they passed. */
export function restoreName(
  { toolUse }: { toolUse?: { name?: string | undefined } | undefined },
  names: Renames | undefined,
): void {
  if (toolUse) toolUse.name = names?.get(toolUse.name ?? '') ?? toolUse.name;
}
