import { type Model, modelQuirks } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';
import { calculate } from '../../playground/request/calculator.js';
import { composeRequest } from '../../playground/request/compose.js';
import { findingsIn } from '../../playground/request/guardrail.js';
import { chooseTools } from '../../playground/request/page-tools.js';
import { DEFAULT_SETTINGS, readSettings, type Settings } from '../../playground/request/settings.js';

const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const OPUS = 'us.anthropic.claude-opus-4-7';
const NOVA_2 = 'us.amazon.nova-2-lite-v1:0';
const NOVA = 'amazon.nova-lite-v1:0';
const QWEN = 'qwen.qwen3-32b-v1:0';

function compose(modelId: string, settings: Partial<Settings>, maxTokens = 64_000) {
  const all = { ...DEFAULT_SETTINGS, modelId, ...settings };
  return composeRequest(all, { model: { maxTokens } as Model, quirks: modelQuirks(modelId) });
}

describe('composeRequest()', () => {
  it('sends nothing that was not chosen', () => {
    expect(compose(NOVA, {})).toEqual({ modelId: NOVA });
  });

  it('sends what the model accepts', () => {
    expect(
      compose(NOVA, {
        system: 'Be brief.',
        maxTokens: 100,
        temperature: 0.3,
        topP: 0.9,
        stopSequences: ['END', ' '],
      }),
    ).toEqual({
      modelId: NOVA,
      system: 'Be brief.',
      inferenceConfig: { maxTokens: 100, temperature: 0.3, topP: 0.9, stopSequences: ['END'] },
    });
  });

  it('omits what the model rejects', () => {
    expect(compose(OPUS, { temperature: 0.3, topP: 0.9 })).toEqual({ modelId: OPUS });
    expect(compose(HAIKU, { temperature: 0.3, topP: 0.9 }).inferenceConfig).toEqual({ temperature: 0.3 });
    expect(compose(NOVA, { maxTokens: 9_000_000 }, 10_000).inferenceConfig).toEqual({ maxTokens: 10_000 });
  });

  it('asks each family for thought in its own way', () => {
    const thinking = { isThinking: true, effort: 'low', temperature: 0.5 };
    expect(compose(HAIKU, thinking)).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
      inferenceConfig: { maxTokens: 32_000 },
    });
    expect(compose(HAIKU, thinking).inferenceConfig).not.toHaveProperty('temperature');
    expect(compose(OPUS, thinking)).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    });
    expect(compose(NOVA_2, thinking)).toMatchObject({
      additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
      inferenceConfig: { temperature: 0.5 },
    });
    expect(compose(NOVA, thinking)).not.toHaveProperty('additionalModelRequestFields');
  });

  it('asks for JSON by a format, or by a tool', () => {
    const schema = '{"type":"object","properties":{"a":{"type":"string"}}}';
    expect(compose(QWEN, { schema }).outputConfig?.textFormat?.type).toBe('json_schema');
    expect(compose(NOVA, { schema }).toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: 'answer' } }],
      toolChoice: { tool: { name: 'answer' } },
    });
    // Claude accepts no forced tool while it thinks.
    expect(compose(HAIKU, { schema }).toolConfig?.toolChoice).toEqual({ tool: { name: 'answer' } });
    expect(compose(HAIKU, { schema, isThinking: true }).toolConfig?.toolChoice).toBeUndefined();
    expect(() => compose(NOVA, { schema: '{' })).toThrow(/is not JSON/);
    expect(() => compose(NOVA, { schema: '[]' })).toThrow(/of an object/);
  });

  it('sends a guardrail with its trace', () => {
    expect(compose(NOVA, { guardrailId: ' g1 ', guardrailVersion: '' }).guardrailConfig).toEqual({
      guardrailIdentifier: 'g1',
      guardrailVersion: 'DRAFT',
      trace: 'enabled',
    });
  });
});

describe('readSettings()', () => {
  it('keeps what fits, and nothing else', () => {
    const stored = {
      modelId: 'm',
      temperature: 7,
      topP: 0.5,
      tools: 'all',
      isThinking: 'yes',
      extra: 1,
      maxTokens: -1,
    };
    expect(readSettings(stored)).toEqual({ ...DEFAULT_SETTINGS, modelId: 'm', topP: 0.5 });
    expect(readSettings(null)).toEqual(DEFAULT_SETTINGS);
  });
});

describe('the tools of the page', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['10 % 4 / 2', 1],
    ['1.5e3 - .5'.replace(' .5', ' 0.5'), 1499.5],
  ])('%s is %d', (expression, value) => {
    expect(calculate(expression)).toBe(value);
  });

  it.each(['', '1 +', '(1', '1 2', 'process.exit()', '1; 2', 'constructor', `${'('.repeat(2000)}`])(
    'is not computed: %s',
    (expression) => {
      expect(() => calculate(expression)).toThrow();
    },
  );

  it('are only those of the page', () => {
    expect(Object.keys(chooseTools(['calculate', 'constructor', 'rm']) ?? {})).toEqual(['calculate']);
    expect(chooseTools(['toString'])).toBeUndefined();
  });

  it('find a time zone by its city', async () => {
    const clock = chooseTools(['current_time'])?.['current_time'];
    const context = { signal: new AbortController().signal, toolUseId: 't' };
    expect(await clock?.run({ time_zone: 'tokyo' }, context)).toMatchObject({ time_zone: 'Asia/Tokyo' });
    expect(() => clock?.run({ time_zone: 'Atlantis' }, context)).toThrow(/no time zone "Atlantis"/);
  });
});

it('findings of a guardrail are read from wherever they are in its trace', () => {
  const words = { customWords: [{ match: 'swordfish', action: 'BLOCKED' }] };
  const trace = {
    guardrail: {
      inputAssessment: { g: { wordPolicy: words } },
      outputAssessments: {
        g: [{ topicPolicy: { topics: [{ name: 'Money', type: 'DENY', action: 'NONE' }] } }],
      },
    },
  };
  expect(findingsIn(trace)).toEqual([
    { policy: 'Word', what: 'swordfish', action: 'blocked' },
    { policy: 'Topic', what: 'Money', action: 'none' },
  ]);
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  expect(findingsIn(loop)).toEqual([]);
  expect(findingsIn({ constructor: [{ match: 'no policy' }] })).toEqual([]);
});
