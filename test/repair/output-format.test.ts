import { describe, expect, it } from 'vitest';
import { repairHistory } from '../../src/repair/history.js';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];

function repair(schema: object, modelId = CLAUDE) {
  const request = {
    messages,
    additionalModelRequestFields: {
      top_k: 5,
      output_config: { effort: 'low', format: { type: 'json_schema', schema } },
    },
    outputConfig: {
      textFormat: {
        type: 'json_schema' as const,
        structure: { jsonSchema: { name: 'answer', schema: JSON.stringify(schema) } },
      },
    },
  };
  const before = structuredClone(request);
  const repaired = repairHistory(request, { level: 'lossless', modelId, isPrompt: false });
  expect(request).toEqual(before);
  const { additionalModelRequestFields: fields, outputConfig } = repaired.request;
  expect(fields).toMatchObject({ top_k: 5, output_config: { effort: 'low' } });
  expect(outputConfig?.textFormat?.structure?.jsonSchema).toMatchObject({ name: 'answer' });
  const whole = JSON.parse(outputConfig?.textFormat?.structure?.jsonSchema?.schema ?? '');
  expect(whole).toEqual(fields.output_config.format.schema);
  return { ...repaired, schema: whole, isSame: repaired.request === request };
}

describe('the format of an answer of Claude', () => {
  it('has its limits in the description', () => {
    const { schema, repairs } = repair({
      type: 'object',
      properties: {
        rating: { type: 'integer', minimum: 1, maximum: 5, description: 'How good it is.' },
        minimum: { type: 'number' },
        tags: { type: 'array', minItems: 2, maxItems: 3, items: { type: 'string', maxLength: 9 } },
        either: { anyOf: [{ type: 'number', multipleOf: 2 }, { $ref: '#/$defs/maximum' }] },
      },
      $defs: { maximum: { type: 'string', minLength: 1 } },
    });
    expect(schema).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        rating: { type: 'integer', description: 'How good it is. {minimum: 1, maximum: 5}' },
        minimum: { type: 'number' },
        tags: {
          type: 'array',
          description: '{minItems: 2, maxItems: 3}',
          items: { type: 'string', description: '{maxLength: 9}' },
        },
        either: { anyOf: [{ type: 'number', description: '{multipleOf: 2}' }, { $ref: '#/$defs/maximum' }] },
      },
      $defs: { maximum: { type: 'string', description: '{minLength: 1}' } },
    });
    expect(repairs).toEqual([
      { kind: 'output-format', path: 'additionalModelRequestFields.output_config.format.schema' },
      { kind: 'output-format', path: 'outputConfig.textFormat.structure.jsonSchema.schema' },
    ]);
  });

  it('has closed objects, unless they say what other members they may have', () => {
    const open = { type: ['object', 'null'], properties: { type: { type: 'string' } } };
    const map = { type: 'object', additionalProperties: { type: 'object' } };
    const { schema } = repair({
      type: 'object',
      properties: { open, map, any: { type: 'object', additionalProperties: true } },
      $defs: { open },
    });
    const closed = { ...open, additionalProperties: false };
    expect(schema).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        open: closed,
        map: { type: 'object', additionalProperties: { type: 'object', additionalProperties: false } },
        any: { type: 'object', additionalProperties: true },
      },
      $defs: { open: closed },
    });
  });

  it('is sent as it is without them, and to other models', () => {
    const plain = {
      type: 'object',
      properties: { maximum: { enum: [{ minimum: 1, type: 'object' }] } },
      minItems: 1,
      additionalProperties: false,
    };
    expect(repair(plain)).toMatchObject({ repairs: [], isSame: true });
    const limited = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
    expect(repair(limited, 'amazon.nova-pro-v1:0')).toMatchObject({ repairs: [], isSame: true });
  });

  it('is sent as it is where it is not a schema', () => {
    for (const odd of [null, 'x', [], { output_config: 5 }, { output_config: { format: null } }]) {
      const request = {
        messages,
        additionalModelRequestFields: odd,
        outputConfig: { textFormat: undefined },
      };
      const context = { level: 'lossless' as const, modelId: CLAUDE, isPrompt: false };
      expect(repairHistory(request, context).request).toBe(request);
    }
    const unreadable = new Proxy({}, { get: () => expect.fail('read'), ownKeys: () => expect.fail('read') });
    const odd = { messages, additionalModelRequestFields: { output_config: unreadable } };
    expect(repairHistory(odd, { level: 'lossless', modelId: CLAUDE, isPrompt: false }).request).toBe(odd);
    let deep: object = { minimum: 1 };
    for (let i = 0; i < 5000; i++) deep = { items: deep };
    expect(repair(deep).isSame).toBe(true);
  });
});
