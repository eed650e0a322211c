import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeTools, type RunnableTools, runToolUses, type ToolUse, tool } from '../../src/index.js';

const getTide = tool({
  description: 'The next high water at a harbour.',
  input: z.object({ harbour: z.string() }),
  run: ({ harbour }) => `High water at ${harbour}: 14:20.`,
});
const uses: ToolUse[] = ['Hamburg', 'Bremen'].map((harbour, i) => ({
  toolUseId: `use-${i}`,
  name: 'get_tide',
  input: { harbour },
}));

describe('describeTools()', () => {
  it('is the toolConfig of a request', () => {
    expect(describeTools({ get_tide: getTide })).toEqual({
      tools: [
        {
          toolSpec: {
            name: 'get_tide',
            description: 'The next high water at a harbour.',
            inputSchema: { json: expect.objectContaining({ required: ['harbour'] }) },
          },
        },
      ],
    });
  });

  it.each([
    ['there are none', {}, 'tools is empty'],
    ['one has no function', { get_tide: { ...getTide, run: 'x' } }, 'tools.get_tide has no function run'],
    ['one has no description', { get_tide: { ...getTide, description: ' ' } }, 'get_tide has no description'],
  ])('throws if %s', (_why, tools, message) => {
    expect(() => describeTools(tools as RunnableTools)).toThrow(message);
  });
});

describe('runToolUses()', () => {
  it('resolves to the results in the order of the tool uses', async () => {
    const unknown: ToolUse = { toolUseId: 'use-2', name: 'get_wind', input: {} };
    const results = await runToolUses(
      { toolUses: [...uses, unknown], stopReason: 'tool_use' },
      { get_tide: getTide },
    );
    expect(results).toEqual([
      { toolUseId: 'use-0', status: 'success', content: [{ text: 'High water at Hamburg: 14:20.' }] },
      { toolUseId: 'use-1', status: 'success', content: [{ text: 'High water at Bremen: 14:20.' }] },
      {
        toolUseId: 'use-2',
        status: 'error',
        content: [{ text: 'There is no tool get_wind. The tools are: get_tide.' }],
      },
    ]);
  });

  it('runs nothing for an answer that was truncated', async () => {
    const never = tool({ ...getTide, run: () => expect.fail('it ran') });
    expect(await runToolUses({ toolUses: uses, stopReason: 'max_tokens' }, { get_tide: never })).toEqual([]);
  });

  it('rejects with the reason of an abort, before it and while tools run', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('enough');
    const signals: AbortSignal[] = [];
    const endless = tool({
      ...getTide,
      run(_input, context) {
        signals.push(context.signal);
        if (signals.length === uses.length) controller.abort(reason);
        return new Promise<string>(() => {});
      },
    });
    const run = () =>
      runToolUses({ toolUses: uses, stopReason: 'tool_use' }, { get_tide: endless }, { signal });
    await expect(run()).rejects.toBe(reason);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    await expect(run()).rejects.toBe(reason);
    expect(signals).toHaveLength(2);
  });

  it('refuses an option that does not exist', async () => {
    const options = { sginal: AbortSignal.abort() } as object;
    await expect(
      runToolUses({ toolUses: uses, stopReason: 'tool_use' }, { get_tide: getTide }, options),
    ).rejects.toMatchObject({ code: 'ERR_INPUT', message: expect.stringContaining('Pass signal') });
  });
});
