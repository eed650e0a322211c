import { type QuirkRow, row } from './quirk-row.js';
import { BINDING_BETA } from './repair-rows.js';

/** Rows for Anthropic's models. A model that is newer than all of them is taken for the newest. */
export function claudeRows(): QuirkRow[] {
  return [
    row(
      /\bclaude-/,
      {
        outputFormat: false,
      },
      'guide:structured-output',
      '2026-08-22',
    ),
    row(
      /\bclaude-(?:3-7|(?:opus|sonnet|haiku)-4|[a-z]+-[5-9])\b/,
      {
        thinking: 'budget',
        redactedReasoning: true,
        cachePoints: ['system', 'messages', 'tools'],
        cacheTtls: ['5m'],
      },
      'guide:claude-messages-extended-thinking guide:prompt-caching',
      '2026-11-26',
    ),
    row(
      /\bclaude-3-5-haiku\b/,
      { cachePoints: ['system', 'messages', 'tools'], cacheTtls: ['5m'] },
      'guide:prompt-caching',
      '2026-11-26',
    ),
    row(
      /\bclaude-(?:opus|sonnet|haiku)-4\b/,
      { interleavedBeta: 'interleaved-thinking-2025-05-14' },
      'guide:claude-messages-extended-thinking',
      '2026-11-26',
    ),
    row(
      /\bclaude-(?:opus-4-[1-9]\b(?!\d)|(?:sonnet|haiku)-4-[5-9]\b)/,
      { temperatureOrTopP: true },
      'guide:model-parameters-anthropic-claude-messages-request-response',
      '2026-11-26',
    ),
    row(
      /\bclaude-(?:(?:opus|sonnet|haiku)-4-[5-9]\b|[a-z]+-[5-9]\b)/,
      { cacheTtls: ['5m', '1h'] },
      'guide:prompt-caching',
      '2026-11-26',
    ),
    // Frankfurt rejected some of these in September 2026.
    row(
      /\bclaude-(?:3-[57]|(?:opus|sonnet|haiku)-4(?!-[78]))\b/,
      { countTokens: true },
      'api:CountTokens notebooks',
      '2026-08-22',
    ),
    row(
      /\bclaude-(?:(?:opus|sonnet|haiku)-4-5|(?:opus|sonnet)-4-6)\b/,
      { outputFormat: true },
      'guide:structured-output',
      '2026-08-22',
    ),
    // Accounts differ for the first one, and the second one sometimes disregards the format.
    row(/\bclaude-(?:haiku-4-5|sonnet-4-6)\b/, { outputFormat: undefined }, 'ai-sdk', '2026-09-29'),
    row(
      /\bclaude-(?:(?:opus|sonnet)-4-[6-9]\b|[a-z]+-[5-9]\b|mythos-)/,
      {
        thinking: 'adaptive',
        effortField: 'output_config.effort',
        efforts: ['low', 'medium', 'high', 'max'],
        interleavedBeta: '',
        redactedReasoning: true,
      },
      'guide:claude-messages-adaptive-thinking pi',
      '2026-11-20',
    ),
    row(
      /\bclaude-(?:opus-4-[7-9]\b|[a-z]+-[5-9]\b|mythos-)/,
      {
        rejects: ['temperature', 'topP'],
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        budgetThinking: false,
        bindingBeta: BINDING_BETA,
        outputFormat: false,
      },
      'guide:model-card-anthropic-claude-opus-4-7 guide:claude-messages-thinking-block-binding pi ai-sdk ax-llm/ax#667',
      '2026-11-20',
    ),
    row(
      /\bclaude-(?:opus|sonnet|fable|mythos)-[5-9]\b/,
      { thinksByDefault: true, thinkingOff: 'disabled' },
      'langchain-ai/langchain-aws#1186',
      '2026-07-28',
    ),
    row(
      /\bclaude-(?:opus-5-[5-9]|(?:fable|mythos)-|[a-z]+-[6-9]\b)/,
      { thinksByDefault: true, thinkingOff: 'impossible' },
      'guide:claude-messages-adaptive-thinking ax-llm/ax#667',
      '2026-09-29',
    ),
    row(/\bclaude-sonnet-5-[5-9]\b/, { thinkingOff: 'between_tools' }, 'probes', '2026-09-29'),
    row(
      /\bclaude-(?:[a-z]+-5-[5-9]|(?:fable|mythos)-5-[1-9]|[a-z]+-[6-9])\b/,
      { boundReasoning: true },
      'guide:claude-messages-thinking-block-binding claude',
      '2026-11-28',
    ),
  ];
}
