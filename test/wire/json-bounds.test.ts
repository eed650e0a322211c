import { describe, expect, it } from 'vitest';
import { findExcess } from '../../src/wire/json-bounds.js';

const find = (json: string): string | undefined => {
  const bytes = new TextEncoder().encode(`..${json}..`);
  return findExcess(bytes, 2, bytes.length - 2);
};
const padding = ' '.repeat(5000);
const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

describe('findExcess()', () => {
  it('finds nesting beyond 200 levels, and no level less', () => {
    expect(find(padding + nested(200))).toBeUndefined();
    expect(find(padding + nested(202))).toBe('is nested deeper than 200 levels');
    expect(find(padding + `[${nested(200)},${nested(200)}]`.slice(1, -1))).toBeUndefined();
  });

  it('finds more than 50,000 values, in lists and objects', () => {
    const list = (count: number): string => `[${Array.from({ length: count }, () => 1).join(',')}]`;
    expect(find(list(50_000))).toBeUndefined();
    expect(find(list(50_002))).toBe('has more than 50000 values');
    expect(
      find(JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, i])))),
    ).toBe('has more than 50000 values');
  });

  it('takes nothing inside a text for structure', () => {
    expect(find(JSON.stringify({ text: '[,'.repeat(60_000) }))).toBeUndefined();
    expect(find(JSON.stringify({ text: '\\"[,'.repeat(60_000), more: ['"', '\\'] }))).toBeUndefined();
  });

  it('looks at the bytes it was given and at no others', () => {
    const bytes = new TextEncoder().encode('['.repeat(10_000));
    expect(findExcess(bytes, 9000, 10_000)).toBeUndefined();
    expect(findExcess(bytes, 0, 5000)).toBeDefined();
  });

  it('stops inside a text that never ends', () => {
    expect(find(`{"text":"${'a'.repeat(5000)}`)).toBeUndefined();
    expect(find(`{"text":"${'a'.repeat(5000)}\\`)).toBeUndefined();
  });
});
