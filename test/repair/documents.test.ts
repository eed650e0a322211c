import type { ContentBlock, Message } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { repairHistory } from '../../src/repair/history.js';
import fc from '../property.js';
import { assistant, CLAUDE, NOVA, result, say, toolNamed, use, user } from './histories.js';

const bytes = new Uint8Array([1]);
const file = (name: string | undefined, format = 'pdf') => ({
  document: { format, ...(name !== undefined && { name }), source: { bytes } },
});
const hi = say('Hi');

function repair(messages: Message[], modelId = CLAUDE, level: 'lossless' | 'all' = 'all') {
  const toolConfig = { tools: [toolNamed('look_up')] };
  const context = { level, modelId, isPrompt: false };
  return repairHistory({ modelId, messages, toolConfig }, context);
}

function namesOf(messages: Message[] | undefined): (string | undefined)[] {
  const ofBlock = ({ document, toolResult }: ContentBlock): (string | undefined)[] =>
    toolResult
      ? (toolResult.content ?? []).flatMap((item) => ofBlock(item as ContentBlock))
      : document
        ? [document.name]
        : [];
  return (messages ?? []).flatMap(({ content }) => (content ?? []).flatMap(ofBlock));
}

const sentNames = (...names: (string | undefined)[]) =>
  namesOf(repair([user(hi, ...names.map((name) => file(name)))]).request.messages);

describe('the name of a document', () => {
  it.each<[string | undefined, string]>([
    ['attachment.pdf', 'attachment pdf'],
    ["John's report", 'Johns report'],
    ['John’s report', 'Johns report'],
    ['résumé', 'resume'],
    ['two  spaces', 'two spaces'],
    ['a\t\r\n tab', 'a tab'],
    ['テスト　資料.xlsx', 'xlsx'],
    ['ｆｕｌｌ　ｗｉｄｔｈ', 'full width'],
    ['C:\\Users\\me\\Q3 (final) [2].docx', 'C Users me Q3 (final) [2] docx'],
    ['slack-file://F0XXXX', 'slack-file F0XXXX'],
    ['分期', 'document'],
    ['...', 'document'],
    [' ', 'document'],
    ['', 'document'],
    [undefined, 'document'],
    ['x'.repeat(201), 'x'.repeat(200)],
    [`${'x'.repeat(199)}..`, 'x'.repeat(199)],
  ])('%j is sent as %j', (given, sent) => {
    const { request, repairs } = repair([user(hi, file(given))]);
    expect(namesOf(request.messages)).toEqual([sent]);
    expect(repairs).toEqual([
      {
        kind: 'document-name',
        path: 'messages.0.content.1.document.name',
        ...(given !== undefined && { before: given }),
        after: sent,
      },
    ]);
  });

  it.each(['report', 'a_b', ' a ', 'Q3 (final) [2]', 'x'.repeat(200), '-', '__'])(
    '%j is sent as it is',
    (name) => {
      const { repairs } = repair([user(hi, file(name))]);
      expect(repairs).toEqual([]);
    },
  );

  it('is never that of another document', () => {
    expect(sentNames('report', 'report', 'report')).toEqual(['report', 'report-2', 'report-3']);
    expect(sentNames('a.b', 'a b', 'a_b', 'a/b')).toEqual(['a b', 'a b-2', 'a_b', 'a b-3']);
    expect(sentNames('report-2', 'report', 'report')).toEqual(['report-2', 'report', 'report-3']);
    expect(sentNames('report', 'report', 'report-2')).toEqual(['report', 'report-2', 'report-2-2']);
    expect(sentNames('', '')).toEqual(['document', 'document-2']);
    const long = 'x'.repeat(200);
    expect(sentNames(long, long)).toEqual([long, `${'x'.repeat(196)}-2`]);
  });

  it('is repaired in the results of tools as well, with the path of the request', () => {
    const messages = [
      user(hi, file('report')),
      assistant(use('a'), use('b')),
      user(result('a', file('report')), result('b', hi, file('b.csv', 'csv'))),
    ];
    const { request, repairs } = repair(messages);
    expect(namesOf(request.messages)).toEqual(['report', 'report-2', 'b csv']);
    expect(repairs).toEqual([
      {
        kind: 'document-name',
        path: 'messages.2.content.0.toolResult.content.0.document.name',
        before: 'report',
        after: 'report-2',
      },
      {
        kind: 'document-name',
        path: 'messages.2.content.1.toolResult.content.1.document.name',
        before: 'b.csv',
        after: 'b csv',
      },
    ]);
  });

  it('stays the same when the conversation goes on, so that the prompt cache matches', () => {
    const name = fc.constantFrom(
      'report',
      'report.pdf',
      'report pdf',
      'report-2',
      'report pdf-2',
      '',
      'résumé',
      'resume',
    );
    const turn = fc
      .array(name, { maxLength: 3 })
      .map((names) => [user(hi, ...names.map((one) => file(one))), assistant(hi)]);
    fc.assert(
      fc.property(
        fc.array(turn, { minLength: 1, maxLength: 4 }),
        fc.array(turn, { maxLength: 3 }),
        (before, after) => {
          const start = before.flat();
          const sent = repair(start).request.messages;
          const later = repair([...start, ...after.flat()]).request.messages;
          expect(later?.slice(0, start.length)).toEqual(sent);
          expect(new Set(namesOf(later)).size).toBe(namesOf(later).length);
        },
      ),
    );
  });
});

describe('a document without a text beside it', () => {
  it('gets one, behind it, wherever the text went', () => {
    const sent = (...content: object[]) => repair([user(...content)], NOVA).request.messages?.[0]?.content;
    const report = file('report');
    const text = say('(empty)');
    expect(sent(report)).toEqual([report, text]);
    expect(sent(report, say(' '))).toEqual([report, text]);
    const image = { image: { format: 'png', source: { bytes } } };
    expect(sent(report, image)).toEqual([report, text, image]);
    expect(repair([user(report, say(' '))]).repairs).toEqual([
      { kind: 'blank-text', path: 'messages.0.content.1' },
      { kind: 'document-text', path: 'messages.0.content.0', after: '(empty)' },
    ]);
  });

  it('gets one in front of a cache point, which then may stay behind a CSV file', () => {
    const table = file('table', 'csv');
    const point = { cachePoint: { type: 'default' } };
    expect(repair([user(table, point)]).request.messages?.[0]?.content).toEqual([
      table,
      say('(empty)'),
      point,
    ]);
  });

  it('gets one in front of the tool uses of Claude, which takes a text behind them for an unanswered use', () => {
    const messages = [user(hi), assistant(use('a'), file('report'))];
    const { request, repairs } = repair(messages, CLAUDE, 'lossless');
    expect(request.messages?.[1]?.content).toEqual([say('(empty)'), use('a'), file('report')]);
    expect(repairs.map(({ kind }) => kind)).toEqual(['document-text', 'tool-use']);
  });

  it('gets one where repair itself moved it out of the result of a tool', () => {
    const messages = [user(hi), assistant(use('a')), user(result('a', hi, file('report')))];
    expect(repair(messages, 'openai.gpt-5.4').request.messages?.[2]?.content).toEqual([
      result('a', hi),
      file('report'),
      say('(empty)'),
    ]);
  });

  it('is left alone inside the result of a tool, and beside a text for the guardrail', () => {
    const messages = [user(hi), assistant(use('a')), user(result('a', file('report')))];
    expect(repair(messages).repairs).toEqual([]);
    const guarded = user(file('report'), { guardContent: { text: { text: 'Hi' } } });
    expect(repair([guarded]).repairs).toEqual([]);
  });
});
