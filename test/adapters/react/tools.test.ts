import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { tool } from '../../../src/index.js';
import { startConversation } from './conversations.js';

const getTide = tool({
  description: 'The next high water at a harbour.',
  input: z.object({ harbour: z.string() }),
  run: ({ harbour }) => `High water at ${harbour}: 14:20.`,
});
const call = { name: 'get_tide', input: { harbour: 'Hamburg' } };
const kinds = ({ messages }: { messages: readonly { kind: string }[] }) => messages.map(({ kind }) => kind);

describe("the page's tools", () => {
  it('run until the model answers, and their results are messages', async () => {
    const { conversation, states, sent, local } = startConversation({
      local: {
        script: [
          { user: 'high water', toolUse: call },
          { toolResult: '14:20', toolUse: { ...call, input: { harbour: 'Bremen' } }, once: true },
          { toolResult: '14:20', text: 'Both at 14:20.' },
        ],
      },
      tools: { get_tide: getTide },
    });
    await conversation.send('When is high water?');
    const { messages, status } = conversation.read();
    expect(status).toBe('ready');
    expect(kinds({ messages })).toEqual([
      'prompt',
      'answer',
      'toolResults',
      'answer',
      'toolResults',
      'answer',
    ]);
    const use = messages[1]?.content[0]?.toolUse;
    expect(use).toMatchObject(call);
    expect(messages[2]).toMatchObject({
      role: 'user',
      content: [
        {
          toolResult: {
            toolUseId: use?.toolUseId,
            status: 'success',
            content: [{ text: 'High water at Hamburg: 14:20.' }],
          },
        },
      ],
    });
    expect(messages[5]?.text).toBe('Both at 14:20.');
    expect(sent()[2]).toHaveLength(5);
    expect(local.requests[0]?.body).toMatchObject({
      toolConfig: { tools: [{ toolSpec: { name: 'get_tide', description: getTide.description } }] },
    });
    const waits = states.filter((state) => state.status === 'submitted').map(kinds);
    expect(waits.map((shown) => shown.at(-1))).toEqual(['prompt', 'toolResults', 'toolResults']);
  });

  it('those of the last render run', async () => {
    const { conversation } = startConversation({
      local: {
        script: [
          { user: 'high water', toolUse: call },
          { toolResult: true, text: 'Done.' },
        ],
      },
      tools: { get_tide: getTide },
    });
    conversation.options = {
      ...conversation.options,
      tools: { get_tide: { ...getTide, run: () => 'No idea.' } },
    };
    await conversation.send('When is high water?');
    expect(conversation.read().messages[2]?.content[0]?.toolResult?.content).toEqual([{ text: 'No idea.' }]);
  });

  it('are aborted by stop(), even if they ignore it, and retry() calls the model again', async () => {
    let started = (_signal: AbortSignal): void => {};
    const running = new Promise<AbortSignal>((resolve) => {
      started = resolve;
    });
    const endless = tool({
      ...getTide,
      run(_input, { signal }) {
        started(signal);
        return new Promise<string>(() => {});
      },
    });
    const { conversation, shown, sent } = startConversation({
      local: {
        script: [
          { user: 'high water', toolUse: call },
          { toolResult: true, text: 'Done.' },
        ],
      },
      tools: { get_tide: endless },
    });
    const over = conversation.send('When is high water?');
    const signal = await running;
    expect(conversation.read().status).toBe('streaming');
    conversation.stop();
    await over;
    expect(signal.aborted).toBe(true);
    expect(conversation.read().status).toBe('ready');
    expect(shown()).toEqual([
      ['prompt', 'When is high water?'],
      ['answer', ''],
    ]);
    conversation.options = { ...conversation.options, tools: { get_tide: getTide } };
    await conversation.retry();
    expect(kinds(conversation.read())).toEqual(['prompt', 'answer', 'toolResults', 'answer']);
    expect(sent()[1]).toEqual(sent()[0]);
  });

  it.each([
    ['before the next answer', { name: 'ThrottlingException' }, 3],
    ['inside the next answer', { name: 'ModelStreamErrorException', afterEvents: 9 }, 4],
  ])('do not run again when retry() follows a failure %s', async (_when, error, length) => {
    let runs = 0;
    const { conversation, sent } = startConversation({
      local: {
        script: [
          { user: 'high water', toolUse: call },
          { toolResult: true, text: 'word '.repeat(40), error, once: true },
          { toolResult: true, text: 'Done.' },
        ],
      },
      tools: { get_tide: { ...getTide, run: () => `Run ${++runs}.` } },
    });
    await conversation.send('When is high water?');
    expect(conversation.read().status).toBe('error');
    expect(conversation.read().messages).toHaveLength(length);
    await conversation.retry();
    expect(kinds(conversation.read())).toEqual(['prompt', 'answer', 'toolResults', 'answer']);
    expect(conversation.read().messages.at(-1)?.text).toBe('Done.');
    expect(runs).toBe(1);
    expect(sent()[2]).toEqual(sent()[1]);
  });

  it('do not run for an answer that was truncated, and the next request goes without its calls', async () => {
    let runs = 0;
    const { conversation, sent } = startConversation({
      local: {
        script: [
          { user: 'high water', text: 'Wait', toolUse: call, stopReason: 'max_tokens' },
          { text: 'Done.' },
        ],
      },
      tools: { get_tide: { ...getTide, run: () => `Run ${++runs}.` } },
    });
    await conversation.send('When is high water?');
    expect(conversation.read().status).toBe('ready');
    await conversation.send('Go on.');
    expect(runs).toBe(0);
    expect(sent()[1]?.map(({ content }) => content)).toEqual([
      [{ text: 'When is high water?' }],
      [{ text: 'Wait' }],
      [{ text: 'Go on.' }],
    ]);
  });

  it('end after maxRounds, and retry() goes on from their results', async () => {
    const { conversation } = startConversation({
      local: { script: [{ toolUse: call, times: 2 }, { text: 'Done.' }] },
      tools: { get_tide: getTide },
      maxRounds: 2,
    });
    await conversation.send('When is high water?');
    expect(conversation.read().status).toBe('ready');
    expect(kinds(conversation.read())).toEqual(['prompt', 'answer', 'toolResults', 'answer', 'toolResults']);
    await conversation.retry();
    expect(conversation.read().messages.at(-1)?.text).toBe('Done.');
    conversation.options = { ...conversation.options, maxRounds: 0.5 };
    await conversation.retry();
    expect(conversation.read().error?.message).toMatch(/^maxRounds is not/);
  });

  it('that are wrong are reported before anything is requested', async () => {
    const { conversation, local } = startConversation({ tools: {} });
    await conversation.send('ping');
    expect(conversation.read().error?.message).toMatch(/^tools is empty/);
    expect(local.requests).toEqual([]);
  });
});
