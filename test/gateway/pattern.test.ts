import { expect, it } from 'vitest';
import { fitsPattern } from '../../src/gateway/models/pattern.js';
import fc from '../property.js';

it.each([
  ['gpt-4o', 'gpt-4o', true],
  ['gpt-4o', 'gpt-4', false],
  ['gpt-4o', 'gpt-*', true],
  ['gpt-', 'gpt-*', true],
  ['my-gpt-4', 'gpt-*', false],
  ['us.amazon.nova-pro-v1:0', '*nova*', true],
  ['us.amazon.nova-pro-v1:0', '*nova', false],
  ['aba', 'ab*ba', false],
  ['abba', 'ab*ba', true],
  ['a.b', 'a?b', false],
  ['', '*', true],
])('%j fits %j: %j', (name, pattern, fits) => {
  expect(fitsPattern(name, pattern)).toBe(fits);
});

it('decides as an expression does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 });
  fc.assert(
    fc.property(text, pattern, (name, glob) => {
      const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*');
      expect(fitsPattern(name, glob)).toBe(new RegExp(`^${source}$`).test(name));
    }),
  );
});
