import { describe, expect, it } from 'vitest';
import { readPrompt } from '../../../src/local/model/prompt-words.js';
import { toolInput, valueFor } from '../../../src/local/model/schema-value.js';
import fc from '../../property.js';

type Json = Record<string, unknown>;

/** Schemas of every make, each of which some value satisfies. */
function schemas(): fc.Arbitrary<Json> {
  const leaf = fc.oneof(
    fc.record({ type: fc.constant('string'), enum: fc.array(fc.string(), { minLength: 1, maxLength: 3 }) }),
    fc.record({ type: fc.constant('string'), minLength: fc.nat(20) }),
    fc.record({ type: fc.constant('string'), maxLength: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ type: fc.constant('string'), format: fc.constantFrom('date', 'email', 'uuid') }),
    fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -50, max: 50 }) }),
    fc.record({ type: fc.constant('number'), maximum: fc.integer({ min: -50, max: 50 }) }),
    fc.record({ type: fc.constant('integer'), multipleOf: fc.integer({ min: 1, max: 7 }) }),
    fc.record({
      type: fc.constantFrom('integer', 'number'),
      exclusiveMinimum: fc.integer({ min: -50, max: 50 }),
    }),
    fc.record({
      type: fc.constantFrom('integer', 'number'),
      exclusiveMaximum: fc.integer({ min: -50, max: 50 }),
    }),
    fc.record({ type: fc.constant('boolean') }),
    fc.record({ const: fc.jsonValue() }),
    fc.record({ type: fc.constant(['null', 'string']) }),
  );
  const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      tie('object'),
      tie('array'),
      tie('any'),
    ) as fc.Arbitrary<Json>,
    object: fc
      .tuple(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('schema'), { maxKeys: 4 }), fc.nat(2))
      .map(([properties, optional]) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).slice(optional),
        minProperties: Math.min(1, Object.keys(properties).length),
      })),
    array: fc.record({
      type: fc.constant('array'),
      items: tie('schema'),
      minItems: fc.integer({ min: 0, max: 3 }),
    }),
    any: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  }));
  return schema;
}

describe('a value for a schema', () => {
  it('satisfies it', () => {
    fc.assert(
      fc.property(schemas(), (schema) => {
        expect(problem(valueFor(schema), schema)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('satisfies it with words of a prompt too', () => {
    fc.assert(
      fc.property(schemas(), fc.string(), (schema, prompt) => {
        expect(problem(valueFor(schema, readPrompt(prompt)), schema)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [{ type: 'string' }, ''],
    [{ type: 'string', minLength: 2 }, 'xx'],
    [{ type: 'string', format: 'date' }, '2026-01-15'],
    [{ type: 'string', examples: ['Oslo', 'Bergen'] }, 'Oslo'],
    [{ type: 'boolean' }, false],
    [{ type: 'boolean', default: true }, true],
    [{ type: 'number' }, 0],
    [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.5 }, 0.25],
    [{ type: 'number', minimum: 3, exclusiveMinimum: true }, 4],
    [{ type: 'integer', exclusiveMinimum: 3 }, 4],
    [{ type: 'integer', multipleOf: 5, minimum: 1 }, 5],
    [{ type: ['null', 'integer'] }, 0],
    [{ type: 'array', items: { type: 'string' } }, []],
    [{ type: 'array', minItems: 2, prefixItems: [{ const: 1 }], items: { const: 2 } }, [1, 2]],
    [{ type: 'object', properties: { a: { type: 'string' } } }, {}],
    [{ type: 'object', properties: { a: { type: 'string' } }, minProperties: 1 }, { a: '' }],
    [
      { type: 'object', required: ['a'], properties: { a: {} }, anyOf: [{ required: ['b'] }] },
      { a: '', b: '' },
    ],
    [{ allOf: [{ type: 'object', required: ['a'] }, { properties: { a: { const: 7 } } }] }, { a: 7 }],
    [{ enum: [] }, null],
    [true, null],
    [{}, ''],
  ] as [unknown, unknown][])('of %j is %j', (schema, value) => {
    expect(valueFor(schema)).toEqual(value);
  });

  it('follows references', () => {
    const schema = {
      $defs: { place: { type: 'string', examples: ['Oslo'] } },
      type: 'object',
      properties: { at: { $ref: '#/$defs/place' } },
      required: ['at'],
    };
    expect(valueFor(schema)).toEqual({ at: 'Oslo' });
  });

  it('takes the way that ends where a schema refers to itself in allOf', () => {
    const at = { anyOf: [{ allOf: [{ $ref: '#' }, null] }, { const: 1 }] };
    expect(valueFor({ type: 'object', properties: { at }, required: ['at'] })).toEqual({ at: { at: 1 } });
  });

  it('takes the way that ends where a schema refers to itself', () => {
    const node = { type: 'object', properties: { left: { $ref: '#/$defs/term' } }, required: ['left'] };
    const term = { anyOf: [{ $ref: '#/$defs/node' }, { type: 'number' }] };
    const linked = { anyOf: [{ type: 'null' }, { $ref: '#/$defs/list' }] };
    const list = {
      type: 'object',
      properties: { next: linked, more: { type: 'array' } },
      required: ['next'],
    };
    const $defs = { node, term, list };
    const sum = valueFor({ $defs, $ref: '#/$defs/node' });
    expect(JSON.stringify(sum)).toMatch(/^(\{"left":){1,6}0\}+$/);
    expect(JSON.stringify(valueFor({ $defs, $ref: '#/$defs/list' }))).toMatch(/^(\{"next":){1,6}null\}+$/);
    expect(valueFor({ $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' })).toBeNull();
  });

  it('gives up on a schema whose ways back to itself are endless', () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${i}`);
    const refs = names.map((name) => ({ $ref: `#/$defs/${name}` }));
    const node = { type: 'object', properties: { in: { anyOf: refs } }, required: ['in'] };
    const $defs = Object.fromEntries(names.map((name) => [name, node]));
    expect(valueFor({ $defs, ...node })).toBeNull();
    expect(valueFor({ type: 'array', minItems: 1e9 })).toBeNull();
  });

  it('goes as deep as the schema does', () => {
    let schema: Json = { const: 'bottom' };
    for (let i = 0; i < 20; i++) schema = { type: 'object', properties: { in: schema }, required: ['in'] };
    expect(JSON.stringify(valueFor(schema))).toBe(`${'{"in":'.repeat(20)}"bottom"${'}'.repeat(20)}`);
  });
});

describe('the input of a tool', () => {
  it.each([
    [undefined],
    [{}],
    [{ type: 'string' }],
    [{ enum: ['a'] }],
    [{ properties: {} }],
    [{ $ref: '#/$defs/nowhere' }],
  ])('is an object, also for %j', (schema) => {
    expect(toolInput(schema)).toEqual({});
  });

  it('holds no word of a prompt unless it is given them', () => {
    const schema = {
      properties: { text: {}, n: { type: 'number' }, kind: { enum: ['a', 'b'] } },
      required: ['text', 'n', 'kind'],
    };
    expect(toolInput(schema)).toEqual({ text: '', n: 0, kind: 'a' });
    expect(toolInput(schema, readPrompt('Take 7 of kind b'))).toEqual({
      text: 'Take 7 of kind b',
      n: 7,
      kind: 'b',
    });
  });
});

/** What is wrong with a value, by the keywords that this file uses. */
function problem(value: unknown, schema: Json): string | undefined {
  if ('const' in schema)
    return JSON.stringify(value) === JSON.stringify(schema['const']) ? undefined : 'const';
  const anyOf = schema['anyOf'] as Json[] | undefined;
  if (anyOf !== undefined)
    return anyOf.some((one) => problem(value, one) === undefined) ? undefined : 'anyOf';
  if (schema['enum'] !== undefined) return (schema['enum'] as unknown[]).includes(value) ? undefined : 'enum';
  const types = [schema['type']].flat() as string[];
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (!types.includes(type) && !(types.includes('integer') && Number.isInteger(value))) return `type ${type}`;
  if (typeof value === 'string') {
    if (value.length < Number(schema['minLength'] ?? 0)) return 'minLength';
    if (value.length > Number(schema['maxLength'] ?? value.length)) return 'maxLength';
    if (schema['format'] !== undefined && !/[-@]/.test(value)) return 'format';
  }
  if (typeof value === 'number') {
    const { minimum = value, maximum = value, exclusiveMinimum, exclusiveMaximum, multipleOf = 1 } = schema;
    if (value < Number(minimum) || value > Number(maximum)) return 'range';
    if (value <= Number(exclusiveMinimum ?? -Infinity) || value >= Number(exclusiveMaximum ?? Infinity))
      return 'open range';
    if (types[0] === 'integer' && !Number.isInteger(value / Number(multipleOf))) return 'multipleOf';
  }
  if (Array.isArray(value)) {
    if (value.length < Number(schema['minItems'])) return 'minItems';
    return value.map((item) => problem(item, schema['items'] as Json)).find((one) => one !== undefined);
  }
  if (type === 'object') {
    const properties = schema['properties'] as Record<string, Json>;
    if (Object.keys(value as Json).length < Number(schema['minProperties'])) return 'minProperties';
    for (const name of schema['required'] as string[])
      if (!(name in (value as Json))) return `${name} is missing`;
    for (const [name, member] of Object.entries(value as Json)) {
      const wrong = problem(member, properties[name] as Json);
      if (wrong !== undefined) return `${name}: ${wrong}`;
    }
  }
  return undefined;
}
