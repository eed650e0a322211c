import { describe, expect, it } from 'vitest';
import type { Body } from '../../src/repair/omit.js';
import { changeFor } from '../../src/repair/refusals.js';

const READ = '2026-11-28';
const MODEL = 'The model returned the following errors: ';
const GITHUB = 'https://github.com/';

const thought = { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'EqAB' } } };
const unsigned = { reasoningContent: { reasoningText: { text: 'Hm.' } } };
const redacted = { reasoningContent: { redactedContent: new Uint8Array([1]) } };
const user = { role: 'user', content: [{ text: 'Hi' }] };
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const tools = (spec: object) => ({ toolConfig: { tools: [{ toolSpec: { name: 'open', ...spec } }] } });
const schema = (json: object) => tools({ inputSchema: { json } });
const fields = (additionalModelRequestFields: object) => ({ additionalModelRequestFields });
const history = (...content: object[]) => ({ messages: [user, assistant(...content), user] });

const bound =
  'Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set `thinking.block_binding.mismatch_behavior` to "drop_block".';

const NO_SYSTEM =
  "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.";
const INSTRUCTOR = `${GITHUB}567-labs/instructor/issues/1753`;

const tooFew = `${MODEL}{"error":{"code":"integer_below_min_value","message":"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.","param":"max_output_tokens","type":"invalid_request_error"}}`;
const TOO_FEW = `${GITHUB}BerriAI/litellm/pull/42470`;
const tokens = (inferenceConfig: object) => ({ inferenceConfig });

/** What the service says, who recorded it, a request, and what the request becomes; undefined if nothing may be changed. */
const CASES: readonly [says: string, source: string, before: Body, after: Body | undefined][] = [
  [
    `${MODEL}messages.1.content.0: ${bound}`,
    'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-thinking-block-binding.html',
    { ...history(thought, { text: 'Hello' }), ...fields({ anthropic_beta: ['a'] }) },
    {
      ...history(thought, { text: 'Hello' }),
      ...fields({
        anthropic_beta: ['a', 'thinking-binding-controls-2026-08-01'],
        thinking: { type: 'adaptive', block_binding: { mismatch_behavior: 'drop_block' } },
      }),
    },
  ],
  [
    `${MODEL}messages.1.content.0: ${bound}`,
    'https://platform.claude.com/docs/build-with-claude/preserved-thinking/fix-bound-to-a-different-conversation',
    { ...history(thought, { text: 'Hello' }), ...fields({ thinking: { type: 'disabled' } }) },
    { ...history({ text: 'Hello' }), ...fields({ thinking: { type: 'disabled' } }) },
  ],
  [
    `${MODEL}messages.3.content.24: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.`,
    `${GITHUB}anthropics/claude-code/issues/63448`,
    history(thought, redacted, { text: 'Hello' }),
    history({ text: 'Hello' }),
  ],
  [
    `${MODEL}messages.369.content.0.thinking.signature: Field required`,
    `${GITHUB}can1357/oh-my-pi/pull/10486`,
    history(unsigned, thought, { text: 'Hello' }),
    history(thought, { text: 'Hello' }),
  ],
  [tooFew, TOO_FEW, tokens({ maxTokens: 1, topP: 0.5 }), tokens({ maxTokens: 16, topP: 0.5 })],
  [
    NO_SYSTEM,
    INSTRUCTOR,
    {
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default' } }, { text: 'Be kind.' }],
      ...history({ text: 'Hello' }),
    },
    {
      messages: [
        { role: 'user', content: [{ text: 'Be brief.' }, { text: 'Be kind.' }, { text: 'Hi' }] },
        assistant({ text: 'Hello' }),
        user,
      ],
    },
  ],
  // In a message, `guardContent` would be all that the guardrail checks.
  [
    NO_SYSTEM,
    INSTRUCTOR,
    { system: [{ text: 'Hi' }, { guardContent: { text: { text: 'Be brief.' } } }], messages: [user] },
    undefined,
  ],
  [NO_SYSTEM, INSTRUCTOR, { messages: [user] }, undefined],
  [NO_SYSTEM, INSTRUCTOR, { system: [{ text: 'Hi' }], messages: [assistant({ text: 'Hi' })] }, undefined],
  [tooFew, TOO_FEW, tokens({ maxTokens: 16 }), undefined],
  [tooFew, TOO_FEW, tokens({}), undefined],
  [
    'User messages cannot contain reasoning content. Please remove the reasoning content and try again.',
    `${GITHUB}langchain-ai/langchain-aws/issues/401`,
    history(unsigned),
    history({ text: 'Hm.' }),
  ],
  [
    "This model doesn't support the reasoningContent.reasoningText.signature field. Remove reasoningContent.reasoningText.signature and try again.",
    'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ReasoningTextBlock.html',
    history(thought, { text: 'Hello' }),
    history(unsigned, { text: 'Hello' }),
  ],
  [
    "This model doesn't support the reasoningContent.redactedContent field. Remove reasoningContent.redactedContent and try again.",
    'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ReasoningContentBlock.html',
    history(redacted, { text: 'Hello' }),
    history({ text: 'Hello' }),
  ],
  [
    `${MODEL}This model does not support assistant message prefill. The conversation must end with a user message.`,
    `${GITHUB}anomalyco/opencode/issues/29760`,
    { messages: [user, assistant({ text: 'Hello' })] },
    { messages: [user, assistant({ text: 'Hello' }), { role: 'user', content: [{ text: 'Continue.' }] }] },
  ],
  [
    `${MODEL}tool_choice: type "tool" and "any" are not supported for this model.`,
    `${GITHUB}run-llama/llama_index/issues/23207`,
    { toolConfig: { tools: [], toolChoice: { any: {} } } },
    { toolConfig: { tools: [] } },
  ],
  [
    `${MODEL}tools.0.custom.strict: Extra inputs are not permitted`,
    `${GITHUB}BerriAI/litellm/issues/31582`,
    tools({ strict: true }),
    tools({}),
  ],
  [
    `${MODEL}tools.6.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
    `${GITHUB}trycua/cua/issues/3303`,
    schema({ type: 'object', allOf: [{ required: ['a'] }, { properties: { a: {} } }] }),
    schema({ type: 'object', properties: { a: {} }, required: ['a'] }),
  ],
  [
    `${MODEL}Malformed input request: #/toolConfig/tools/2/toolSpec/inputSchema/json: extraneous key [definitions] is not permitted, please reformat your input and try again.`,
    `${GITHUB}zed-industries/zed/issues/28521`,
    schema({
      type: 'object',
      definitions: { A: { type: 'string' } },
      properties: { a: { $ref: '#/definitions/A' } },
    }),
    schema({ type: 'object', properties: { a: { type: 'string' } } }),
  ],
  [
    `${MODEL}"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`,
    `${GITHUB}earendil-works/pi/pull/7081`,
    fields({ thinking: { type: 'enabled', budget_tokens: 1024, display: 'omitted' } }),
    fields({ thinking: { type: 'adaptive', display: 'omitted' } }),
  ],
  [
    `${MODEL}"thinking.type.disabled" is not supported for this model.`,
    `${GITHUB}ax-llm/ax/issues/667`,
    fields({ thinking: { type: 'disabled' }, top_k: 5 }),
    fields({ top_k: 5 }),
  ],
  [
    `${MODEL}output_config.effort: Input should be 'low', 'medium', 'high' or 'max'`,
    `${GITHUB}BerriAI/litellm/pull/27074`,
    fields({ output_config: { effort: 'xhigh', format: {} } }),
    fields({ output_config: { effort: 'high', format: {} } }),
  ],
  [
    `${MODEL}Failed to deserialize the JSON body into the target type: unknown variant \`thinking\`, expected one of \`audio\`, \`frequency_penalty\`, \`function_call\` at line 1 column 157`,
    `${GITHUB}BerriAI/litellm/issues/16184`,
    fields({ thinking: { type: 'enabled', budget_tokens: 1024 }, reasoning_effort: 'low' }),
    fields({ reasoning_effort: 'low' }),
  ],
  [
    `${MODEL}{"code":"validation_error","message":"Failed to deserialize the JSON body into the target type: unknown variant \`anthropic_beta\`, expected one of \`audio\` at line 1 column 93325","param":null,"type":"invalid_request_error"}`,
    `${GITHUB}BerriAI/litellm/issues/17133`,
    fields({ anthropic_beta: ['a'] }),
    fields({}),
  ],
  [
    `${MODEL}Failed to deserialize the JSON body into the target type: unknown variant \`prompt\`, expected one of \`audio\` at line 1 column 9`,
    `${GITHUB}BerriAI/litellm/issues/17471`,
    { messages: [user] },
    undefined,
  ],
  [
    `${MODEL}Validation Error: 1 validation error for TextToTextCompletionRequest thinking Extra inputs are not permitted [type=extra_forbidden, input_value={'type': 'enabled'}, input_type=dict]`,
    `${GITHUB}stdapi-ai/stdapi.ai/blob/main/tests/probes/results/mistral.mistral-7b-instruct-v0_2.json`,
    fields({ thinking: { type: 'enabled' } }),
    fields({}),
  ],
  [
    `${MODEL}invalid beta flag`,
    `${GITHUB}continuedev/continue/pull/11969`,
    fields({ anthropic_beta: ['fine-grained-tool-streaming-2025-05-14'], top_k: 5 }),
    fields({ top_k: 5 }),
  ],
  [
    `${MODEL}betas: Extra inputs are not permitted`,
    `${GITHUB}BerriAI/litellm/issues/28081`,
    fields({ betas: ['context-1m-2025-08-07'] }),
    fields({}),
  ],
  [
    `${MODEL}Malformed input request: the provided reasoning config value is invalid, please reformat your input and try again.`,
    `${GITHUB}UKGovernmentBEIS/inspect_ai/issues/5301`,
    fields({ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }),
    fields({}),
  ],
  [
    "This model doesn't support the cachePoint field for user messages. Remove cachePoint and try again.",
    `${GITHUB}stdapi-ai/stdapi.ai/blob/main/tests/probes/results/moonshotai.kimi-k3.json`,
    { messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }] },
    { messages: [user], system: undefined, toolConfig: undefined },
  ],
  [
    "This model doesn't support the image field for user messages. Remove image and try again.",
    `${GITHUB}anomalyco/opencode/pull/50272`,
    { messages: [{ role: 'user', content: [{ text: 'Hi' }, { image: { format: 'png' } }] }] },
    undefined,
  ],
  [
    `${MODEL}output_config.format: Extra inputs are not permitted`,
    `${GITHUB}anthropics/claude-code/issues/63620`,
    fields({ output_config: { format: { type: 'json_schema' } } }),
    undefined,
  ],
  [
    `${MODEL}'max_tokens' or 'max_completion_tokens' is too large: 262144. This model's maximum context length is 262144 tokens and your request has 22554 input tokens (262144 > 262144 - 22554). (parameter=max_tokens, value=262144)`,
    `${GITHUB}BerriAI/litellm/issues/22478`,
    { inferenceConfig: { maxTokens: 262_144 } },
    undefined,
  ],
];

describe('what the service says decides what is changed', () => {
  it.each(CASES)(`%s (%s, read ${READ})`, (says, _source, before, after) => {
    const frozen = structuredClone(before);
    expect(changeFor(before, says)?.body).toEqual(after);
    expect(before).toEqual(frozen);
  });

  it.each(CASES)('which a text of a user cannot decide: %s', (says, _source, before) => {
    expect(changeFor(before, `The text "${says}" is too long.`)).toBeUndefined();
  });

  it('and the words that are kept for later calls name no place in this one', () => {
    const says = `${MODEL}messages.17.content.3: ${bound}`;
    const words = changeFor(history(thought), says)?.words ?? '';
    expect(words).toContain('messages.0.content.0: Invalid');
    expect(changeFor(history(thought), words)).toBeDefined();
  });

  it('omits thoughts if the service rejects them although it was allowed to ignore them', () => {
    const says = `${MODEL}messages.1.content.0: ${bound}`;
    const first = changeFor(history(thought, { text: 'Hello' }), says);
    const second = changeFor(first?.body ?? {}, says);
    expect(second).toMatchObject({ kind: 'reasoning', path: 'messages.1.content.0' });
    expect(second?.body['messages']).toEqual(history({ text: 'Hello' }).messages);
  });
});
