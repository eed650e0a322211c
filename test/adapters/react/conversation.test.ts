import { describe, expect, it } from 'vitest';
import type { ConversationState } from '../../../src/adapters/react/conversation.js';
import { type BedrockError, fromResponse } from '../../../src/index.js';
import { startConversation, until } from './conversations.js';

const textOf = ({ messages }: ConversationState): string | undefined => messages.at(-1)?.text;
const isStreaming = ({ status }: ConversationState): boolean => status === 'streaming';
const LONG = 'word '.repeat(40);

describe('send()', () => {
  it('shows the prompt at once, the answer as it grows, and the whole answer', async () => {
    const { conversation, states, sent } = startConversation({
      local: { script: [{ user: 'ping', text: 'pong, and so on' }] },
    });
    expect(conversation.read()).toEqual({ messages: [], status: 'ready', error: undefined });
    const over = conversation.send('ping');
    expect(conversation.read()).toMatchObject({
      messages: [{ kind: 'prompt', role: 'user', text: 'ping', content: [{ text: 'ping' }] }],
      status: 'submitted',
    });
    await over;
    expect(states.map(({ status }) => status)).toEqual([
      'submitted',
      ...states.slice(1, -1).map(() => 'streaming'),
      'ready',
    ]);
    const texts = states.filter(isStreaming).map((state) => textOf(state) ?? '');
    expect(texts.length).toBeGreaterThan(1);
    for (const [i, text] of texts.entries()) expect(text.startsWith(texts[i - 1] ?? '')).toBe(true);
    const { messages } = conversation.read();
    expect(messages[1]).toMatchObject({
      kind: 'answer',
      role: 'assistant',
      text: 'pong, and so on',
      content: [{ text: 'pong, and so on' }],
      answer: { stopReason: 'end_turn', usage: { totalTokens: expect.any(Number) } },
    });
    const ids = new Set(states.filter(isStreaming).map((state) => state.messages[1]?.id));
    expect([...ids]).toEqual([messages[1]?.id]);
    expect(sent()).toEqual([[{ role: 'user', content: [{ text: 'ping' }] }]]);
  });

  it('sends the conversation so far, without what only the page needs', async () => {
    const { conversation, sent } = startConversation({ local: { script: [{ text: 'pong' }] } });
    await conversation.send('ping');
    const [, answer] = conversation.read().messages;
    await conversation.send(['and', { text: 'now?' }]);
    expect(sent()[1]).toEqual([
      { role: 'user', content: [{ text: 'ping' }] },
      { role: 'assistant', content: [{ text: 'pong' }] },
      { role: 'user', content: [{ text: 'and' }, { text: 'now?' }] },
    ]);
    expect(conversation.read().messages[1]).toBe(answer);
  });

  it('reads the response of a route', async () => {
    const { conversation, shown } = startConversation({
      local: { script: [{ user: 'ping', text: 'pong' }] },
      pass: async (answer) => fromResponse(await answer.toResponse()),
    });
    await conversation.send('ping');
    expect(shown()).toEqual([
      ['prompt', 'ping'],
      ['answer', 'pong'],
    ]);
  });

  it('shows many events once per frame, and the end without waiting for one', async () => {
    const frames: (() => void)[] = [];
    let events = 0;
    const { conversation, states } = startConversation({
      local: { script: [{ text: LONG }] },
      nextFrame: (task) => frames.push(task),
      pass(answer) {
        const read = answer[Symbol.asyncIterator].bind(answer);
        return Object.assign(answer, {
          async *[Symbol.asyncIterator]() {
            for await (const event of { [Symbol.asyncIterator]: read }) {
              events += 1;
              yield event;
              if (events === 20) for (const draw of frames.splice(0)) draw();
            }
          },
        });
      },
    });
    await conversation.send('Go');
    expect(events).toBeGreaterThan(20);
    expect(states.map(({ status }) => status)).toEqual(['submitted', 'streaming', 'ready']);
    expect(textOf(states[1] as ConversationState)?.length).toBeLessThan(LONG.length);
    expect(frames).toHaveLength(1);
    for (const draw of frames) draw();
    expect(states).toHaveLength(3);
  });

  it('is refused while an answer is under way, and without content', async () => {
    const { conversation, local } = startConversation();
    const first = conversation.send('ping');
    for (const call of [conversation.send('again'), conversation.retry(), conversation.edit('m1', 'again')])
      await expect(call).rejects.toThrow('An answer is under way');
    await first;
    for (const content of ['', [], { type: 'click' }])
      await expect(conversation.send(content as string)).rejects.toMatchObject({ code: 'ERR_INPUT' });
    expect(local.requests).toHaveLength(1);
  });

  it('starts with stored messages, and gives ids to those without', async () => {
    const { conversation, sent } = startConversation({
      initialMessages: [
        { role: 'user', content: 'ping' },
        { id: 'm1', role: 'assistant', content: [{ text: 'pong' }] },
      ],
    });
    expect(conversation.read().messages.map(({ id, kind, text }) => [id, kind, text])).toEqual([
      ['m2', 'prompt', 'ping'],
      ['m1', 'answer', 'pong'],
    ]);
    await conversation.send('more');
    expect(sent()[0]).toHaveLength(3);
    const ids = conversation.read().messages.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });
});

describe('stop()', () => {
  it('closes the connection and keeps what had arrived', async () => {
    const { conversation, local, states } = startConversation({
      local: { script: [{ text: LONG }], faults: ['stall=9'] },
    });
    const over = conversation.send('Go');
    const arrived = textOf(await until(conversation, (state) => (textOf(state)?.length ?? 0) > 20));
    conversation.stop();
    expect(conversation.read()).toMatchObject({ status: 'ready', error: undefined });
    expect(textOf(conversation.read())).toContain(arrived);
    expect(conversation.read().messages[1]?.answer?.stopReason).toBeUndefined();
    const { length } = states;
    await over;
    expect(local.liveConnections()).toBe(0);
    expect(states).toHaveLength(length);
  });

  it('closes the connection of an answer that was requested without the signal', async () => {
    const { conversation, local } = startConversation({
      local: { script: [{ text: LONG }], faults: ['stall=9'] },
      passesSignal: false,
    });
    const over = conversation.send('Go');
    await until(conversation, isStreaming);
    expect(local.liveConnections()).toBe(1);
    conversation.stop();
    await over;
    expect(local.liveConnections()).toBe(0);
  });

  it('does not wait for an answer that comes later, and cancels it', async () => {
    let answerNow = (): void => {};
    const asked = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    let isRequested = (): void => {};
    const requested = new Promise<void>((resolve) => {
      isRequested = resolve;
    });
    let cancelled = (): void => {};
    const ended = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    const { conversation, shown, local } = startConversation({
      async pass(answer) {
        isRequested();
        await asked;
        return Object.assign(answer, { cancel: async () => cancelled() });
      },
    });
    const over = conversation.send('Go');
    await requested;
    conversation.stop();
    await over;
    answerNow();
    await ended;
    expect(shown()).toEqual([['prompt', 'Go']]);
    expect(local.requests).toEqual([]);
  });

  it('takes back what was not requested yet, so that strict mode sends once', async () => {
    const { conversation, shown, local } = startConversation({ local: { script: [{ text: 'pong' }] } });
    const first = conversation.send('ping');
    conversation.stop();
    const second = conversation.send('ping');
    await Promise.all([first, second]);
    expect(shown()).toEqual([
      ['prompt', 'ping'],
      ['answer', 'pong'],
    ]);
    expect(local.requests).toHaveLength(1);
  });
});

describe('a failure', () => {
  it('is shown with what had arrived, and retry() requests the same again', async () => {
    const { conversation, sent, shown } = startConversation({
      local: {
        script: [
          { text: LONG, error: { name: 'ModelStreamErrorException', afterEvents: 9 }, once: true },
          { text: 'pong' },
        ],
      },
    });
    await conversation.send('ping');
    const { status, error, messages } = conversation.read();
    expect(status).toBe('error');
    expect((error as BedrockError).code).toBe('ERR_MODEL');
    expect(messages[1]?.text).toMatch(/^word/);
    await conversation.retry();
    expect(conversation.read()).toMatchObject({ status: 'ready', error: undefined });
    expect(shown()).toEqual([
      ['prompt', 'ping'],
      ['answer', 'pong'],
    ]);
    expect(sent()[1]).toEqual(sent()[0]);
  });

  it('of the function is shown, whatever it throws or returns', async () => {
    const { conversation } = startConversation();
    const options = conversation.options;
    const failWith = async (stream: () => unknown): Promise<Error | undefined> => {
      conversation.options = { ...options, stream: stream as never };
      await conversation.retry().catch(() => conversation.send('ping'));
      expect(conversation.read().status).toBe('error');
      return conversation.read().error;
    };
    const own = new TypeError('Failed to fetch');
    expect(await failWith(() => Promise.reject(own))).toBe(own);
    const thrown = (value: unknown) => () => {
      throw value;
    };
    expect((await failWith(thrown('no network')))?.message).toBe('no network');
    const odd = Object.create(null);
    expect((await failWith(thrown(odd)))?.cause).toBe(odd);
    expect(await failWith(() => new Response())).toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('fromResponse(await fetch('),
    });
    expect(await failWith(() => undefined)).toMatchObject({ code: 'ERR_INPUT' });
  });

  it('is removed by clearError(), which keeps the messages', async () => {
    const { conversation, shown } = startConversation({ local: { faults: ['status=429'] } });
    await conversation.send('ping');
    expect(conversation.read()).toMatchObject({ status: 'error', error: { code: 'ERR_THROTTLED' } });
    conversation.clearError();
    expect(conversation.read()).toMatchObject({ status: 'ready', error: undefined });
    expect(shown()).toEqual([['prompt', 'ping']]);
  });
});

describe('messages', () => {
  const script = [
    { user: 'one', text: 'first' },
    { user: 'two', text: 'second' },
    { user: 'other', text: 'third' },
  ];

  it('retry() replaces a complete answer', async () => {
    const { conversation, shown, sent } = startConversation({ local: { script } });
    await conversation.send('one');
    await conversation.send('two');
    const before = conversation.read().messages;
    await conversation.retry();
    expect(shown()).toEqual([
      ['prompt', 'one'],
      ['answer', 'first'],
      ['prompt', 'two'],
      ['answer', 'second'],
    ]);
    expect(sent()[2]).toEqual(sent()[1]);
    expect(conversation.read().messages.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(conversation.read().messages[3]?.id).not.toBe(before[3]?.id);
  });

  it('retry() without a message is refused', async () => {
    const { conversation } = startConversation({ initialMessages: [{ role: 'assistant', content: 'Hi!' }] });
    await expect(conversation.retry()).rejects.toThrow('Call send() first');
    expect(conversation.read().messages).toHaveLength(1);
  });

  it('edit() replaces a prompt and removes what came after it', async () => {
    const { conversation, shown, sent } = startConversation({ local: { script } });
    await conversation.send('one');
    await conversation.send('two');
    const [prompt, answer] = conversation.read().messages;
    await conversation.edit(prompt?.id ?? '', 'other');
    expect(shown()).toEqual([
      ['prompt', 'other'],
      ['answer', 'third'],
    ]);
    expect(sent()[2]).toEqual([{ role: 'user', content: [{ text: 'other' }] }]);
    for (const id of [answer?.id ?? '', 'unknown'])
      await expect(conversation.edit(id, 'other')).rejects.toThrow(`has the id ${id}`);
  });

  it('setMessages() stops an answer and shows other messages, given or made from those that are there', async () => {
    const { conversation, shown, local } = startConversation({
      local: { script: [{ text: LONG }], faults: ['stall=9'] },
    });
    const over = conversation.send('Go');
    await until(conversation, isStreaming);
    conversation.setMessages((messages) => messages.slice(0, 1));
    await over;
    expect(shown()).toEqual([['prompt', 'Go']]);
    expect(conversation.read().status).toBe('ready');
    expect(local.liveConnections()).toBe(0);
    conversation.setMessages([]);
    expect(shown()).toEqual([]);
  });

  it('survive JSON', async () => {
    const { conversation, sent } = startConversation({ local: { script } });
    await conversation.send('one');
    const stored = JSON.parse(JSON.stringify(conversation.read().messages));
    const restored = startConversation({ local: { script }, initialMessages: stored });
    expect(restored.conversation.read().messages).toEqual(stored);
    await Promise.all([conversation.send('two'), restored.conversation.send('two')]);
    expect(restored.sent()[0]).toEqual(sent()[1]);
  });
});
