import type { PiMessage, PiModel } from 'bedrock-anywhere/pi';
import { describe, expect, it, vi } from 'vitest';
import { historyFor } from '../../src/adapters/pi/outgoing/history.js';
import { messagesFor } from '../../src/adapters/pi/outgoing/messages.js';
import { assistant, call, text, toolResult, user } from './pi-contexts.js';

const model = { id: 'a', api: 'b', provider: 'c', input: ['text'] } as unknown as PiModel;

/** Calls and results whose ids are the same once they are cut to 64 characters. */
function clashes(count: number): PiMessage[] {
  const ids = Array.from(
    { length: count },
    (_, n) => `${'x'.repeat(62)}${String(n % 100).padStart(2, '0')}${n}`,
  );
  return [
    user('go'),
    assistant(
      ids.map((id) => call(id)),
      { stopReason: 'toolUse' },
    ),
    ...ids.map((id) => toolResult(id)),
  ];
}

/** How often a set is asked while a history is prepared. */
function lookups(count: number): number {
  const has = vi.spyOn(Set.prototype, 'has');
  historyFor(model, clashes(count));
  const asked = has.mock.calls.length;
  has.mockRestore();
  return asked;
}

describe('a long history', () => {
  it('gives tool calls that clash different ids, in work that grows with their number', () => {
    const { messages } = historyFor(model, clashes(3000));
    const ids = messages.flatMap((message) => (message.role === 'toolResult' ? [message.toolCallId] : []));
    expect(new Set(ids).size).toBe(3000);
    for (const id of ids) expect(id).toMatch(/^[\w-]{1,64}$/);
    expect(lookups(2000)).toBeLessThan(2.2 * lookups(1000));
  });

  it('may hold more blocks in a turn than a function takes arguments', () => {
    const blocks = Array.from({ length: 300_000 }, () => text('a'));
    const turns = messagesFor([user('b'), user(blocks)], {});
    expect(turns).toHaveLength(1);
    expect(turns[0]?.content).toHaveLength(300_001);
  });
});
