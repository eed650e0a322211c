import { expect } from 'vitest';
import { parseSse } from './setup.js';

type Block = Record<string, unknown>;

/** What Anthropic's client makes of a stream, which must have one block after the other and a name for each event. */
export function collectMessages(text: string) {
  let message: Record<string, unknown> & { content: Block[] } = { content: [] };
  let open = -1;
  let json = '';
  let error: unknown;
  const events = parseSse(text);
  for (const { data } of events) {
    if (data === '[DONE]') throw new Error('Messages has no [DONE].');
    const { type, index, delta } = data as { type: string; index: number; delta: Record<string, string> };
    const block = message.content[index] as Block;
    switch (type) {
      case 'message_start':
        message = structuredClone(data['message']) as typeof message;
        break;
      case 'content_block_start':
        expect([index, open]).toEqual([message.content.length, -1]);
        open = index;
        json = '';
        message.content.push({ ...(data['content_block'] as Block) });
        break;
      case 'content_block_delta':
        expect(index).toBe(open);
        if (delta['type'] === 'input_json_delta') json += delta['partial_json'];
        else if (delta['type'] === 'citations_delta')
          block['citations'] = [...((block['citations'] as object[]) ?? []), delta['citation']];
        else
          for (const name of ['text', 'thinking', 'signature'])
            if (delta[name] !== undefined) block[name] += delta[name];
        break;
      case 'content_block_stop':
        open = -1;
        if (block['type'] === 'tool_use') block['input'] = readInput(json);
        break;
      case 'message_delta':
        Object.assign(message, delta, { usage: data['usage'] });
        break;
      case 'error':
        error = data;
    }
  }
  return { message, error, events };
}

/** A tool's input, as a whole answer has it: what is not a JSON object is kept as it is. */
function readInput(json: string): unknown {
  try {
    const input: unknown = JSON.parse(json || '{}');
    return Object(input) === input && !Array.isArray(input) ? input : { input };
  } catch {
    return { input: json };
  }
}
