// What families of models reject beyond what the service does. These rules are a judge's: they are written apart from what
// the library knows of models (`modelQuirks`), so that a mistake there does not hide here. State of 2026-11-28.

/** What a model rejects. A member that is missing rejects nothing. */
export interface Rejections {
  /** Members of `inferenceConfig`, whatever their value. */
  inferenceConfig?: readonly ('temperature' | 'topP' | 'stopSequences')[];
  /** A `maxTokens` below this. */
  maxTokensBelow?: number;
  /** Members of `additionalModelRequestFields`. */
  fields?: readonly string[];
  /** `temperature` together with `topP`. */
  temperatureWithTopP?: true;
  /** Kinds of `toolConfig.toolChoice`. */
  toolChoice?: readonly ('auto' | 'any' | 'tool')[];
  /** Cache points `anywhere`, or only those among `tools`. With `messages`, the error is the same for all: as if they were in messages. */
  cachePoints?: 'anywhere' | 'messages' | 'tools';
  /** The member `ttl` of a cache point. */
  cacheTtl?: true;
  /** Reasoning of earlier turns: any of it, with a signature, or without one. */
  reasoning?: 'any' | 'signed' | 'unsigned';
  /** `reasoningContent.redactedContent` of earlier turns. */
  redactedReasoning?: true;
  /** A system prompt. */
  system?: true;
  /** Tools. If the answer is streamed, the error is that of `streamedTools`. */
  tools?: true;
  /** Tools in a request whose answer is streamed. */
  streamedTools?: true;
  /** Documents, also in tool results. */
  documents?: true;
  /** Images in tool results; false where they are accepted, which is the exception. */
  resultImages?: boolean;
  /** Anything but text in a failed tool result. */
  errorMedia?: true;
  /** Ids of tool uses with characters other than letters, digits, - and _. */
  looseToolUseIds?: true;
  /** Ids of tool uses with fewer letters and digits. */
  toolUseIdsBelow?: number;
  /** A tool result without content. */
  emptyResults?: true;
  /** `status` of a tool result. */
  resultStatus?: true;
  /** What may not be in a message with tool results. */
  besideResults?: 'anything' | 'documents';
  /** Anything else in a message with tool uses. */
  besideUses?: true;
  /** Text behind a tool use that the client answers. */
  behindUses?: true;
  /** `strict` of a tool. */
  strictTools?: true;
  /** A format of the answer. */
  outputFormat?: true;
  /** Members at the root of a tool's schema. */
  schemaRoot?: readonly string[];
  /** Property names in a tool's schema that are longer than 64 characters, or have any other than letters, digits, _, . and -. */
  looseProperties?: true;
  /** A conversation that ends with the assistant's words; or only white space at their end. */
  prefill?: 'any' | 'trailing-space';
  /** Types of `thinking`. */
  thinking?: readonly ('enabled' | 'disabled')[];
  /** Values of `output_config.effort`. */
  efforts?: readonly string[];
  /** Thoughts behind another system prompt, tools or messages than they were made for. */
  movedReasoning?: true;
}

/** A family of models, and what it rejects. */
export interface Family {
  /** Finds the family in an id whose punctuation is replaced by hyphens. */
  ids: RegExp;
  rejects: Rejections;
  /** Pages and packages that say so. */
  source: string;
}

const GUIDE = 'https://docs.aws.amazon.com/bedrock/latest/userguide';
const CACHING = `Prompt caching, ${GUIDE}/prompt-caching.html`;
const REASONING =
  'ReasoningTextBlock, https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ReasoningTextBlock.html; ' +
  'replies of 60 models to a replay, earendil-works/pi, packages/ai/test/bedrock-models.test.ts';

const PROBES =
  'requests to the service with its answers, https://github.com/stdapi-ai/stdapi.ai (tests/probes/results)';

const UNIONS = ['allOf', 'anyOf', 'oneOf'];

/** From the general to the specific: if several families match, the later one wins, member by member. */
export const FAMILIES: readonly Family[] = [
  {
    // Only Claude, Nova and Llama 4 accept an image there.
    ids: /^\w/,
    rejects: { resultImages: true },
    source: 'https://github.com/anomalyco/opencode/pull/50272 (2026-09-21)',
  },
  {
    ids: /\b(?:claude-|nova-|llama4-)/,
    rejects: { resultImages: false },
    source: 'https://github.com/anomalyco/opencode/pull/50272 (2026-09-21)',
  },
  {
    ids: /\bclaude-/,
    rejects: {
      errorMedia: true,
      looseToolUseIds: true,
      besideResults: 'documents',
      schemaRoot: UNIONS,
      looseProperties: true,
      prefill: 'trailing-space',
    },
    source:
      'ToolResultContentBlock in the API reference; Messages API of Anthropic; https://github.com/can1357/oh-my-pi/issues/12809; ' +
      'https://github.com/trycua/cua/issues/3303; https://github.com/pydantic/pydantic-ai/pull/6098; https://github.com/aws/aws-sdk-net/pull/4015; ' +
      'https://github.com/decocms/studio/pull/6874 (2026-09-02)',
  },
  {
    ids: /\bclaude-(?:(?:opus|sonnet)-4-[6-9]\b|[a-z]+-[5-9]\b|mythos-)/,
    rejects: { prefill: 'any' },
    source: 'https://github.com/anomalyco/opencode/issues/29760',
  },
  {
    ids: /\bclaude-(?:opus|sonnet)-4-6\b/,
    rejects: { efforts: ['xhigh'] },
    source: 'https://github.com/BerriAI/litellm/pull/27074 (2026-05)',
  },
  {
    // Sources differ on Opus 5 and Fable 5, which accepted `strict` in July and September 2026, and on Sonnet 5. The local
    // Bedrock refuses it for all of them: a client that omits it works either way.
    ids: /\bclaude-(?:opus-4-[7-9]\b|[a-z]+-[5-9]\b|mythos-)/,
    rejects: { strictTools: true, outputFormat: true, thinking: ['enabled'] },
    source:
      'https://github.com/BerriAI/litellm/issues/33193; https://github.com/lobehub/lobehub/issues/19876; ' +
      'https://github.com/ax-llm/ax/issues/667; https://github.com/earendil-works/pi/pull/7081',
  },
  {
    ids: /\bclaude-(?:(?:opus|sonnet)-5-[5-9]|(?:fable|mythos)-|[a-z]+-[6-9]\b)/,
    rejects: { thinking: ['enabled', 'disabled'] },
    source: 'https://github.com/ax-llm/ax/issues/667',
  },
  {
    ids: /\bclaude-(?:[a-z]+-5-[5-9]|(?:fable|mythos)-5-[1-9]|[a-z]+-[6-9])\b/,
    rejects: { movedReasoning: true },
    source: `${GUIDE}/claude-messages-thinking-block-binding.html`,
  },
  {
    ids: /\bclaude-(?:v2|instant|3-5|3-haiku|3-sonnet|3-opus)/,
    rejects: { reasoning: 'any' },
    source: REASONING,
  },
  {
    ids: /\bclaude-(?!v2|instant|3-5|3-haiku|3-sonnet|3-opus)/,
    rejects: { reasoning: 'unsigned' },
    source: REASONING,
  },
  {
    ids: /\bclaude-(?:opus-4-[1-9]\b|(?:sonnet|haiku)-4-[5-9]\b)/,
    rejects: { temperatureWithTopP: true },
    source: `Claude Messages API, ${GUIDE}/model-parameters-anthropic-claude-messages-request-response.html`,
  },
  {
    ids: /\bclaude-(?:opus-4-[7-9]\b|[a-z]+-[5-9]\b|mythos-)/,
    rejects: { inferenceConfig: ['temperature', 'topP'] },
    source: `Claude Opus 4.7, ${GUIDE}/model-card-anthropic-claude-opus-4-7.html`,
  },
  {
    ids: /\bclaude-(?:(?:opus|sonnet)-5-[5-9]|(?:fable|mythos)-5-[1-9]|[a-z]+-[6-9])\b/,
    rejects: { toolChoice: ['any', 'tool'] },
    source: `${PROBES}; https://github.com/567-labs/instructor/issues/2681`,
  },
  {
    ids: /\bnova-/,
    rejects: { cachePoints: 'tools', cacheTtl: true, schemaRoot: ['definitions', '$defs', ...UNIONS] },
    source:
      `${CACHING}; https://github.com/danny-avila/LibreChat/issues/13838; maximhq/bifrost, core/providers/bedrock; ` +
      'https://github.com/zed-industries/zed/issues/28521; https://github.com/pydantic/pydantic-ai/issues/1623',
  },
  {
    ids: /\bnova-(?!2)/,
    rejects: { fields: ['thinking', 'top_k', 'reasoning_effort', 'reasoningConfig'] },
    source: `${PROBES}; https://github.com/UKGovernmentBEIS/inspect_ai/issues/5301 (2026-09-08)`,
  },
  {
    ids: /\bqwen3/,
    rejects: { fields: ['thinking', 'anthropic_beta'] },
    source:
      'https://github.com/BerriAI/litellm/issues/16184 (2025-11-03); https://github.com/BerriAI/litellm/issues/17133 (2025-11-26)',
  },
  {
    ids: /\bmistral-7b-/,
    rejects: { fields: ['thinking', 'reasoning_config', 'reasoning_effort'] },
    source: PROBES,
  },
  {
    ids: /\b(?:nova-2|gpt-oss|minimax|kimi-k2|qwen3-(?!coder))/,
    rejects: { reasoning: 'signed' },
    source: REASONING,
  },
  {
    ids: /\b(?:nova-(?!2)|(?:titan|llama\d|mi[sx]tral|ministral|voxtral|command-r|gemma|nemotron-nano|qwen3-coder|deepseek-r1)-)/,
    rejects: { reasoning: 'any' },
    source: REASONING,
  },
  {
    ids: /\b(?:mi[sx]tral|palmyra|llama\d)/,
    rejects: { besideResults: 'anything' },
    source: 'https://github.com/pydantic/pydantic-ai/pull/6098; pydantic-ai, providers/bedrock.py',
  },
  {
    ids: /\bclaude-(?!sonnet-4-6)/,
    rejects: { behindUses: true },
    source:
      'https://github.com/BerriAI/litellm/issues/24361 (2026-03-22); https://github.com/NousResearch/hermes-agent/issues/108200 (2026-09-11)',
  },
  {
    ids: /\bllama\d/,
    rejects: { besideUses: true },
    source: 'https://github.com/quarkiverse/quarkus-langchain4j/issues/1983 (2025-11-28)',
  },
  {
    ids: /\bmistral-/,
    rejects: { toolUseIdsBelow: 9 },
    source: 'https://github.com/anomalyco/opencode/pull/48843 (2026-09-13)',
  },
  {
    ids: /\b(?:nova|nemotron)-/,
    rejects: { emptyResults: true },
    source:
      'https://github.com/strands-agents/harness-sdk/issues/2122 (2026-04-14); https://github.com/stdapi-ai/stdapi.ai/issues/226 (2026-09-10)',
  },
  { ids: /\bpalmyra-/, rejects: { resultStatus: true }, source: 'pydantic-ai, providers/bedrock.py' },
  {
    ids: /\b(?:gpt-5-[6-9]|gpt-[6-9]|grok-4-[6-9]|kimi-k[3-9])\b/,
    rejects: { inferenceConfig: ['temperature', 'topP', 'stopSequences'], cachePoints: 'anywhere' },
    source: `${CACHING}; https://github.com/NousResearch/hermes-agent/pull/110046; ${PROBES}`,
  },
  {
    ids: /\b(?:gpt-[5-9]|grok-|kimi-)/,
    rejects: { maxTokensBelow: 16 },
    source:
      'https://github.com/BerriAI/litellm/pull/42332 (2026-09-21); https://github.com/BerriAI/litellm/pull/42470 (2026-09-22)',
  },
  {
    ids: /\bkimi-k[3-9]\b/,
    rejects: { reasoning: 'any', cachePoints: 'messages' },
    source: PROBES,
  },
  {
    ids: /\b(?:kimi-k2|mistral-large-3|ministral-3|magistral|devstral|voxtral|nemotron|(?:gpt-oss|qwen3|deepseek-v3|minimax|glm|gemma)-)/,
    rejects: { inferenceConfig: ['stopSequences'], cachePoints: 'anywhere' },
    source: `${CACHING}; https://github.com/langgenius/dify-official-plugins/issues/1767; https://github.com/crewAIInc/crewAI/issues/3317`,
  },
  {
    ids: /\b(?:llama3|llama4|mistral|mixtral|ministral|pixtral|command-r|jamba|titan|palmyra|deepseek-r1)-/,
    rejects: { cachePoints: 'anywhere' },
    source: CACHING,
  },
  {
    ids: /\b(?:gpt-oss|qwen3|deepseek-v3|minimax|glm|gemma|kimi|nemotron|palmyra|llama3|llama4|mistral|mixtral|ministral|pixtral|command-r|jamba|titan|deepseek-r1)-/,
    rejects: { redactedReasoning: true },
    source: REASONING,
  },
  {
    ids: /\bllama(?:3-[13]|3-2-\d\d|4)-/,
    rejects: { toolChoice: ['any', 'tool'] },
    source: 'langchain-aws 1.7.3',
  },
  {
    ids: /\b(?:titan-text|mistral-7b|mixtral)-/,
    rejects: { system: true },
    source: `${PROBES} of Mistral, 2026-08-01; https://github.com/Mintplex-Labs/anything-llm/issues/2486 (Titan, 2024-10-16)`,
  },
  {
    ids: /\b(?:titan-text|mistral-7b|mixtral|deepseek-r1|llama3-(?:\d+b|2-[13]b))-/,
    rejects: { tools: true },
    source:
      `${PROBES} of Mistral, DeepSeek and Llama 3, 2026-08-01; https://github.com/epam/ai-dial-adapter-bedrock/issues/181 (Llama 3.2, 2024-11-13); ` +
      `"Tool use", ${GUIDE}/conversation-inference-supported-models-features.html`,
  },
  {
    // When we read the page, it did not have Llama 3.3 and Pixtral yet, which behave like their predecessors.
    ids: /\b(?:llama3-[123]|llama4|mistral-large-2|mistral-small-2|pixtral)/,
    rejects: { streamedTools: true },
    source:
      'https://github.com/earendil-works/pi/issues/3739 (2026-04-26); https://github.com/vercel-labs/fx/issues/900 (2026-09-16); ' +
      `"Streaming tool use", ${GUIDE}/conversation-inference-supported-models-features.html`,
  },
  {
    ids: /\b(?:gpt-6|kimi-k[3-9]|qwen3|mistral-large-3|nova-micro|llama3-2-[13]b)\b/,
    rejects: { documents: true },
    source:
      'https://github.com/aws-samples/amazon-bedrock-client-for-mac/issues/137 (2026-09-18); ' +
      `${PROBES}; "Document chat", ${GUIDE}/conversation-inference-supported-models-features.html`,
  },
  { ids: /\bmistral-large-2/, rejects: { toolChoice: ['tool'] }, source: 'langchain-aws 1.7.3' },
];

/** Finds what a model rejects, by its id: everything that the families it belongs to reject. */
export function findRejections(modelId: string): Rejections {
  const words = modelId.toLowerCase().replace(/[\s_.:]+/g, '-');
  const found = FAMILIES.filter(({ ids }) => ids.test(words)).map(({ rejects }) => rejects);
  return Object.assign({}, ...found) as Rejections;
}
