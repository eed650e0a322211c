import { describe, expect, it } from 'vitest';
import { Fold } from '../../src/converse/fold.js';
import type { ConverseEvent, PartialResult } from '../../src/types.js';
import { describeFixtures, recordings } from '../fixtures.js';
import { bodyOf, type WireEvent } from './frames.js';
import { readEvents } from './reading.js';
import { referenceFold } from './reference-fold.js';
import { ALL_STREAMS, IMAGE_PIECES, SECRET_PIECES, STREAMS } from './streams.js';

describe('Fold', () => {
  it('joins the text of a block and keeps what the end says', () => {
    expect(folded(STREAMS.text, 'request-1')).toEqual({
      text: 'The tide turns twice a day.',
      message: { role: 'assistant', content: [{ text: 'The tide turns twice a day.' }] },
      stopReason: 'end_turn',
      usage: { inputTokens: 12, outputTokens: 34, totalTokens: 46 },
      metrics: { latencyMs: 567 },
      trace: undefined,
      performanceConfig: undefined,
      serviceTier: undefined,
      additionalModelResponseFields: undefined,
      requestId: 'request-1',
      attempts: 0,
      toolUses: [],
      repairs: [],
      warnings: [],
    });
  });

  it('gives reasoning with its signature, ready to be sent back', () => {
    expect(contentOf(STREAMS.reasoning)).toEqual([
      {
        reasoningContent: {
          reasoningText: { text: 'Seven times six is forty-two.', signature: 'c2lnbmF0dXJlLW9mLTQy' },
        },
      },
      { text: '42' },
    ]);
  });

  it('gives reasoning without a signature without that member, and a signature without text with an empty one', () => {
    const unsigned = STREAMS.reasoning.filter(([, body]) => !JSON.stringify(body).includes('signature'));
    expect(contentOf(unsigned)[0]).toStrictEqual({
      reasoningContent: { reasoningText: { text: 'Seven times six is forty-two.' } },
    });
    const [start, , , ...signed] = STREAMS.reasoning;
    if (start === undefined) throw new Error('The stream is empty.');
    expect(contentOf([start, ...signed])[0]).toStrictEqual({
      reasoningContent: { reasoningText: { text: '', signature: 'c2lnbmF0dXJlLW9mLTQy' } },
    });
  });

  it('joins the bytes of redacted reasoning, not their base64', () => {
    const redactedContent = new Uint8Array(SECRET_PIECES.flatMap((piece) => [...piece]));
    expect(contentOf(STREAMS.redacted)[0]).toStrictEqual({ reasoningContent: { redactedContent } });
  });

  it('gives cited text with its citations, whichever came first', () => {
    expect(contentOf(STREAMS.citations)).toMatchObject([
      { text: 'The harbour says: ' },
      {
        citationsContent: { content: [{ text: 'high water at noon' }], citations: [{ title: 'Tide table' }] },
      },
      {
        citationsContent: {
          content: [{ text: ' and a full moon.' }],
          citations: [{ title: 'Almanac' }, { title: 'Log' }],
        },
      },
    ]);
  });

  it('keeps members of usage that no type lists', () => {
    expect(folded(STREAMS.citations).usage).toMatchObject({
      cacheReadInputTokens: 2,
      cacheWriteInputTokenCount: 1,
    });
    expect(folded(STREAMS.serverTools).usage).toMatchObject({ serverToolUsage: { webSearchRequests: 1 } });
  });

  it('keeps performance, service tier, trace and the fields that the model adds', () => {
    const { performanceConfig, serviceTier } = folded(STREAMS.serverTools);
    expect({ performanceConfig, serviceTier }).toEqual({
      performanceConfig: { latency: 'optimized' },
      serviceTier: { type: 'priority' },
    });
    const { stopReason, trace } = folded(STREAMS.guardrail);
    expect(stopReason).toBe('guardrail_intervened');
    expect(trace?.guardrail).toMatchObject({
      actionReason: 'Guardrail blocked.',
      inputAssessment: { abc123: { topicPolicy: { topics: [{ name: 'smuggling', action: 'BLOCKED' }] } } },
    });
    expect(folded(STREAMS.interleaved).additionalModelResponseFields).toEqual({
      stop_sequence: null,
      n: [1],
    });
  });

  it('keeps blocks apart that grow at the same time, in the order of their index', () => {
    expect(contentOf(STREAMS.interleaved)).toEqual([
      { text: 'first block' },
      { text: 'second block' },
      { toolUse: { toolUseId: 'tooluse_1', name: 'get_tide', input: { a: 1 } } },
    ]);
  });

  it('joins the bytes of an image', () => {
    const bytes = new Uint8Array(IMAGE_PIECES.flatMap((piece) => [...piece]));
    expect(contentOf(STREAMS.image)).toStrictEqual([{ image: { format: 'png', source: { bytes } } }]);
  });

  it('warns of an image that failed, and puts no empty one into the message', () => {
    const [start, open, , , ...end] = STREAMS.image;
    if (start === undefined || open === undefined) throw new Error('The stream is empty.');
    const failed: WireEvent = [
      'contentBlockDelta',
      { contentBlockIndex: 0, delta: { image: { error: { message: 'no' } } } },
    ];
    const { message, warnings } = folded([start, open, failed, ...end]);
    expect(warnings).toEqual(['The model could not create an image: no.']);
    expect(message.content).toEqual([]);
  });

  it('keeps where an image lies when it comes without bytes', () => {
    const [start, open, , , ...end] = STREAMS.image;
    if (start === undefined || open === undefined) throw new Error('The stream is empty.');
    const source = { s3Location: { uri: 's3://bucket/key.png' } };
    const piece: WireEvent = ['contentBlockDelta', { contentBlockIndex: 0, delta: { image: { source } } }];
    expect(contentOf([start, open, piece, ...end])).toEqual([{ image: { format: 'png', source } }]);
  });

  it('leaves out blocks that hold nothing', () => {
    const blank: WireEvent[] = [
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: '' } }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['contentBlockStop', { contentBlockIndex: 1 }],
      ...STREAMS.nothing,
    ];
    expect(contentOf(blank)).toEqual([]);
  });

  it('warns when usage is not known', () => {
    expect(folded(STREAMS.withoutMetadata)).toMatchObject({
      stopReason: 'max_tokens',
      usage: undefined,
      metrics: undefined,
      warnings: ['The stream ended without metadata: usage and metrics are unknown.'],
    });
  });

  it('warns once of each kind of delta that it does not know', () => {
    const unknown = (delta: object): WireEvent => ['contentBlockDelta', { contentBlockIndex: 0, delta }];
    const { message, warnings } = folded([
      unknown({ hologram: 1 }),
      unknown({ hologram: 2 }),
      unknown({ scent: 1 }),
      ...STREAMS.text,
    ]);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/hologram.*scent/);
    expect(message.content).toEqual([{ text: 'The tide turns twice a day.' }]);
  });

  it('tells whether the message is complete', () => {
    const fold = new Fold();
    const complete = readEvents([bodyOf(STREAMS.text)]).map((event) => {
      fold.add(event);
      return [event.type, fold.isComplete];
    });
    expect(complete.filter(([, isComplete]) => isComplete)).toEqual([
      ['messageStop', true],
      ['metadata', true],
    ]);
  });

  it.each(ALL_STREAMS)('%s: equals a plain reference', (_name, events) => {
    const { message, toolUses, stopReason, usage } = folded(events);
    expect({ message, toolUses, stopReason, usage }).toEqual(referenceFold(events));
  });

  it('can be looked at after every event, which changes nothing', () => {
    for (const [, events] of ALL_STREAMS) {
      const fold = new Fold();
      for (const event of readEvents([bodyOf(events)])) {
        fold.add(event);
        fold.result({});
      }
      expect(fold.result({})).toEqual(folded(events));
    }
  });
});

describe('what had arrived when a stream was cut', () => {
  it('has no stop reason, and the text so far', () => {
    expect(folded(STREAMS.text.slice(0, 3))).toMatchObject({
      message: { role: 'assistant', content: [{ text: 'The tide turns' }] },
      stopReason: undefined,
      usage: undefined,
      repairs: [],
      warnings: [],
    });
  });

  it('is an empty message when nothing had', () => {
    expect(folded([])).toMatchObject({
      message: { role: 'assistant', content: [] },
      stopReason: undefined,
      toolUses: [],
    });
  });

  it('keeps the pieces of redacted reasoning and images that were there', () => {
    const [first, second] = SECRET_PIECES;
    const redactedContent = new Uint8Array([...(first ?? []), ...(second ?? [])]);
    expect(contentOf(STREAMS.redacted.slice(0, 3))).toEqual([{ reasoningContent: { redactedContent } }]);
    expect(contentOf(STREAMS.image.slice(0, 3))).toEqual([
      { image: { format: 'png', source: { bytes: IMAGE_PIECES[0] } } },
    ]);
  });

  it('marks a tool whose input was not complete, even where it happens to be JSON', () => {
    const open = STREAMS.toolUse.slice(0, -1).findIndex(([type]) => type === 'contentBlockStart');
    for (let end = open + 1; end < open + 8; end++) {
      const { toolUses, message } = folded(STREAMS.toolUse.slice(0, end));
      expect(toolUses).toEqual([
        {
          toolUseId: 'tooluse_1',
          name: 'get_tide',
          input: expect.any(String),
          inputError: expect.stringContaining('truncated'),
        },
      ]);
      expect(message.content?.[1]).toEqual({
        toolUse: { toolUseId: 'tooluse_1', name: 'get_tide', input: {} },
      });
    }
  });
});

describeFixtures('converse', 'recorded streams', () => {
  const all = recordings().map((recording) => [recording.name, recording] as const);

  it.each(all)('%s: the fold equals a plain reference on the decoded frames', (_name, { bytes, frames }) => {
    const events = frames.map(({ headers, body }): WireEvent => [headers[':event-type'] ?? '', body]);
    const { message, toolUses, stopReason, usage } = foldOf(readEvents([bytes]));
    expect({ message, toolUses, stopReason, usage }).toEqual(referenceFold(events));
    expect(message.content?.length).toBeGreaterThan(0);
  });
});

function folded(events: readonly WireEvent[], requestId?: string): PartialResult {
  return foldOf(readEvents([bodyOf(events)]), requestId);
}

function foldOf(events: readonly ConverseEvent[], requestId?: string): PartialResult {
  const fold = new Fold();
  for (const event of events) fold.add(event);
  return fold.result({ requestId });
}

function contentOf(events: readonly WireEvent[]): unknown[] {
  return folded(events).message.content ?? [];
}
