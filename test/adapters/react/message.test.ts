import { describe, expect, it } from 'vitest';
import { readMessage, requestMessages, type StoredMessage } from '../../../src/adapters/react/message.js';

const reasoning = { reasoningContent: { reasoningText: { text: 'Let me look.' } } };
const use = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'get_tide', input: {} } });
const result = (toolUseId: string) => ({ toolResult: { toolUseId, content: [{ text: '14:20' }] } });
const broken = { stopReason: undefined } as NonNullable<StoredMessage['answer']>;
const whole = { stopReason: 'tool_use' } as NonNullable<StoredMessage['answer']>;

const requestOf = (...messages: StoredMessage[]) =>
  requestMessages(messages.map((message, i) => readMessage(message, `m${i}`)));

describe('requestMessages()', () => {
  it('omits reasoning and tool uses of an answer that broke off, and the answer if nothing is left', () => {
    const prompt = { role: 'user', content: [{ text: 'When is high water?' }] } as const;
    expect(
      requestOf(
        prompt,
        { role: 'assistant', content: [reasoning, 'I look', use('a')], answer: broken },
        prompt,
        { role: 'assistant', content: [reasoning, use('b')], answer: broken },
      ),
    ).toEqual([prompt, { role: 'assistant', content: [{ text: 'I look' }] }, prompt]);
  });

  it('keeps reasoning of whole answers, and tool uses with a result, after them or in the same message', () => {
    const server = { toolUse: { ...use('s').toolUse, type: 'server_tool_use' as const } };
    expect(
      requestOf(
        {
          role: 'assistant',
          content: [reasoning, server, result('s'), use('a'), use('b')],
          answer: whole,
        },
        { role: 'user', content: [result('b')] },
      ),
    ).toEqual([
      { role: 'assistant', content: [reasoning, server, result('s'), use('b')] },
      { role: 'user', content: [result('b')] },
    ]);
  });
});

describe('readMessage()', () => {
  it.each([
    ['prompt', { role: 'user', content: 'Hi' }, 'Hi'],
    ['prompt', { role: 'user', content: ['Hi', result('a')] }, 'Hi'],
    ['prompt', { role: 'user', content: undefined }, ''],
    ['toolResults', { role: 'user', content: [result('a'), result('b')] }, ''],
    [
      'answer',
      {
        role: 'assistant',
        content: [
          reasoning,
          'At ',
          { citationsContent: { content: [{ text: '14:20' }], citations: [] } },
          use('a'),
        ],
      },
      'At 14:20',
    ],
  ] as [string, StoredMessage, string][])(
    'knows the kind and the text of a message: %s',
    (kind, message, text) => {
      expect(readMessage(message, 'm1')).toMatchObject({ id: 'm1', kind, role: message.role, text });
    },
  );
});
