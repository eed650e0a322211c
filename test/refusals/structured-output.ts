import type { Refusal } from './refusal.js';

const messages = [{ role: 'user', content: [{ text: 'Hi' }] }];
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const refused = {
  message: 'The model returned the following errors: output_config.format: Extra inputs are not permitted',
  source: 'https://github.com/ax-llm/ax/issues/667, https://github.com/anthropics/claude-code/issues/63620',
  read: '2026-11-28',
  // Without the format, the program that asked for it would get prose.
  client: 'cannot help',
} as const;

export const OUTPUT_REFUSALS: readonly Refusal[] = [
  {
    what: 'a format of the answer',
    modelId: 'anthropic.claude-opus-5',
    body: {
      messages,
      outputConfig: {
        textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema) } } },
      },
    },
    ...refused,
  },
  {
    what: "a format of the answer in Claude's own field",
    modelId: 'anthropic.claude-opus-4-7',
    body: {
      messages,
      additionalModelRequestFields: { output_config: { format: { type: 'json_schema', schema } } },
    },
    ...refused,
  },
];
