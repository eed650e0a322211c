import { describe, expect, it } from 'vitest';
import { catalogData } from '../../src/catalog/data.js';
import { familyWords } from '../../src/catalog/family.js';
import { catalog } from '../../src/catalog/index.js';
import { sourcesOf } from '../../src/catalog/quirk-row.js';
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
      {
        thinking: 'budget',
        temperatureOrTopP: true,
        cacheTtls: ['5m', '1h'],
        toolChoiceWhileThinking: ['auto'],
        strictTools: true,
        prefill: undefined,
        countTokens: true,
      },
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
      {
        thinking: 'adaptive',
        efforts: ['low', 'medium', 'high', 'max'],
        budgetThinking: undefined,
        bindingBeta: undefined,
        thinksByDefault: undefined,
        strictTools: true,
        outputFormat: undefined,
        prefill: false,
        countTokens: true,
      },
    ],
    [
      'us.anthropic.claude-opus-4-7',
      { rejects: ['temperature', 'topP'], thinking: 'adaptive', budgetThinking: false },
    ],
    [
      'anthropic.claude-opus-4-8',
      {
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        thinksByDefault: undefined,
        toolChoiceWhileThinking: undefined,
        bindingBeta: 'thinking-binding-controls-2026-08-01',
        boundReasoning: undefined,
        strictTools: false,
        outputFormat: false,
        countTokens: undefined,
      },
    ],
    [
      'anthropic.claude-opus-5',
      {
        rejects: ['temperature', 'topP'],
        effortField: 'output_config.effort',
        thinksByDefault: true,
        thinkingOff: 'disabled',
        toolChoice: ['auto', 'any', 'tool'],
      },
    ],
    [
      'global.anthropic.claude-opus-5-5',
      {
        toolChoice: ['auto'],
        thinkingOff: 'impossible',
        boundReasoning: true,
        schemaRoot: 'noUnion',
        strictTools: false,
      },
    ],
    [
      'us.anthropic.claude-sonnet-5-5',
      { toolChoice: ['auto'], thinkingOff: 'between_tools', boundReasoning: true },
    ],
    [
      'anthropic.claude-fable-5',
      { toolChoice: ['auto', 'any', 'tool'], thinkingOff: 'impossible', boundReasoning: undefined },
    ],
    [
      'anthropic.claude-fable-5-2',
      { toolChoice: ['auto'], thinkingOff: 'impossible', boundReasoning: true, prefill: false },
    ],
    // No list has it.
    ['anthropic.claude-opus-6-v1:0', { toolChoice: ['auto'], boundReasoning: true, thinking: 'adaptive' }],
    [
      'anthropic.claude-haiku-5-5',
      {
        rejects: ['temperature', 'topP'],
        reasoning: 'signed',
        redactedReasoning: true,
        toolChoice: ['auto', 'any', 'tool'],
        boundReasoning: true,
        thinksByDefault: undefined,
      },
    ],
    [
      'eu.amazon.nova-pro-v1:0',
      {
        cachePoints: ['system', 'messages'],
        cacheTtls: [],
        reasoning: 'none',
        thinking: 'none',
        toolResultImages: true,
        schemaRoot: 'bare',
        countTokens: undefined,
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
        thinksByDefault: true,
        thinkingOff: 'impossible',
      },
    ],
    [
      'us.openai.gpt-5.6-sol',
      { effortField: 'reasoning.effort', rejects: ['temperature', 'topP', 'stopSequences'] },
    ],
    ['openai.gpt-6-sol', { thinkingOff: 'none', toolResultImages: false, cachePoints: [] }],
    ['openai.gpt-6-astra', { thinkingOff: 'impossible' }],
    [
      'global.openai.gpt-6.2-sol',
      {
        thinkingOff: 'impossible',
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        rejects: ['temperature', 'topP', 'stopSequences'],
      },
    ],
    ['openai.gpt-5.4', { effortField: 'reasoning.effort', rejects: undefined, toolResultImages: false }],
    ['xai.grok-4.3', { rejects: undefined, effortField: undefined }],
    ['xai.grok-4.6', { rejects: ['temperature', 'topP', 'stopSequences'] }],
    [
      'us.xai.grok-4.7',
      {
        rejects: ['temperature', 'topP', 'stopSequences'],
        effortField: 'reasoning.effort',
        efforts: ['low', 'medium', 'high', 'xhigh'],
        thinksByDefault: true,
        cachePoints: [],
        toolResultImages: false,
      },
    ],
    [
      'moonshotai.kimi-k3',
      {
        rejects: ['temperature', 'topP', 'stopSequences'],
        reasoning: 'none',
        redactedReasoning: false,
        documents: false,
        toolChoice: ['auto', 'any', 'tool'],
        thinksByDefault: true,
        thinkingOff: 'none',
        effortField: 'reasoning.effort',
        cachePoints: [],
        toolResultImages: false,
      },
    ],
    ['us.moonshotai.kimi-k3.1', { reasoning: 'none', effortField: 'reasoning.effort' }],
    [
      'moonshotai.kimi-k2.5',
      {
        reasoning: 'unsigned',
        effortField: 'reasoning_effort',
        efforts: ['high'],
        rejects: ['stopSequences'],
        documents: undefined,
      },
    ],
    ['moonshot.kimi-k2-thinking', { thinking: 'always', effortField: undefined }],
    [
      'zai.glm-5',
      {
        effortField: 'reasoning_effort',
        rejects: ['stopSequences'],
        toolChoice: ['auto', 'any', 'tool'],
        strictTools: true,
      },
    ],
    ['us.zai.glm-5.3', { thinking: 'always', effortField: undefined }],
    ['minimax.minimax-m2.5', { thinking: 'always', cachePoints: [], reasoning: 'unsigned' }],
    ['nvidia.nemotron-super-3-120b', { thinking: 'effort', efforts: ['high'], strictTools: undefined }],
    ['nvidia.nemotron-nano-9b-v2', { thinking: 'none', reasoning: 'none', strictTools: true }],
    ['google.gemma-4-31b', { toolResultImages: false, strictTools: undefined, thinking: undefined }],
    ['google.gemma-3-27b-it', { toolResultImages: false, strictTools: true, thinking: 'none' }],
    ['us.writer.palmyra-x5-v1:0', { resultStatus: false, resultsAlone: true, cachePoints: [] }],
    [
      'us.deepseek.r1-v1:0',
      { reasoning: 'none', thinking: 'always', tools: false, toolChoice: undefined, prefill: false },
    ],
    ['deepseek.v3-v1:0', { rejects: ['stopSequences'], reasoning: undefined }],
    [
      'meta.llama3-3-70b-instruct-v1:0',
      {
        toolChoice: ['auto'],
        reasoning: 'none',
        resultsAlone: true,
        usesAlone: true,
        toolResultImages: undefined,
      },
    ],
    ['us.meta.llama4-scout-17b-instruct-v1:0', { toolChoice: ['auto'], toolResultImages: true }],
    [
      'mistral.mistral-large-2402-v1:0',
      { toolChoice: ['auto', 'any'], toolUseIdLength: 9, resultsAlone: true },
    ],
    [
      'mistral.mistral-large-3-675b-instruct',
      {
        toolChoice: ['auto', 'any', 'tool'],
        toolUseIdLength: 9,
        prefill: false,
        documents: false,
        thinking: 'none',
        toolResultImages: false,
      },
    ],
    ['mistral.magistral-small-2509', { toolUseIdLength: 9, thinking: undefined, strictTools: true }],
    [
      'qwen.qwen3-vl-235b-a22b',
      { toolResultImages: false, documents: false, thinking: 'none', toolChoice: ['auto', 'any', 'tool'] },
    ],
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

  it('has a source, a date and a known model for every row', () => {
    for (const row of quirkRows()) {
      const { family, asOf } = row;
      expect(asOf, String(family)).toMatch(/^2026-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/);
      for (const source of sourcesOf(row).split('; ')) {
        expect(source.replace(` (${asOf})`, ''), String(family)).toMatch(
          /^(?:https:\/\/(?:docs\.aws\.amazon\.com|platform\.claude\.com)\/\S+|https:\/\/github\.com\/[\w.-]+\/[\w.-]+(?:\/issues\/\d+| \(\S+\))?|@?[\w/-]+ \d+\.\d+\.\d+ \((?:MIT|Apache-2\.0)\))$/,
        );
      }
      expect(
        ids.some((id) => family.test(familyWords(id))),
        `a model of the catalog for ${family}`,
      ).toBe(true);
    }
  });

  it('names its sources in full, with the date', () => {
    const { sources } = modelQuirks('writer.palmyra-x5-v1:0');
    expect(sources).toContain('https://github.com/pydantic/pydantic-ai (providers/bedrock.py) (2026-08-22)');
    expect(modelQuirks('anthropic.claude-3-haiku-20240307-v1:0').sources).toEqual([
      'https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html (2026-08-22)',
      'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html; ' +
        'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultContentBlock.html; ' +
        'https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html; ' +
        'https://github.com/can1357/oh-my-pi/issues/12809; ' +
        'https://github.com/trycua/cua/issues/3303; ' +
        'https://github.com/pydantic/pydantic-ai/issues/6098 (2026-09-22)',
    ]);
  });

  it('knows no contradictions', () => {
    const order = ['low', 'medium', 'high', 'xhigh', 'max'];
    for (const id of ids) {
      const quirks = modelQuirks(id);
      const { thinking, effortField, efforts, interleavedBeta, cachePoints, cacheTtls, reasoning } = quirks;
      if (efforts !== undefined) expect(effortField, id).toBeDefined();
      expect(efforts ?? [], id).toEqual(order.filter((effort) => efforts?.includes(effort)));
      if (thinking === 'effort') expect(effortField, id).toBeDefined();
      if (thinking === 'always' || thinking === 'none') expect(effortField, id).toBeUndefined();
      if (interleavedBeta) expect(thinking, id).toBe('budget');
      if (cachePoints?.length === 0) expect(cacheTtls ?? [], id).toEqual([]);
      if (thinking === 'budget' || thinking === 'adaptive') expect(reasoning, id).toBe('signed');
      if (quirks.thinkingOff === 'none') expect(effortField, id).toBe('reasoning.effort');
      if (quirks.thinkingOff === 'disabled' || quirks.thinkingOff === 'between_tools')
        expect(thinking, id).toBe('adaptive');
      if (quirks.bindingBeta !== undefined) expect(thinking, id).toBe('adaptive');
      if (quirks.boundReasoning) expect(quirks.bindingBeta, id).toBeDefined();
      if (quirks.redactedReasoning) expect(reasoning, id).not.toBe('none');
      if (quirks.toolChoiceWhileThinking) expect(thinking, id).toMatch(/^(?:budget|adaptive)$/);
      if (quirks.tools === false) expect(quirks.toolChoice, id).toBeUndefined();
      if (quirks.countTokens) expect(quirks.rejects, id).toBeUndefined();
    }
  });

  it('agrees with the catalog about tools and reasoning', () => {
    for (const id of ids) {
      const { tools, thinking } = modelQuirks(id);
      const facts = catalog(id);
      if (tools === false) expect(facts?.tools, id).not.toBe(true);
      if (thinking === 'none') expect(facts?.reasoning, id).not.toBe(true);
      if (thinking !== undefined && thinking !== 'none') expect(facts?.reasoning, id).not.toBe(false);
    }
  });

  it('agrees with the catalog about prompt caching, where it can be switched on', () => {
    for (const id of ids) {
      const { cachePoints } = modelQuirks(id);
      if (cachePoints !== undefined && cachePoints.length > 0)
        expect(catalog(id)?.promptCaching, id).not.toBe(false);
    }
  });
});
