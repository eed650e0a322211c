import { describe, expect, it } from 'vitest';
import { repairSchemaRoot } from '../../src/repair/tools/schema.js';

describe('the root of a schema', () => {
  it('stays the same object where nothing is wrong', () => {
    const schema = { type: 'object', properties: { a: { anyOf: [{}] } } };
    expect(repairSchemaRoot(schema, 'noUnion')).toEqual({ schema, removed: [] });
    expect(repairSchemaRoot(schema, 'bare').schema).toBe(schema);
    expect(repairSchemaRoot({ type: 'object', anyOf: [] }, undefined).schema).toEqual({
      type: 'object',
      anyOf: [],
    });
  });

  it.each([
    [{ properties: null }, ['properties']],
    [{ properties: [], required: [] }, ['properties']],
    [{ required: null, properties: {} }, ['required']],
    [{ $id: 'Policy Form', required: true }, ['required', '$id']],
  ])('loses members that are not valid JSON Schema: %j', (members, removed) => {
    const { schema, ...rest } = repairSchemaRoot({ type: 'object', ...members }, undefined);
    expect(rest).toEqual({ removed });
    const kept = Object.entries(members).filter(([name]) => !removed.includes(name));
    expect(schema).toEqual({ type: 'object', ...Object.fromEntries(kept) });
  });

  it.each([
    { properties: undefined, required: undefined },
    { $id: 'https://example.com/a_b-c.json?d=%20#/$defs/E~1(f)' },
    {
      $id: 'schema',
      properties: { properties: { default: null }, required: { default: { required: null } } },
    },
    { properties: { a: { type: 'object', required: true } } },
  ])('keeps what the service accepts, or is not known to reject: %j', (members) => {
    const schema = { type: 'object', ...members };
    expect(repairSchemaRoot(schema, 'noUnion').schema).toBe(schema);
  });

  it('has the members of all alternatives, and requires what all of them require', () => {
    const anyOf = [
      { properties: { kind: { const: 'file' }, path: { type: 'string' } }, required: ['kind', 'path'] },
      { properties: { kind: { const: 'url' }, url: { type: 'string' } }, required: ['kind', 'url'] },
      { type: 'string' },
    ];
    expect(repairSchemaRoot({ anyOf }, 'noUnion')).toEqual({
      schema: {
        type: 'object',
        properties: {
          kind: { anyOf: [{ const: 'file' }, { const: 'url' }] },
          path: { type: 'string' },
          url: { type: 'string' },
        },
        required: ['kind'],
      },
      removed: ['anyOf'],
      rule: { anyOf },
    });
  });

  it('says all that its parts say together, and then needs no words', () => {
    const schema = {
      type: 'object',
      required: ['a'],
      allOf: [{ $ref: '#/$defs/B' }, { properties: { a: { type: 'string' } } }],
      $defs: { B: { properties: { b: {} }, required: ['b'] } },
    };
    expect(repairSchemaRoot(schema, 'noUnion')).toEqual({
      schema: {
        type: 'object',
        $defs: schema.$defs,
        properties: { b: {}, a: { type: 'string' } },
        required: ['a', 'b'],
      },
      removed: ['allOf'],
    });
  });

  it('has what its references name instead of definitions, and anything where they go round', () => {
    const schema = {
      type: 'object',
      properties: { tree: { $ref: '#/$defs/Tree' } },
      $defs: { Tree: { type: 'object', properties: { child: { $ref: '#/$defs/Tree' } } } },
    };
    const { schema: inlined, removed } = repairSchemaRoot(schema, 'bare');
    expect(removed).toEqual(['$defs']);
    expect(JSON.stringify(inlined)).not.toContain('$ref');
    expect(inlined).toMatchObject({
      properties: { tree: { properties: { child: { type: 'object', properties: {} } } } },
    });
  });

  it('takes bounded work, however often a schema refers to itself', () => {
    const twice = { properties: { a: { $ref: '#/definitions/A' }, b: { $ref: '#/definitions/A' } } };
    const schema = { type: 'object', definitions: { A: twice }, ...twice };
    const size = JSON.stringify(repairSchemaRoot(schema, 'bare').schema).length;
    expect(size).toBeLessThan(200_000);
  });
});
