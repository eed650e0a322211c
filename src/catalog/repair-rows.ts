import type { ModelQuirks } from '../types/model-quirks.js';
import { familyWords } from './family.js';
import { type QuirkRow, row } from './quirk-row.js';

/** Member of `anthropic_beta` with which `thinking.block_binding` is accepted. */
export const BINDING_BETA = 'thinking-binding-controls-2026-08-01';

const ANY_CHOICE = ['auto', 'any', 'tool'] as const;

let known: readonly QuirkRow[] | undefined;

/**
 * What request repair has to know of models. These rows are apart from the rest of the table, because every page that
 * streams an answer loads them.
 */
export function repairRows(): readonly QuirkRow[] {
  known ??= [
    row(
      /\bclaude-/,
      {
        toolChoice: ANY_CHOICE,
        strictTools: false,
        schemaRoot: 'noUnion',
        toolResultImages: true,
        errorResultTextOnly: true,
        resultsAlone: 'documents',
      },
      'api:ToolChoice api:ToolResultContentBlock guide:structured-output can1357/oh-my-pi#12809 trycua/cua#3303 pydantic/pydantic-ai#6098',
      '2026-09-22',
    ),
    row(
      /\bclaude-(?:(?:opus|sonnet|haiku)-4-5|(?:opus|sonnet)-4-6)\b/,
      { strictTools: true },
      'guide:structured-output BerriAI/litellm#33193',
      '2026-08-22',
    ),
    row(
      /\bclaude-(?:3-7|(?:opus|sonnet|haiku)-4(?!-8))\b/,
      { toolChoiceWhileThinking: ['auto'] },
      'guide:claude-messages-extended-thinking langchain-ai/langchain-aws#1141',
      '2026-07-02',
    ),
    row(
      /\bclaude-(?:(?:opus|sonnet)-4-[6-9]\b|[a-z]+-[5-9]\b|mythos-)/,
      { prefill: false },
      'anomalyco/opencode#29760',
      '2026-05-28',
    ),
    // Bedrock accepts `strict` some months after a model's launch: by September 2026 for Opus 5 and Fable 5, not for Sonnet 5
    // or later models. A request without it is never rejected.
    row(
      /\bclaude-(?:opus-4-[7-9]\b|[a-z]+-[5-9]\b|mythos-)/,
      { strictTools: false },
      'ai-sdk BerriAI/litellm#33193 lobehub/lobehub#19876',
      '2026-09-23',
    ),
    row(
      /\bclaude-(?:(?:opus|sonnet)-5-[5-9]|(?:fable|mythos)-5-[1-9]|[a-z]+-[6-9])\b/,
      { toolChoice: ['auto'] },
      'run-llama/llama_index#23207 probes ai-sdk',
      '2026-09-29',
    ),
    row(
      /\bnova-/,
      { toolChoice: ANY_CHOICE, toolResultImages: true, schemaRoot: 'bare' },
      'api:ToolChoice api:ToolResultContentBlock nova:userguide/tool-use-definition zed-industries/zed#28521',
      '2026-11-28',
    ),
    row(
      /\b(?:gpt-\d|grok|kimi|qwen3|gemma|pixtral|mistral-large-3|ministral)/,
      { toolResultImages: false },
      'api:ToolResultContentBlock anomalyco/opencode#50272 pydantic',
      '2026-09-21',
    ),
    // AWS's page of 2025 lists Nova Micro and Llama 3.2 1b and 3b; GPT-6 has refused PDF and text.
    row(
      /\b(?:gpt-6|kimi-k[3-9]|qwen3|mistral-large-3|nova-micro|llama3-2-[13]b)\b/,
      { documents: false },
      'aws-samples/amazon-bedrock-client-for-mac#137 probes pydantic guide:conversation-inference-supported-models-features',
      '2026-09-18',
    ),
    row(/\bgpt-\d/, { toolResultDocuments: false }, 'api:ToolResultContentBlock', '2026-11-26'),
    row(
      /\b(?:kimi|qwen3|deepseek-v3|minimax|glm|gemma|nemotron|mistral-large-3|ministral-3|magistral|devstral|voxtral)\b/,
      { toolChoice: ANY_CHOICE },
      'probes notebooks',
      '2026-09-22',
    ),
    row(
      /\b(?:qwen3|deepseek-v3|minimax|glm|gemma-3-(?:12|27)b|kimi-k2|nemotron-nano|mistral-large-3|ministral-3|magistral|voxtral)\b/,
      { strictTools: true },
      'guide:structured-output pydantic probes',
      '2026-08-22',
    ),
    row(/\bllama(?:3-[123]|4)-/, { toolChoice: ['auto'] }, 'langchain', '2026-08-20'),
    row(/\bllama4-/, { toolResultImages: true }, 'anomalyco/opencode#50272 pydantic', '2026-09-21'),
    row(/\bmistral-large-2/, { toolChoice: ['auto', 'any'] }, 'langchain', '2026-08-20'),
    row(
      /\b(?:mi[sx]tral|palmyra|llama\d)/,
      { resultsAlone: true },
      'pydantic/pydantic-ai#6098',
      '2026-06-27',
    ),
    row(/\bllama\d/, { usesAlone: true }, 'quarkiverse/quarkus-langchain4j#1983', '2026-11-29'),
    row(
      /\b(?:gpt-oss|qwen3|deepseek|minimax|glm|gemma|kimi|nemotron|palmyra|llama\d|mi[sx]tral|command-r|jamba|titan)/,
      { redactedReasoning: false },
      'probes notebooks',
      '2026-11-26',
    ),
    row(/\bpalmyra-/, { resultStatus: false }, 'pydantic', '2026-08-22'),
    row(/\bmistral-/, { toolUseIdLength: 9 }, 'anomalyco/opencode#48843 ai-sdk', '2026-09-29'),
    row(/\b(?:deepseek-r1-|mistral-large-3\b)/, { prefill: false }, 'probes', '2026-08-01'),
  ];
  return known;
}

/** What request repair needs to know of a model. A defined member of `overrides` wins. */
export function repairQuirks(model: string, overrides: ModelQuirks = {}): ModelQuirks {
  const words = familyWords(model);
  const rows = repairRows().filter(({ family }) => family.test(words));
  const own = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return Object.assign({}, ...rows.map(({ quirks }) => quirks), Object.fromEntries(own));
}
