import { describe, expect, it } from 'vitest';
import { catalogData } from '../../src/catalog/data.js';
import { familyWords } from '../../src/catalog/family.js';
import { type ModelQuirks, modelQuirks } from '../../src/catalog/quirks.js';
import { quirkRows } from '../../src/catalog/quirks-data.js';

const ids = catalogData.flatMap(({ rows }) => rows.match(/^\S+/gm) ?? []);

describe('familyWords', () => {
  it('sees the same words in an id, a profile, an ARN and a name', () => {
    const spellings = [
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0',
      'Claude Sonnet 4.5',
    ];
    for (const spelling of spellings) expect(familyWords(spelling)).toContain('claude-sonnet-4-5');
  });
});

describe('modelQuirks', () => {
  it('knows nothing of a model that no row is about', () => {
    for (const model of [
      'acme.brain-v1:0',
      'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2',
      '',
    ]) {
      expect(modelQuirks(model)).toEqual({ sources: [] });
    }
  });

  it('is the same through every geography and none', () => {
    const plain = modelQuirks('anthropic.claude-sonnet-4-5-20250929-v1:0');
    for (const geography of ['us', 'eu', 'apac', 'global', 'jp', 'us-gov', 'moon']) {
      expect(modelQuirks(`${geography}.anthropic.claude-sonnet-4-5-20250929-v1:0`)).toEqual(plain);
    }
  });

  const table: [model: string, expected: ModelQuirks][] = [
    [
      'anthropic.claude-3-haiku-20240307-v1:0',
      { reasoning: 'none', thinking: undefined, cachePoints: undefined },
    ],
    [
      'anthropic.claude-3-5-haiku-20241022-v1:0',
      { reasoning: 'none', cachePoints: ['system', 'messages', 'tools'] },
    ],
    [
      'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
      { thinking: 'budget', reasoning: 'signed', interleavedBeta: undefined, cacheTtls: ['5m'] },
    ],
    [
      'anthropic.claude-opus-4-20250514-v1:0',
      {
        thinking: 'budget',
        interleavedBeta: 'interleaved-thinking-2025-05-14',
        temperatureOrTopP: undefined,
      },
    ],
    [
      'anthropic.claude-opus-4-1-20250805-v1:0',
      { temperatureOrTopP: true, rejects: undefined, cacheTtls: ['5m'] },
    ],
    [
      'global.anthropic.claude-haiku-4-5-20251001-v1:0',
      { thinking: 'budget', temperatureOrTopP: true, cacheTtls: ['5m', '1h'] },
    ],
    [
      'anthropic.claude-opus-4-6-v1',
      {
        thinking: 'adaptive',
        efforts: ['low', 'medium', 'high', 'max'],
        rejects: undefined,
        interleavedBeta: '',
      },
    ],
    [
      'anthropic.claude-sonnet-4-6',
      { thinking: 'adaptive', efforts: ['low', 'medium', 'high'], budgetThinking: undefined },
    ],
    [
      'us.anthropic.claude-opus-4-7',
      { rejects: ['temperature', 'topP'], thinking: 'adaptive', budgetThinking: false },
    ],
    ['anthropic.claude-opus-5', { rejects: ['temperature', 'topP'], effortField: 'output_config.effort' }],
    [
      'anthropic.claude-haiku-5-5',
      { rejects: ['temperature', 'topP'], reasoning: 'signed', redactedReasoning: true },
    ],
    [
      'eu.amazon.nova-pro-v1:0',
      {
        cachePoints: ['system', 'messages'],
        cacheTtls: [],
        reasoning: 'none',
        thinking: 'none',
        toolResultImages: true,
      },
    ],
    ['amazon.nova-2-lite-v1:0', { reasoning: 'unsigned', effortField: 'reasoningConfig.maxReasoningEffort' }],
    [
      'openai.gpt-oss-120b-1:0',
      {
        effortField: 'reasoning_effort',
        rejects: ['stopSequences'],
        reasoning: 'unsigned',
        redactedReasoning: false,
      },
    ],
    [
      'us.openai.gpt-5.6-sol',
      { effortField: 'reasoning.effort', rejects: ['temperature', 'topP', 'stopSequences'] },
    ],
    ['openai.gpt-5.4', { effortField: 'reasoning.effort', rejects: undefined, toolResultImages: false }],
    ['xai.grok-4.6', { rejects: ['temperature', 'topP', 'stopSequences'] }],
    ['us.deepseek.r1-v1:0', { reasoning: 'none', thinking: 'always' }],
    ['deepseek.v3-v1:0', { rejects: ['stopSequences'], reasoning: undefined }],
    ['meta.llama3-3-70b-instruct-v1:0', { toolChoice: ['auto'], reasoning: 'none' }],
    ['us.meta.llama4-scout-17b-instruct-v1:0', { toolChoice: ['auto'], toolResultImages: true }],
    ['mistral.mistral-large-2402-v1:0', { toolChoice: ['auto', 'any'] }],
    ['qwen.qwen3-coder-30b-a3b-v1:0', { reasoning: 'none', rejects: ['stopSequences'] }],
    ['qwen.qwen3-32b-v1:0', { reasoning: 'unsigned', rejects: ['stopSequences'] }],
  ];
  for (const [model, expected] of table) {
    it(`knows ${model}`, () => {
      const quirks = modelQuirks(model);
      const { sources, ...found } = quirks;
      for (const [name, value] of Object.entries(expected)) {
        expect([name, found[name as keyof ModelQuirks]]).toEqual([name, value]);
      }
    });
  }

  it('is overridden member by member', () => {
    const quirks = modelQuirks('us.anthropic.claude-opus-4-7', { rejects: [], thinking: undefined });
    expect(quirks.rejects).toEqual([]);
    expect(quirks.thinking).toBe('adaptive');
    expect(modelQuirks('acme.brain-v1:0', { reasoning: 'signed' })).toEqual({
      reasoning: 'signed',
      sources: [],
    });
  });

  it('has a source and a known model for every row', () => {
    for (const { family, source } of quirkRows()) {
      expect(source, String(family)).toMatch(/https:\/\/|\d+\.\d+\.\d+ \(MIT\)/);
      expect(
        ids.some((id) => family.test(familyWords(id))),
        `a model of the catalog for ${family}`,
      ).toBe(true);
    }
  });

  it('knows no contradictions', () => {
    for (const id of ids) {
      const { thinking, effortField, efforts, interleavedBeta, cachePoints, cacheTtls, reasoning } =
        modelQuirks(id);
      if (efforts !== undefined) expect(effortField, id).toBeDefined();
      if (thinking === 'effort') expect(effortField, id).toBeDefined();
      if (interleavedBeta) expect(thinking, id).toBe('budget');
      if (cachePoints?.length === 0) expect(cacheTtls ?? [], id).toEqual([]);
      if (thinking === 'budget' || thinking === 'adaptive') expect(reasoning, id).toBe('signed');
    }
  });
});
