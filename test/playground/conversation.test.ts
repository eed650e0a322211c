import type { ConversationMessage } from 'bedrock-anywhere/react';
import { describe, expect, it } from 'vitest';
import { readExport, writeExport } from '../../playground/conversation/export.js';
import { readRecord } from '../../playground/conversation/read-record.js';
import { newConversation, titleOf } from '../../playground/conversation/record.js';
import { DEFAULT_SETTINGS } from '../../playground/request/settings.js';

const bytes = new Uint8Array([1, 2, 255]);
const messages = [
  {
    id: 'm1',
    kind: 'prompt',
    role: 'user',
    content: [{ image: { format: 'png', source: { bytes } } }, { text: 'What is it?' }],
    text: 'What is it?',
  },
  {
    id: 'm2',
    kind: 'answer',
    role: 'assistant',
    content: [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 's' } } },
      { text: 'Look: ' },
      { toolUse: { toolUseId: 't', name: 'calculate', input: { expression: '1' } } },
    ],
    text: 'Look: ',
    answer: {
      stopReason: 'tool_use',
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      requestId: 'r',
    },
  },
  {
    id: 'm3',
    kind: 'toolResults',
    role: 'user',
    content: [{ toolResult: { toolUseId: 't', content: [{ json: { result: 1 } }], status: 'success' } }],
    text: '',
  },
] as unknown as ConversationMessage[];

const record = {
  ...newConversation(DEFAULT_SETTINGS, 5),
  id: 'c-1',
  title: 'An image',
  messages,
  measures: { m2: { firstMs: 1, totalMs: 2, samples: [[1, 2]] as const } },
};

describe('export and import', () => {
  it('bring back the same conversation, with its files', () => {
    const [read] = readExport(writeExport([record]));
    expect(read).toMatchObject({ id: 'c-1', title: 'An image', createdAt: 5, measures: record.measures });
    expect(read?.messages.map(({ id, kind, content, text }) => ({ id, kind, content, text }))).toEqual(
      messages.map(({ id, kind, content, text }) => ({ id, kind, content, text })),
    );
    expect(read?.messages[1]?.answer).toMatchObject({
      stopReason: 'tool_use',
      usage: { totalTokens: 3 },
      requestId: 'r',
    });
  });

  it('takes messages as Converse has them', () => {
    const [read] = readExport(
      JSON.stringify([
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ text: 'Hello' }] },
      ]),
    );
    expect(read?.title).toBe('Hi');
    expect(read?.messages.map(({ kind, text }) => [kind, text])).toEqual([
      ['prompt', 'Hi'],
      ['answer', 'Hello'],
    ]);
  });

  it.each([
    ['', /not JSON/],
    ['{}', /holds no conversations/],
    ['{"format":"bedrock-anywhere-conversations","conversations":[1]}', /not an object/],
    ['[{"role":"system","content":"x"}]', /no role of user or assistant/],
    ['[{"role":"user","content":[{"video":{}}]}]', /a kind that this page does not know/],
    [
      '[{"role":"user","content":[{"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/k"}}}}]}]',
      /not base64/,
    ],
    [
      '[{"role":"user","content":[{"image":{"format":"svg+xml","source":{"bytes":""}}}]}]',
      /without a format/,
    ],
    ['[{"role":"user","content":[{"toolUse":{"name":1}}]}]', /without a name or id/],
  ])('refuses %s', (text, reason) => {
    expect(() => readExport(text)).toThrow(reason);
  });

  it('gives each message an id of its own', () => {
    const said = { role: 'user', content: [{ text: 'Hi' }] };
    const { messages: read } = readRecord({
      messages: [{ ...said, id: 'a' }, { ...said, id: 'a' }, { ...said, id: '"><img>' }, said],
    });
    expect(read.map(({ id }) => id)).toEqual(['a', expect.stringMatching(/^[\w-]{36}$/), 'i2', 'i3']);
  });

  it('takes nothing over that it does not know', () => {
    const read = readRecord({
      messages: [
        {
          role: 'assistant',
          content: [{ text: 'x' }],
          answer: { stopReason: 3, cost: { total: 'much' }, evil: '<img>' },
        },
      ],
      settings: { system: 'S', evil: 1 },
      spent: { cost: -5 },
      measures: { i0: { firstMs: 'soon' } },
      evil: 1,
    });
    expect(JSON.stringify(read)).not.toContain('evil');
    expect(read).toMatchObject({ settings: { system: 'S' }, spent: { cost: 0 }, measures: {} });
  });
});

it.each<[string, string]>([
  ['Short question', 'Short question'],
  [`${'word '.repeat(40)}`, `${'word '.repeat(12).trim()} …`],
  ['x'.repeat(200), `${'x'.repeat(60)} …`],
])('a conversation is named by what was asked first: %s', (text, title) => {
  expect(titleOf([{ id: 'm', kind: 'prompt', role: 'user', content: [{ text }], text }])).toBe(title);
});
