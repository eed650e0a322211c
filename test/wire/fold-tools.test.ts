import { afterEach, describe, expect, it, vi } from 'vitest';
import { Fold } from '../../src/converse/fold.js';
import type { PartialResult } from '../../src/types.js';
import { bodyOf, type WireEvent } from './frames.js';
import { readEvents } from './reading.js';
import { STREAMS } from './streams.js';

afterEach(() => vi.restoreAllMocks());

describe('tool uses', () => {
  it('have the parsed input of all fragments', () => {
    const { toolUses, message, warnings } = folded(STREAMS.toolUse);
    expect(toolUses[0]).toStrictEqual({
      toolUseId: 'tooluse_1',
      name: 'get_tide',
      input: { harbour: 'Hamburg ü', days: [1, 2], at: null },
    });
    expect(message.content?.[1]).toStrictEqual({ toolUse: toolUses[0] });
    expect(warnings).toEqual([]);
  });

  it('have an empty object as input where the model gave none', () => {
    const { toolUses, message } = folded(STREAMS.toolUse);
    expect(toolUses.slice(1)).toStrictEqual([
      { toolUseId: 'tooluse_2', name: 'now', input: {} },
      { toolUseId: 'tooluse_3', name: 'here', input: {} },
    ]);
    expect(message.content?.slice(2)).toStrictEqual(toolUses.slice(1).map((toolUse) => ({ toolUse })));
  });

  it('are parsed once, when somebody first reads them', () => {
    const events = readEvents([bodyOf(STREAMS.toolUse)]);
    const parse = vi.spyOn(JSON, 'parse');
    const fold = new Fold();
    for (const event of events) fold.add(event);
    const before = parse.mock.calls.length;
    for (let i = 0; i < 3; i++) fold.result({});
    expect([before, parse.mock.calls.length]).toEqual([0, 1]);
  });

  it('are whole when the message is, though the ends of their blocks are missing', () => {
    const { toolUses, message, warnings } = folded(
      withInput('{"knots": 5}').filter(([type]) => type !== 'contentBlockStop'),
    );
    expect(toolUses).toStrictEqual([{ toolUseId: 'tooluse_1', name: 'get_wind', input: { knots: 5 } }]);
    expect(message.content).toStrictEqual(toolUses.map((toolUse) => ({ toolUse })));
    expect(warnings.join(' ')).not.toContain('get_wind');
  });

  it('are truncated without the ends of both block and message', () => {
    const { toolUses } = folded(withInput('{"knots": 5}').slice(0, 3));
    expect(toolUses).toMatchObject([{ inputError: 'the answer was truncated inside it' }]);
  });

  it('whose block and message have ended say what is wrong with their JSON', () => {
    const { toolUses } = folded(withInput('{"knots": ').filter(([type]) => type !== 'contentBlockStop'));
    expect(toolUses).toMatchObject([{ input: '{"knots": ', inputError: expect.stringMatching(/JSON/) }]);
  });

  it('whose input is no JSON keep the raw text and say why, and have an empty input in the message', () => {
    const { toolUses, message, warnings, stopReason } = folded(STREAMS.brokenToolInput);
    expect(toolUses).toEqual([
      {
        toolUseId: 'tooluse_1',
        name: 'get_tide',
        input: '{"harbour": "Hamburg", }',
        inputError: expect.stringMatching(/JSON/),
      },
      { toolUseId: 'tooluse_2', name: 'get_wind', input: { knots: 5 } },
    ]);
    expect(message.content).toStrictEqual([
      { toolUse: { toolUseId: 'tooluse_1', name: 'get_tide', input: {} } },
      { toolUse: { toolUseId: 'tooluse_2', name: 'get_wind', input: { knots: 5 } } },
    ]);
    expect(warnings).toEqual([expect.stringContaining('tool get_tide')]);
    expect(stopReason).toBe('malformed_tool_use');
  });

  it('have an empty object as input where the model wrote null', () => {
    const { toolUses, message, warnings } = folded(withInput(' null'));
    expect(toolUses).toStrictEqual([{ toolUseId: 'tooluse_1', name: 'get_wind', input: {} }]);
    expect(message.content).toStrictEqual([{ toolUse: toolUses[0] }]);
    expect(warnings.join()).not.toContain('get_wind');
  });

  it.each(['0', 'true', '"text"', '[1, {"a": []}]'])(
    'whose input is JSON but not an object keep the raw text and say so: %s',
    (input) => {
      const { toolUses, message, warnings } = folded(withInput(input));
      expect(toolUses).toStrictEqual([
        { toolUseId: 'tooluse_1', name: 'get_wind', input, inputError: 'it is not a JSON object' },
      ]);
      expect(message.content).toStrictEqual([
        { toolUse: { toolUseId: 'tooluse_1', name: 'get_wind', input: {} } },
      ]);
      expect(warnings).toContainEqual(expect.stringContaining('tool get_wind'));
    },
  );

  it('that the service ran itself are in the message with their results, not among those to be answered', () => {
    const { toolUses, message } = folded(STREAMS.serverTools);
    expect(toolUses).toStrictEqual([
      { toolUseId: 'tooluse_1', name: 'get_wind', type: 'tool_use', input: {} },
    ]);
    expect(message.content).toStrictEqual([
      {
        toolUse: {
          toolUseId: 'srv_1',
          name: 'web_search',
          type: 'server_tool_use',
          input: { query: 'tide' },
        },
      },
      {
        toolResult: {
          toolUseId: 'srv_1',
          status: 'success',
          type: 'web_search_result',
          content: [
            { text: 'High water' },
            { json: { at: '12:00' } },
            { text: 'Low water' },
            { text: 'at six' },
          ],
        },
      },
      { toolUse: { toolUseId: 'tooluse_1', name: 'get_wind', type: 'tool_use', input: {} } },
      { text: 'At noon.' },
    ]);
  });

  it('leave the events as they were: another fold of the same gives the same', () => {
    const events = readEvents([bodyOf(STREAMS.serverTools)]);
    const before = structuredClone(events);
    const results = [new Fold(), new Fold()].map((fold) => {
      for (const event of events) fold.add(event);
      return fold.result({});
    });
    expect(results[0]).toEqual(results[1]);
    expect(events).toEqual(before);
  });
});

function withInput(input: string): WireEvent[] {
  return [
    ['messageStart', { role: 'assistant' }],
    [
      'contentBlockStart',
      { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'tooluse_1', name: 'get_wind' } } },
    ],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input } } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'tool_use' }],
  ];
}

function folded(events: readonly WireEvent[]): PartialResult {
  const fold = new Fold();
  for (const event of readEvents([bodyOf(events)])) fold.add(event);
  return fold.result({});
}
