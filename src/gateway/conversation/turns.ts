import type { Message, SystemContentBlock } from '../../index.js';
import type { Block } from './draft.js';

/** Gathers a conversation: neighbours of one role become one message, and tool results come first in theirs. */
export class Turns {
  readonly system: SystemContentBlock[] = [];
  readonly #messages: { role: 'user' | 'assistant'; content: Block[] }[] = [];

  /** Before the first message an instruction belongs to the system prompt, which the prompt cache begins with. */
  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /**
   * Adds an instruction. In the middle of a conversation it becomes a text of the user: most models reject the role `system`
   * there, and moving it to the front would change the beginning that the prompt cache has stored.
   */
  addInstruction(blocks: readonly Block[]): void {
    if (this.isEmpty) for (const block of blocks) this.system.push(block as SystemContentBlock);
    else this.add('user', blocks);
  }

  add(role: 'user' | 'assistant', blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    let last = this.#messages.at(-1);
    if (last?.role !== role) {
      last = { role, content: [] };
      this.#messages.push(last);
    }
    // A spread of many blocks would be more arguments than a call may have.
    for (const block of blocks) last.content.push(block);
  }

  /** Adds a cache point to the end of the conversation. */
  addToLast(point: Block): void {
    this.#messages.at(-1)?.content.push(point);
  }

  messages(): Message[] {
    return this.#messages.map(({ role, content }) => ({
      role,
      content: role === 'user' ? resultsFirst(content) : content,
    }));
  }
}

/** Each result keeps the cache point behind it. */
function resultsFirst(content: readonly Block[]): Block[] {
  const results: Block[] = [];
  const others: Block[] = [];
  let before = others;
  for (const block of content) {
    if (block.cachePoint === undefined) before = block.toolResult === undefined ? others : results;
    before.push(block);
  }
  return [...results, ...others];
}
