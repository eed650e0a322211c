import type { ReasoningRule } from '../types.js';

/**
 * The id, ARN or name of a model as words with a hyphen between them: `us.anthropic.claude-sonnet-4-5-20250929-v1:0` and
 * `Claude Sonnet 4.5` both hold `claude-sonnet-4-5`. Geography and version stay where they are: who looks for a family
 * looks for its words, so that no list of geographies is needed.
 */
export function familyWords(model: string): string {
  return model
    .slice(model.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/[\s_.:]+/g, '-');
}

/** Whether a model is one of Anthropic's, which have rules of their own for names, blank text and cached tokens. */
export function isClaude(model: string): boolean {
  return /\bclaude/.test(familyWords(model));
}

/** Whether a model may be one of Anthropic's: it is, or it is the ARN of a profile or prompt, which does not name its model. */
export function mayBeClaude(model: string): boolean {
  return isClaude(model) || /^arn:(?!.*:(?:foundation-model|inference-profile)\/)/.test(model);
}

/** Families by what they say to reasoning in a request; the first that fits. */
const RULES: readonly (readonly [RegExp, ReasoningRule])[] = [
  [/\bclaude-(?:v2|instant|3-(?:5|haiku|sonnet|opus))/, 'none'],
  [/\bclaude-/, 'signed'],
  [/\b(?:nova-2|gpt-oss|minimax|kimi-k2|qwen3-(?!coder))/, 'unsigned'],
  [
    /\b(?:nova|titan|llama\d|mi[sx]tral|ministral|voxtral|command-r|gemma|nemotron-nano|qwen3-coder|deepseek-r1|kimi-k\d+)\b/,
    'none',
  ],
];

/**
 * The rule of a model's family; undefined where it is not known. Sources: `reasoningText.signature` in Amazon Bedrock's API
 * reference, and what 60 models answered to a replay (earendil-works/pi, packages/ai/test/bedrock-models.test.ts).
 */
export function reasoningRule(model: string): ReasoningRule | undefined {
  const words = familyWords(model);
  return RULES.find(([family]) => family.test(words))?.[1];
}
