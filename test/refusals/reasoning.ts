import type { Refusal } from './refusal.js';

const hi = { role: 'user', content: [{ text: 'Hi' }] };
const and = { role: 'user', content: [{ text: 'And?' }] };
const thought = (signature?: string) => ({
  reasoningContent: { reasoningText: { text: 'Hm.', ...(signature !== undefined && { signature }) } },
});
const said = (...before: object[]) => ({ role: 'assistant', content: [...before, { text: 'Hello!' }] });
const read = '2026-11-28';

export const REASONING_REFUSALS: readonly Refusal[] = [
  {
    what: 'reasoning in the history',
    modelId: 'us.deepseek.r1-v1:0',
    body: { messages: [hi, said(thought()), and] },
    message:
      'User messages cannot contain reasoning content. Please remove the reasoning content and try again.',
    source:
      'https://github.com/langchain-ai/langchain-aws/issues/401, https://github.com/continuedev/continue/issues/4778',
    read,
    client: 'repairs',
  },
  {
    what: "another model's signature",
    modelId: 'openai.gpt-oss-120b-1:0',
    body: { messages: [hi, said(thought('EqAB')), and] },
    message:
      "This model doesn't support the reasoningContent.reasoningText.signature field. Remove reasoningContent.reasoningText.signature and try again.",
    source: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ReasoningTextBlock.html',
    read,
    client: 'repairs',
  },
  {
    what: 'reasoning without a signature',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: { messages: [hi, said(thought()), and] },
    message:
      'The model returned the following errors: messages.1.content.0.thinking.signature: Field required',
    source: 'https://github.com/can1357/oh-my-pi/pull/10486',
    read,
    client: 'repairs with all',
  },
  ...['anthropic.claude-opus-4-6-v1', 'anthropic.claude-sonnet-5'].map(
    (modelId): Refusal => ({
      what: "a history that ends with the assistant's words",
      modelId,
      body: { messages: [hi, said()] },
      message:
        'The model returned the following errors: This model does not support assistant message prefill. The conversation must end with a user message.',
      source: 'https://github.com/anomalyco/opencode/issues/29760',
      read,
      client: 'repairs with all',
    }),
  ),
  {
    what: "the same, if only the service's answer reveals it",
    modelId: 'anthropic.claude-opus-4-8',
    body: { messages: [hi, said()] },
    message:
      'The model returned the following errors: This model does not support assistant message prefill. The conversation must end with a user message.',
    source: 'https://github.com/cortexkit/magic-context/issues/511',
    read,
    client: 'adapts',
  },
  {
    what: "white space at the end of the assistant's last words",
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    body: { messages: [hi, { role: 'assistant', content: [{ text: 'Hello, \n' }] }] },
    message:
      'The model returned the following errors: messages: final assistant content cannot end with trailing whitespace',
    source: 'https://github.com/aws/aws-sdk-net/pull/4015',
    read,
    client: 'repairs',
  },
  {
    what: 'the same before a cache point',
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    body: {
      messages: [
        hi,
        { role: 'assistant', content: [{ text: 'Hello, \n' }, { cachePoint: { type: 'default' } }] },
      ],
    },
    message:
      'The model returned the following errors: messages: final assistant content cannot end with trailing whitespace',
    source: 'https://github.com/anomalyco/opencode/pull/48846',
    read,
    client: 'repairs',
  },
  {
    what: 'a thinking budget',
    modelId: 'anthropic.claude-opus-5',
    body: {
      messages: [hi],
      additionalModelRequestFields: {
        thinking: { type: 'enabled', budget_tokens: 2048, display: 'summarized' },
      },
    },
    message:
      'The model returned the following errors: "thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    source: 'https://github.com/earendil-works/pi/pull/7081',
    read,
    client: 'adapts',
  },
  {
    what: 'thinking switched off',
    modelId: 'anthropic.claude-opus-5-5',
    body: { messages: [hi], additionalModelRequestFields: { thinking: { type: 'disabled' } } },
    message:
      'The model returned the following errors: "thinking.type.disabled" is not supported for this model.',
    source: 'https://github.com/ax-llm/ax/issues/667',
    read,
    client: 'adapts',
  },
  {
    what: 'an effort that the model does not have',
    modelId: 'anthropic.claude-sonnet-4-6',
    body: {
      messages: [hi],
      additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } },
    },
    // The status is recorded, the sentence is in the form of the other errors about values.
    message: /^The model returned the following errors: output_config\.effort: Input should be 'low'/,
    source: 'https://github.com/BerriAI/litellm/pull/27074',
    read,
    client: 'adapts',
  },
  {
    what: 'reasoning with an empty signature',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: { messages: [hi, said(thought('')), and] },
    message:
      'The model returned the following errors: messages.1.content.0: Invalid `signature` in `thinking` block',
    source: 'https://github.com/maximhq/bifrost/pull/6942',
    read: '2026-11-29',
    client: 'repairs with all',
  },
  {
    what: 'encrypted reasoning from another model',
    modelId: 'us.meta.llama3-3-70b-instruct-v1:0',
    body: { messages: [hi, said({ reasoningContent: { redactedContent: 'AQID' } }), and] },
    message:
      'User messages cannot contain reasoning content. Please remove the reasoning content and try again.',
    source: 'https://github.com/langchain-ai/langchain-aws/issues/401',
    read,
    client: 'repairs',
  },
  {
    what: 'encrypted reasoning for a model that accepts reasoning only as plain text',
    modelId: 'openai.gpt-oss-120b-1:0',
    body: { messages: [hi, said({ reasoningContent: { redactedContent: 'AQID' } }), and] },
    message:
      "This model doesn't support the reasoningContent.redactedContent field. Remove reasoningContent.redactedContent and try again.",
    source:
      'earendil-works/pi, packages/ai/test/bedrock-models.test.ts, https://github.com/earendil-works/pi',
    read,
    client: 'repairs',
  },
  {
    what: 'reasoning from another conversation',
    modelId: 'anthropic.claude-opus-5-5',
    body: { messages: [hi, said(thought(`EloCKg${btoa('local-bedrock:1:3:0')}`)), and] },
    message:
      'The model returned the following errors: messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set `thinking.block_binding.mismatch_behavior` to "drop_block".',
    source:
      'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-thinking-block-binding.html',
    read,
    client: 'adapts',
  },
  {
    what: 'block_binding without its beta',
    modelId: 'anthropic.claude-opus-5-5',
    body: {
      messages: [hi],
      additionalModelRequestFields: {
        thinking: { type: 'adaptive', block_binding: { mismatch_behavior: 'drop_block' } },
      },
    },
    message:
      'The model returned the following errors: thinking.adaptive.block_binding: Extra inputs are not permitted',
    source:
      'not recorded: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-thinking-block-binding.html',
    read,
    client: 'adapts',
  },
  {
    what: 'an unknown member of block_binding',
    modelId: 'anthropic.claude-opus-5-5',
    body: {
      messages: [hi],
      additionalModelRequestFields: {
        anthropic_beta: ['thinking-binding-controls-2026-08-01'],
        thinking: { type: 'adaptive', block_binding: { strict: true } },
      },
    },
    message:
      'The model returned the following errors: thinking.adaptive.block_binding.strict: Extra inputs are not permitted',
    source:
      'not recorded: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-thinking-block-binding.html',
    read,
    client: 'adapts',
  },
];
