import { type QuirkRow, row } from './quirk-row.js';
import { claudeRows } from './quirks-claude.js';
import { sourcedRepairRows } from './repair-sources.js';

/** From the general to the particular: where several rows fit, the later one wins, member by member. */
export function quirkRows(): readonly QuirkRow[] {
  known ??= [...claudeRows(), ...otherRows(), ...sourcedRepairRows()];
  return known;
}

let known: readonly QuirkRow[] | undefined;

/** Made on demand: the expressions would take a third of a millisecond of every import. */
function otherRows(): QuirkRow[] {
  return [
    row(
      /\bnova-/,
      { cachePoints: ['system', 'messages'], cacheTtls: [] },
      'guide:prompt-caching bifrost',
      '2026-11-28',
    ),
    row(
      /\bnova-2-/,
      {
        thinking: 'effort',
        effortField: 'reasoningConfig.maxReasoningEffort',
        efforts: ['low', 'medium', 'high'],
      },
      'nova:nova2-userguide/extended-thinking',
      '2026-11-26',
    ),
    row(/\bnova-(?:micro|lite|pro|premier)\b/, { thinking: 'none' }, 'langchain', '2026-08-20'),
    row(
      /\bgpt-\d/,
      {
        thinking: 'effort',
        thinkingOff: 'none',
        effortField: 'reasoning.effort',
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        redactedReasoning: true,
      },
      'pi anomalyco/opencode#48195',
      '2026-11-20',
    ),
    // Sources differ on Astra; the maker rejects `none` for 6.2.
    row(/\bgpt-6-(?:astra|[2-9])\b/, { thinkingOff: 'impossible' }, 'anomalyco/opencode#48195', '2026-11-19'),
    row(
      /\b(?:gpt-5-[6-9]|gpt-[6-9]|grok-4-[6-9]|kimi-k[3-9])\b/,
      { rejects: ['temperature', 'topP', 'stopSequences'], cachePoints: [] },
      'guide:prompt-caching NousResearch/hermes-agent#111438 probes',
      '2026-09-22',
    ),
    // The efforts are those of the Responses API.
    row(
      /\bgrok-4-[6-9]\b/,
      {
        thinking: 'effort',
        thinksByDefault: true,
        thinkingOff: 'none',
        effortField: 'reasoning.effort',
        efforts: ['low', 'medium', 'high', 'xhigh'],
        redactedReasoning: true,
      },
      'notebooks',
      '2026-08-22',
    ),
    // Its reasoning is encrypted for one region, and its card advises against sending it again.
    row(
      /\bkimi-k[3-9]\b/,
      {
        thinking: 'effort',
        thinksByDefault: true,
        thinkingOff: 'none',
        effortField: 'reasoning.effort',
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        outputFormat: true,
      },
      'probes stdapi-ai/stdapi.ai#282',
      '2026-09-22',
    ),
    // Open weights behind one engine: it accepts the efforts low and medium too, but they change nothing.
    row(
      /\b(?:qwen3|deepseek-v3|minimax|glm|gemma|kimi-k2|nemotron|mistral-large-3|ministral-3|magistral|devstral|voxtral)\b/,
      { rejects: ['stopSequences'], cachePoints: [] },
      'probes notebooks guide:prompt-caching',
      '2026-08-22',
    ),
    row(
      /\b(?:qwen3|deepseek-v3|minimax|glm|gemma-3-(?:12|27)b|kimi-k2|nemotron-nano|mistral-large-3|ministral-3|magistral|voxtral)\b/,
      { outputFormat: true },
      'guide:structured-output pydantic probes',
      '2026-08-22',
    ),
    row(
      /\b(?:qwen3-32b|deepseek-v3|glm-4|glm-5(?!-[3-9])|kimi-k2-[5-9]|nemotron-super)\b/,
      {
        thinking: 'effort',
        effortField: 'reasoning_effort',
        efforts: ['high'],
      },
      'probes notebooks',
      '2026-08-22',
    ),
    row(
      /\b(?:minimax|kimi-k2-thinking|glm-5-[3-9])\b/,
      { thinking: 'always' },
      'notebooks mnfst/modelparams.dev#301',
      '2026-08-22',
    ),
    row(
      /\b(?:qwen3-(?:coder|vl|next|235b)|gemma-3|nemotron-nano-(?:9|12)b|mistral-large-3|ministral-3|devstral|voxtral)\b/,
      { thinking: 'none' },
      'pi',
      '2026-11-20',
    ),
    row(
      /\bgpt-oss-/,
      {
        thinking: 'effort',
        thinksByDefault: true,
        thinkingOff: 'impossible',
        effortField: 'reasoning_effort',
        efforts: ['low', 'medium', 'high'],
        rejects: ['stopSequences'],
        cachePoints: [],
      },
      'pi guide:prompt-caching ai-sdk pydantic',
      '2026-11-20',
    ),
    row(
      /\b(?:llama\d|mistral-(?:7b|small|large-2)|mixtral|pixtral|command-r|jamba|titan|palmyra|deepseek-r1)/,
      { cachePoints: [] },
      'guide:prompt-caching notebooks',
      '2026-11-26',
    ),
    row(
      /\b(?:llama\d|mistral-(?:7b|small|large-2)|mixtral|pixtral|command-r|jamba|titan)/,
      { thinking: 'none' },
      'guide:prompt-caching',
      '2026-11-26',
    ),
    row(
      /\bdeepseek-r1-/,
      { thinking: 'always', outputFormat: false },
      'guide:model-parameters-deepseek probes',
      '2026-08-01',
    ),
    row(
      /\b(?:deepseek-r1|titan-text|palmyra-vision|mistral-7b|mixtral|llama3-(?:\d+b|2-[13]b))\b/,
      { tools: false },
      'probes notebooks guide:conversation-inference-supported-models-features',
      '2026-08-22',
    ),
  ];
}
