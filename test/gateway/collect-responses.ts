import { expect } from 'vitest';
import { parseSse } from './setup.js';

type Item = Record<string, unknown> & { id: string };

/** A response as it came in a stream. */
export interface Collected {
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses by their members.
  response: any;
  names: string[];
  error: unknown;
}

/**
 * Reads a stream of Responses as strictly as the clients together: numbers without gaps, every item and part opened once and done
 * once, deltas that add up to what is done, and a last response that has exactly the items that were done.
 */
export function collectResponses(text: string): Collected {
  const events = parseSse(text);
  const names: string[] = [];
  const items: Item[] = [];
  const open = new Map<string, { index: number; deltas: Map<string, string> }>();
  let response: Record<string, unknown> | undefined;
  let error: unknown;
  for (const [n, { name, data }] of events.entries()) {
    if (data === '[DONE]') {
      expect(n).toBe(events.length - 1);
      continue;
    }
    expect(data['type']).toBe(name);
    expect(data['sequence_number']).toBe(n);
    const type = String(name);
    names.push(type);
    const item = data['item'] as Item;
    const of = open.get(String(data['item_id']));
    if (data['item_id'] !== undefined) expect(of?.index, type).toBe(data['output_index']);
    const key = `${data['summary_index'] ?? data['content_index'] ?? ''}`;
    if (type === 'response.output_item.added') {
      expect([data['output_index'], open.size]).toEqual([items.length, 0]);
      open.set(item.id, { index: items.length, deltas: new Map() });
    } else if (type === 'response.output_item.done') {
      expect(open.delete(item.id)).toBe(true);
      items.push(item);
    } else if (type.endsWith('part.added')) of?.deltas.set(key, '');
    else if (type.endsWith('.delta')) of?.deltas.set(key, (of.deltas.get(key) ?? '') + data['delta']);
    else if (/(?:text|arguments|input)\.done$/.test(type)) {
      const whole = data['text'] ?? data['arguments'] ?? data['input'];
      expect(of?.deltas.get(key) ?? '').toBe(whole);
    } else if (type === 'error') error = data;
    else if (/^response\.(?:completed|incomplete|failed|created|in_progress)$/.test(type)) {
      response = data['response'] as Record<string, unknown>;
      expect(type).toBe(type === 'response.created' ? 'response.created' : `response.${response['status']}`);
    } else if (!/part\.done$|annotation\.added$/.test(type)) throw new Error(`Clients do not know ${type}.`);
  }
  expect(names.slice(0, 2)).toEqual(['response.created', 'response.in_progress']);
  expect(response?.['output']).toEqual(items);
  const isFailed = error !== undefined;
  expect(names.slice(isFailed ? -2 : -1)).toEqual(
    isFailed ? ['response.failed', 'error'] : [`response.${response?.['status']}`],
  );
  expect(events.at(-1)?.data === '[DONE]').toBe(!isFailed);
  if (!isFailed) expect(open.size).toBe(0);
  return { response, names, error };
}
