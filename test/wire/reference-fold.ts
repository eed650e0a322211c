import type { Json, WireEvent } from './frames.js';

/**
 * The answer that a stream's events make up, the slow and obvious way: block by block, each time over all events.
 * Written against the frames as they are on the wire, so that it shares nothing with the code under test.
 */
export function referenceFold(events: readonly WireEvent[]): Json {
  const of = (type: string): Json[] => events.filter(([name]) => name === type).map(([, body]) => body);
  const indexes = [
    ...new Set(events.map(([, body]) => body['contentBlockIndex']).filter((i) => i !== undefined)),
  ];
  const blocks = (indexes as number[])
    .sort((a, b) => a - b)
    .map((index) => {
      const own = (type: string): Json[] => of(type).filter((body) => body['contentBlockIndex'] === index);
      return block(
        (own('contentBlockStart')[0]?.['start'] ?? {}) as Json,
        own('contentBlockDelta').map((body) => body['delta'] as Json),
      );
    });
  return {
    message: {
      role: of('messageStart')[0]?.['role'],
      content: blocks.flatMap(({ content }) => (content === undefined ? [] : [content])),
    },
    toolUses: blocks.flatMap(({ toolUse }) => (toolUse === undefined ? [] : [toolUse])),
    stopReason: of('messageStop')[0]?.['stopReason'],
    usage: of('metadata')[0]?.['usage'],
  };
}

function block(start: Json, deltas: Json[]): { content?: Json; toolUse?: Json } {
  const all = (member: string): Json[] =>
    deltas.filter((delta) => member in delta).map((delta) => delta[member] as Json);
  const text = deltas.map((delta) => delta['text'] ?? '').join('');
  const reasoning = all('reasoningContent');

  if (start['toolUse'] !== undefined) {
    const head = start['toolUse'] as Json;
    const raw = all('toolUse')
      .map(({ input }) => input)
      .join('');
    const { input, failure } = parsed(raw);
    const content = { toolUse: { ...head, input } };
    if (head['type'] === 'server_tool_use') return { content };
    return {
      content,
      toolUse: failure === undefined ? { ...head, input } : { ...head, input: raw, inputError: failure },
    };
  }
  if (start['toolResult'] !== undefined) {
    const content: Json[] = [];
    for (const items of all('toolResult') as unknown as Json[][]) {
      const [first, ...rest] = items;
      const last = content.at(-1);
      if (first?.['text'] !== undefined && last?.['text'] !== undefined) {
        content.splice(-1, 1, { text: `${String(last['text'])}${String(first['text'])}` }, ...rest);
      } else content.push(...items);
    }
    return { content: { toolResult: { ...(start['toolResult'] as Json), content } } };
  }
  if (start['image'] !== undefined) {
    const pieces = all('image').map(({ source }) => String((source as Json)['bytes']));
    return { content: { image: { ...(start['image'] as Json), source: { bytes: bytesOf(pieces) } } } };
  }
  if (reasoning.some((piece) => 'redactedContent' in piece)) {
    const pieces = reasoning.map(({ redactedContent }) => String(redactedContent));
    return { content: { reasoningContent: { redactedContent: bytesOf(pieces) } } };
  }
  if (reasoning.length > 0) {
    const signature = reasoning.map((piece) => piece['signature'] ?? '').join('');
    const reasoningText: Json = { text: reasoning.map((piece) => piece['text'] ?? '').join('') };
    if (signature !== '') reasoningText['signature'] = signature;
    return { content: { reasoningContent: { reasoningText } } };
  }
  const citations = all('citation');
  if (citations.length > 0) return { content: { citationsContent: { content: [{ text }], citations } } };
  return text === '' ? {} : { content: { text } };
}

function parsed(raw: string): { input: unknown; failure?: string } {
  if (raw.trim() === '') return { input: {} };
  let input: unknown;
  try {
    input = JSON.parse(raw);
  } catch (error) {
    return { input: {}, failure: (error as Error).message };
  }
  if (input === null) return { input: {} };
  if (typeof input === 'object' && !Array.isArray(input)) return { input };
  return { input: {}, failure: 'it is not a JSON object' };
}

function bytesOf(pieces: string[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))));
}
