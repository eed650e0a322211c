import { createLocalBedrock, encodeEvent, encodeFrame } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { describeFixtures, recordings } from '../../fixtures.js';
import fc from '../../property.js';
import { decode, eventsOf, framesOf, split, textOf } from '../events.js';
import { modelPath, say, send } from '../request.js';

const CLAUDE = 'global.anthropic.claude-haiku-4-5-20251001-v1:0';

describe('encodeFrame', () => {
  it("makes what AWS's codec reads, for any headers and payload", () => {
    const name = fc.stringMatching(/^[:a-z][-a-z]{0,20}$/);
    const value = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.json(), (headers, json) => {
        const [frame] = decode(encodeFrame(headers, new TextEncoder().encode(json)));
        expect(frame?.headers).toEqual({ ...headers });
        expect(frame?.body).toEqual(JSON.parse(json));
      }),
      { numRuns: 200 },
    );
  });
});

describe('encodeEvent', () => {
  it('takes an event with its name as type, or as the only member as AWS has it', () => {
    const payload = { contentBlockIndex: 0, delta: { text: 'hi' } };
    const [tagged] = decode(encodeEvent({ type: 'contentBlockDelta', ...payload }, 5));
    const [member] = decode(encodeEvent({ contentBlockDelta: payload }, 5));
    expect(tagged).toEqual(member);
    expect(tagged?.body).toEqual({ ...payload, p: 'abcde' });
  });

  it('pads at random where no length is given', () => {
    const lengths = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const [frame] = decode(encodeEvent({ type: 'messageStart', role: 'assistant' }));
      const padding = String(frame?.body?.['p']);
      expect('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789').toContain(padding);
      lengths.add(padding.length);
    }
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(61);
    expect(lengths.size).toBeGreaterThan(20);
  });

  it('writes bytes as base64 and an exception as an exception frame', () => {
    const redactedContent = new Uint8Array([255, 0, 1]);
    const delta = { reasoningContent: { redactedContent } };
    const [event] = decode(encodeEvent({ type: 'contentBlockDelta', contentBlockIndex: 0, delta }));
    expect(event?.body?.['delta']).toEqual({ reasoningContent: { redactedContent: '/wAB' } });

    const failed = { throttlingException: { message: 'slow down' } } as never;
    expect(decode(encodeEvent(failed))).toEqual([
      {
        headers: {
          ':exception-type': 'throttlingException',
          ':content-type': 'application/json',
          ':message-type': 'exception',
        },
        body: { message: 'slow down' },
      },
    ]);
  });
});

describe('a stream', () => {
  it('has the frames of the service: headers in their order, padding, blocks without a start', async () => {
    const local = createLocalBedrock();
    const frames = await framesOf(await send(local));
    for (const { headers, body } of frames) {
      expect(Object.keys(headers)).toEqual([':event-type', ':content-type', ':message-type']);
      expect(headers[':content-type']).toBe('application/json');
      expect(String(body?.['p'])).toMatch(/^ab[a-zA-Z0-9]*$/);
      expect(Object.keys(body ?? {})).toEqual(Object.keys(body ?? {}).sort());
    }
    const types = frames.map((frame) => frame.headers[':event-type']);
    expect(types[0]).toBe('messageStart');
    expect(types.slice(-3)).toEqual(['contentBlockStop', 'messageStop', 'metadata']);
    expect(types).not.toContain('contentBlockStart');
    expect(types.filter((type) => type === 'contentBlockDelta').length).toBeGreaterThan(5);
  });

  it('announces a tool use and sends its input in pieces, an empty one first', async () => {
    const toolUse = { name: 'look_up', toolUseId: 'tooluse_1', input: { word: 'Bedrock 🌍', times: 3 } };
    const local = createLocalBedrock({ script: [{ text: 'One moment.', toolUse }] });
    const events = eventsOf(await framesOf(await send(local)));
    expect(events.filter(([type]) => type === 'contentBlockStart')).toEqual([
      [
        'contentBlockStart',
        { contentBlockIndex: 1, start: { toolUse: { name: 'look_up', toolUseId: 'tooluse_1' } } },
      ],
    ]);
    const inputs = events.flatMap(([, payload]) => {
      const delta = payload['delta'] as { toolUse?: { input: string } } | undefined;
      return delta?.toolUse === undefined ? [] : [delta.toolUse.input];
    });
    expect(inputs[0]).toBe('');
    expect(inputs.length).toBeGreaterThan(3);
    expect(JSON.parse(inputs.join(''))).toEqual(toolUse.input);
  });

  it('signs reasoning behind its text, and sends redacted bytes in two parts whose base64 does not join', async () => {
    const redacted = new Uint8Array(32).map((_, i) => i * 7);
    const local = createLocalBedrock({
      script: [{ reasoning: { text: 'Let me see.', signature: 'c2ln', redacted }, text: 'Done.' }],
    });
    const events = eventsOf(await framesOf(await send(local)));
    const reasoning = events.flatMap(([, payload]) => {
      const delta = payload['delta'] as { reasoningContent?: Record<string, string> } | undefined;
      return delta?.reasoningContent === undefined ? [] : [delta.reasoningContent];
    });
    expect(reasoning.map((one) => one['text'] ?? '').join('')).toBe('Let me see.');
    expect(reasoning.filter((one) => one['signature'] !== undefined)).toEqual([{ signature: 'c2ln' }]);
    const parts = reasoning.flatMap((one) => one['redactedContent'] ?? []);
    expect(parts.length).toBe(2);
    expect(Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')))).toEqual(Buffer.from(redacted));
    expect(Buffer.from(parts.join(''), 'base64')).not.toEqual(Buffer.from(redacted));
  });

  it('sends each cited span as a block of its own with its source', async () => {
    const local = createLocalBedrock({
      script: [
        {
          text: 'They get ',
          citations: [{ text: '20 days.', title: 'policy', sourceText: 'Leave: 20 days' }],
        },
      ],
    });
    const events = eventsOf(await framesOf(await send(local)));
    const cited = events.find(
      ([, payload]) => (payload['delta'] as { citation?: object })?.citation !== undefined,
    );
    expect(cited?.[1]).toEqual({
      contentBlockIndex: 1,
      delta: {
        citation: {
          title: 'policy',
          sourceContent: [{ text: 'Leave: 20 days' }],
          location: { documentChar: { documentIndex: 0, start: 0, end: 14 } },
        },
      },
    });
    const whole = await send(local, { path: modelPath('converse'), body: say('Hello') });
    const { output } = (await whole.json()) as { output: { message: { content: object[] } } };
    expect(output.message.content[1]).toMatchObject({
      citationsContent: { content: [{ text: '20 days.' }] },
    });
  });

  it('is the same, byte for byte, for the same request, and says what Converse says', async () => {
    const local = createLocalBedrock({ now: () => Date.parse('2026-11-24T00:00:00Z') });
    const date = new Date('2026-11-24T00:00:00Z');
    const path = modelPath('converse-stream', CLAUDE);
    const body = { ...say('Hello'), additionalModelRequestFields: { thinking: { type: 'adaptive' } } };
    const [one, two] = [await send(local, { path, body, date }), await send(local, { path, body, date })];
    const bytes = new Uint8Array(await one.arrayBuffer());
    expect(new Uint8Array(await two.arrayBuffer())).toEqual(bytes);
    const whole = (await (await send(local, { path: modelPath('converse', CLAUDE), body, date })).json()) as {
      output: { message: { content: { text?: string }[] } };
      usage: object;
    };
    expect(textOf(decode(bytes))).toBe(whole.output.message.content.at(-1)?.text);
    expect(decode(bytes).at(-1)?.body?.['usage']).toEqual(whole.usage);
  });
});

describeFixtures('converse', 'beside recorded streams', () => {
  it('frames are spelled as the service spells them', () => {
    for (const recording of recordings()) {
      for (const bytes of split(recording.bytes)) {
        const [frame] = decode(bytes);
        // JSON of JavaScript has no 1.0, which a few traces hold.
        if (/:\d+\.0[,}]/.test(Buffer.from(bytes).toString('utf8'))) continue;
        const { p, ...payload } = frame?.body ?? {};
        const type = frame?.headers[':event-type'] ?? '';
        const made = encodeEvent({ [type]: payload } as never, String(p).length);
        expect(Buffer.from(made)).toEqual(Buffer.from(bytes));
      }
    }
  });
});
