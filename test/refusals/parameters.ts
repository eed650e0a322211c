import type { Refusal } from './refusal.js';

const messages = [{ role: 'user', content: [{ text: 'Hi' }] }];
const tools = [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }];
const READ = '2026-11-29';
const SONNET_37 = 'anthropic.claude-3-7-sonnet-20250219-v1:0';
const MODEL = 'The model returned the following errors: ';
const UNKNOWN = 'Failed to deserialize the JSON body into the target type: unknown variant ';
const BETA = `${MODEL}invalid beta flag`;
const PROBES = 'https://github.com/stdapi-ai/stdapi.ai (tests/probes/results';
const thinking = (budget_tokens?: number, rest: object = {}) => ({
  messages,
  ...rest,
  additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens } },
});
const ADVICE = 'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html';

/** Sampling and thinking. */
export const PARAMETER_REFUSALS: readonly Refusal[] = [
  {
    what: 'a temperature for a model that does not accept one',
    modelId: 'anthropic.claude-opus-4-8',
    body: { messages, inferenceConfig: { temperature: 0.5 } },
    message: `${MODEL}\`temperature\` is deprecated for this model.`,
    source: 'https://github.com/DayuanJiang/next-ai-draw-io/issues/861',
    read: READ,
    client: 'adapts',
  },
  {
    what: "a maxTokens below the model's minimum",
    modelId: 'moonshotai.kimi-k2.5',
    body: { messages, inferenceConfig: { maxTokens: 1 } },
    message:
      `${MODEL}{"error":{"code":"integer_below_min_value","message":"Invalid 'max_output_tokens': integer below minimum value. ` +
      'Expected a value >= 16, but got 1 instead.","param":"max_output_tokens","type":"invalid_request_error"}}',
    source: 'https://github.com/BerriAI/litellm/pull/42470',
    read: READ,
    client: 'adapts',
  },
  {
    what: 'stop sequences for a model that does not accept them',
    modelId: 'qwen.qwen3-32b-v1:0',
    body: { messages, inferenceConfig: { stopSequences: ['x'] } },
    message: "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
    source: 'https://github.com/crewAIInc/crewAI/issues/3317',
    read: READ,
    client: 'adapts',
  },
  {
    what: 'a temperature together with topP',
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    body: { messages, inferenceConfig: { temperature: 0.5, topP: 0.5 } },
    message: `${MODEL}\`temperature\` and \`top_p\` cannot both be specified for this model. Please use only one.`,
    source: 'https://github.com/aws-samples/bedrock-access-gateway/issues/191',
    read: READ,
    client: 'adapts',
  },
  {
    what: "Claude's thinking",
    modelId: 'qwen.qwen3-32b-v1:0',
    body: { messages, additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } } },
    message: new RegExp(`^${MODEL}${UNKNOWN}\`thinking\`, expected one of `),
    source: 'https://github.com/BerriAI/litellm/issues/16184',
    read: READ,
    client: 'adapts',
  },
  {
    what: "Claude's beta, in JSON",
    modelId: 'qwen.qwen3-coder-480b-a35b-v1:0',
    body: { messages, additionalModelRequestFields: { anthropic_beta: ['claude-code-20250219'] } },
    message: new RegExp(
      `^${MODEL}\\{"code":"validation_error","message":"${UNKNOWN}\`anthropic_beta\`, expected one of `,
    ),
    source: 'https://github.com/BerriAI/litellm/issues/17133',
    read: READ,
    client: 'adapts',
  },
  {
    what: "Claude's thinking, in the words of Pydantic",
    modelId: 'mistral.mistral-7b-instruct-v0:2',
    body: { messages, additionalModelRequestFields: { thinking: { type: 'enabled' } } },
    message: new RegExp(
      `^${MODEL}Validation Error: 1 validation error for TextToTextCompletionRequest\nthinking\n {2}Extra inputs are not permitted`,
    ),
    source: `${PROBES}/mistral.mistral-7b-instruct-v0_2.json, live, us-east-1)`,
    read: READ,
    client: 'adapts',
  },
  {
    what: "Claude's thinking",
    modelId: 'amazon.nova-micro-v1:0',
    body: { messages, additionalModelRequestFields: { thinking: { type: 'enabled' } } },
    message: `${MODEL}Malformed input request: #: extraneous key [thinking] is not permitted, please reformat your input and try again.`,
    source: `${PROBES}/amazon.nova-micro-v1_0.json, live, us-east-1)`,
    read: READ,
    client: 'adapts',
  },
  {
    what: 'reasoning, which only Nova 2 has',
    modelId: 'us.amazon.nova-pro-v1:0',
    body: {
      messages,
      additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
    },
    message: `${MODEL}Malformed input request: the provided reasoning config value is invalid, please reformat your input and try again.`,
    source: 'https://github.com/UKGovernmentBEIS/inspect_ai/issues/5301',
    read: READ,
    client: 'adapts',
  },
  {
    what: 'a beta that the service does not have',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    model: { rejects: [{ field: 'additionalModelRequestFields.anthropic_beta', message: BETA }] },
    body: { messages, additionalModelRequestFields: { anthropic_beta: ['mcp-servers-2025-12-04'] } },
    message: BETA,
    source:
      'https://github.com/continuedev/continue/pull/11969, https://github.com/BerriAI/litellm/pull/20935',
    read: READ,
    client: 'adapts',
  },
  {
    what: 'thinking without a budget',
    modelId: SONNET_37,
    body: thinking(),
    message: `${MODEL}thinking.enabled.budget_tokens: Field required`,
    source: `not recorded: ${ADVICE}`,
    read: READ,
    client: 'cannot help',
  },
  {
    what: 'a budget of less than 1024',
    modelId: SONNET_37,
    body: thinking(1000),
    message: `${MODEL}thinking.enabled.budget_tokens: Input should be greater than or equal to 1024`,
    source: 'https://github.com/danny-avila/LibreChat/issues/8346',
    read: READ,
    client: 'cannot help',
  },
  {
    what: 'a budget above the output limit',
    modelId: SONNET_37,
    body: thinking(2000, { inferenceConfig: { maxTokens: 1000 } }),
    message: `${MODEL}\`max_tokens\` must be greater than \`thinking.budget_tokens\`.`,
    source:
      'https://github.com/liuw1535/antigravity2api-nodejs/issues/149 (the sentence, of Claude elsewhere)',
    read: READ,
    client: 'cannot help',
  },
  {
    what: 'a temperature while thinking is on',
    modelId: SONNET_37,
    body: thinking(2000, { inferenceConfig: { temperature: 0.5 } }),
    message: `${MODEL}\`temperature\` may only be set to 1 when thinking is enabled.`,
    source: `not recorded in these words: ${ADVICE}`,
    read: READ,
    client: 'adapts',
  },
  {
    what: 'a forced tool while thinking is on',
    modelId: SONNET_37,
    body: thinking(2000, { toolConfig: { tools, toolChoice: { any: {} } } }),
    message: `${MODEL}Thinking may not be enabled when tool_choice forces tool use.`,
    source: 'https://github.com/can1357/oh-my-pi/pull/333',
    read: READ,
    client: 'adapts',
  },
  {
    what: 'a tool use without the reasoning before it',
    modelId: SONNET_37,
    body: thinking(2000, {
      messages: [
        ...messages,
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'look_up', input: {} } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'found' }] } }] },
      ],
      toolConfig: { tools },
    }),
    message:
      /^The model returned the following errors: messages\.1\.content\.0\.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`\. When `thinking` is enabled, a final `assistant` message must start with a thinking block/,
    source: 'https://github.com/RooCodeInc/Roo-Code/pull/11238',
    read: READ,
    client: 'adapts',
  },
];
