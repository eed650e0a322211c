import type { Refusal } from './refusal.js';

const messages = [{ role: 'user', content: [{ text: 'Hi' }] }];
const tools = [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }];
const READ = '2026-11-29';
const SONNET_37 = 'anthropic.claude-3-7-sonnet-20250219-v1:0';
const MODEL = 'The model returned the following errors: ';
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
