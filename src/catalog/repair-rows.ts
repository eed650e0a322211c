import type { ModelQuirks } from '../types/model-quirks.js';
import { familyWords } from './family.js';

/** Member of `anthropic_beta` with which `thinking.block_binding` is accepted. */
export const BINDING_BETA = 'thinking-binding-controls-2026-08-01';

const ANY_CHOICE = ['auto', 'any', 'tool'] as const;

/** A pattern that finds a family in the `familyWords()` of a model, and the quirks of that family. */
type RepairRow = readonly [family: RegExp, quirks: ModelQuirks];

let known: ReturnType<typeof makeRows> | undefined;

/**
 * What request repair has to know of models. These rows are apart from the rest of the table, because every page that
 * streams an answer loads them; their sources are in `repair-sources`, because no page needs them.
 */
export function repairRows(): Readonly<Record<RepairFamily, RepairRow>> {
  known ??= makeRows();
  return known;
}

/** The name of a row. */
export type RepairFamily = keyof ReturnType<typeof makeRows>;

const makeRows = () =>
  ({
    claude: [
      /\bclaude-/,
      {
        toolChoice: ANY_CHOICE,
        strictTools: false,
        schemaRoot: 'noUnion',
        toolResultImages: true,
        errorResultTextOnly: true,
        resultsAlone: 'documents',
      },
    ],
    claudeStrict: [/\bclaude-(?:(?:opus|sonnet|haiku)-4-5|(?:opus|sonnet)-4-6)\b/, { strictTools: true }],
    claudeThinking: [
      /\bclaude-(?:3-7|(?:opus|sonnet|haiku)-4(?!-8))\b/,
      { toolChoiceWhileThinking: ['auto'] },
    ],
    claudePrefill: [/\bclaude-(?:(?:opus|sonnet)-4-[6-9]\b|[a-z]+-[5-9]\b|mythos-)/, { prefill: false }],
    // Bedrock accepts `strict` some months after a model's launch: by September 2026 for Opus 5 and Fable 5, not for Sonnet 5
    // or later models. A request without it is never rejected.
    claudeUnstrict: [/\bclaude-(?:opus-4-[7-9]\b|[a-z]+-[5-9]\b|mythos-)/, { strictTools: false }],
    claudeChoice: [
      /\bclaude-(?:(?:opus|sonnet)-5-[5-9]|(?:fable|mythos)-5-[1-9]|[a-z]+-[6-9])\b/,
      { toolChoice: ['auto'] },
    ],
    nova: [/\bnova-/, { toolChoice: ANY_CHOICE, toolResultImages: true, schemaRoot: 'bare' }],
    images: [
      /\b(?:gpt-\d|grok|kimi|qwen3|gemma|pixtral|mistral-large-3|ministral)/,
      { toolResultImages: false },
    ],
    // AWS's page of 2025 lists Nova Micro and Llama 3.2 1b and 3b; GPT-6 has refused PDF and text.
    documents: [
      /\b(?:gpt-6|kimi-k[3-9]|qwen3|mistral-large-3|nova-micro|llama3-2-[13]b)\b/,
      { documents: false },
    ],
    gpt: [/\bgpt-\d/, { toolResultDocuments: false }],
    choice: [
      /\b(?:kimi|qwen3|deepseek-v3|minimax|glm|gemma|nemotron|mistral-large-3|ministral-3|magistral|devstral|voxtral)\b/,
      { toolChoice: ANY_CHOICE },
    ],
    strict: [
      /\b(?:qwen3|deepseek-v3|minimax|glm|gemma-3-(?:12|27)b|kimi-k2|nemotron-nano|mistral-large-3|ministral-3|magistral|voxtral)\b/,
      { strictTools: true },
    ],
    llama: [/\bllama(?:3-[13]|3-2-\d\d|4)-/, { toolChoice: ['auto'] }],
    llama4: [/\bllama4-/, { toolResultImages: true }],
    mistralLarge: [/\bmistral-large-2/, { toolChoice: ['auto', 'any'] }],
    alone: [/\b(?:mi[sx]tral|palmyra|llama\d)/, { resultsAlone: true }],
    llamaUses: [/\bllama\d/, { usesAlone: true }],
    redacted: [
      /\b(?:gpt-oss|qwen3|deepseek|minimax|glm|gemma|kimi|nemotron|palmyra|llama\d|mi[sx]tral|command-r|jamba|titan)/,
      { redactedReasoning: false },
    ],
    emptyResults: [/\b(?:nova|nemotron)-/, { emptyResults: false }],
    palmyra: [/\bpalmyra-/, { resultStatus: false }],
    mistral: [/\bmistral-/, { toolUseIdLength: 9 }],
    prefill: [/\b(?:deepseek-r1-|mistral-large-3\b)/, { prefill: false }],
  }) satisfies Record<string, RepairRow>;

/** What request repair needs to know of a model. A defined member of `overrides` wins. */
export function repairQuirks(model: string, overrides: ModelQuirks = {}): ModelQuirks {
  const words = familyWords(model);
  const rows = Object.values(repairRows()).filter(([family]) => family.test(words));
  const own = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return Object.assign({}, ...rows.map(([, quirks]) => quirks), Object.fromEntries(own));
}
