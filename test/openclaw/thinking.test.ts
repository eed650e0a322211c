import { expect, it } from 'vitest';
import { register } from './plugin.js';

const profileOf = (modelId: string) => register().provider.resolveThinkingProfile({ modelId });

it.each([
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', ['off', 'minimal', 'low', 'medium', 'high']],
  ['global.anthropic.claude-opus-4-8', ['off', 'low', 'medium', 'high', 'xhigh', 'max']],
  ['us.anthropic.claude-opus-5-5', ['low', 'medium', 'high', 'xhigh', 'max']],
  ['us.amazon.nova-2-lite-v1:0', ['off', 'low', 'medium', 'high']],
  ['amazon.nova-lite-v1:0', ['off']],
  ['deepseek.v3.2', ['off', 'high']],
  ['openai.gpt-oss-120b-1:0', ['low', 'medium', 'high']],
  ['xai.grok-4.6', ['off', 'low', 'medium', 'high', 'xhigh']],
])('%s has the levels %j', (modelId, levels) => {
  expect(profileOf(modelId)).toEqual({ levels: levels.map((id) => ({ id })) });
});

it('a model that always thinks alike has a switch that is on', () => {
  expect(profileOf('deepseek.r1-v1:0')).toEqual({
    levels: [{ id: 'low', label: 'on' }],
    defaultLevel: 'low',
  });
});
