import { tool } from 'bedrock-anywhere';
import { expect, it } from 'vitest';
import { askBeforeRunning } from '../../src/cli/chat/tools-module.js';

/** Approves a call with these answers; returns what was asked, and the decision. */
async function approve(input: unknown, ...answers: string[]) {
  const asked: string[] = [];
  const keyboard = {
    ask: async (question: string) => {
      asked.push(question);
      return answers.shift();
    },
  };
  const run = tool({ description: 'Runs a command.', input: { type: 'object' }, run: () => 'done' });
  const { shell } = askBeforeRunning({ shell: run }, keyboard);
  const context = { toolUseId: 'a', signal: new AbortController().signal };
  const isApproved = await shell?.approve?.(input as never, context as never);
  return { asked, isApproved };
}

it('shows a whole input of ordinary length', async () => {
  const input = { note: 'x'.repeat(400), command: 'rm -rf ~' };
  const { asked, isApproved } = await approve(input, 'n');
  expect(asked).toEqual([`Run shell ${JSON.stringify(input)}? [y]es, [n]o, [a]lways `]);
  expect(isApproved).toBe(false);
});

it('says that a long input is shortened, with its end, and shows all of it on request', async () => {
  const input = { note: 'x'.repeat(5000), command: 'rm -rf ~' };
  const { asked, isApproved } = await approve(input, 's', 'y');
  expect(asked[0]).toMatch(/^Run shell .{1,600} … \d+ more letters … x+","command":"rm -rf ~"}\?/);
  expect(asked[0]).toContain('[s]how all of it');
  expect(asked[1]).toBe(`Run shell ${JSON.stringify(input)}? [y]es, [n]o, [a]lways `);
  expect(isApproved).toBe(true);
});

it('shows what a terminal would obey or hide as escapes', async () => {
  const { asked } = await approve({ a: 'x\u200b\u202ey\u{e0041}' }, 'n');
  expect(asked[0]).toContain('x\\u{200b}\\u202ey\\u{e0041}');
});
