import type { PiContext } from 'bedrock-anywhere/pi';
import { describe, expect, it } from 'vitest';
import { familyOf } from '../../src/adapters/pi/model.js';
import { requestFor } from '../../src/adapters/pi/outgoing/request.js';
import { assistant, call, image, PNG, text, toolResult, user, weather } from './pi-contexts.js';
import { IDS, type Local, modelAt } from './pi-peer.js';

const model = modelAt({ url: '' } as Local, IDS.sonnet45);
const document = (mimeType: string) => ({ type: 'document' as const, data: PNG, mimeType });
const csv = document('text/csv');
const pdf = document('application/pdf');

/** The kinds of blocks in the last turn of a request. */
function lastTurn(messages: PiContext['messages']): string[] {
  const { request } = requestFor(model, { messages, tools: [weather] }, {}, familyOf(model));
  const content = request.messages?.at(-1)?.content;
  return Array.isArray(content) ? content.map((block) => Object.keys(block).join()) : [];
}

describe('the cache point of the last turn', () => {
  it.each<[string, Parameters<typeof user>[0], string[]]>([
    ['a CSV file', [text('read'), csv], ['text', 'cachePoint', 'document']],
    ['Markdown', [text('read'), document('text/markdown')], ['text', 'cachePoint', 'document']],
    ['several of them', [text('read'), csv, csv], ['text', 'cachePoint', 'document', 'document']],
    [
      'one with blank text behind it',
      [text('read'), csv, text(' ')],
      ['text', 'cachePoint', 'document', 'text'],
    ],
  ])('comes before %s', (_name, content, kinds) => {
    expect(lastTurn([user(content)])).toEqual(kinds);
  });

  it.each<[string, Parameters<typeof user>[0], string[]]>([
    ['a PDF', [text('read'), pdf], ['text', 'document', 'cachePoint']],
    ['an image', [csv, image()], ['document', 'image', 'cachePoint']],
    ['text', [csv, text('read')], ['document', 'text', 'cachePoint']],
  ])('comes behind %s', (_name, content, kinds) => {
    expect(lastTurn([user(content)])).toEqual(kinds);
  });

  it('comes behind a tool result, whatever is in it', () => {
    const history = [user('go'), assistant([call('a')], { stopReason: 'toolUse' }), toolResult('a', [csv])];
    expect(lastTurn(history)).toEqual(['toolResult', 'cachePoint']);
  });

  it.each([
    ['a CSV file', [csv]],
    ['blank text and a CSV file', [text(' '), csv]],
    ['nothing', [text(' ')]],
  ])('is left out where the turn is %s alone', (_name, content) => {
    expect(lastTurn([user(content)])).not.toContain('cachePoint');
  });
});
