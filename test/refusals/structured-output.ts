import type { Refusal } from './refusal.js';

const messages = [{ role: 'user', content: [{ text: 'Hi' }] }];
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const limited = {
  type: 'object',
  additionalProperties: false,
  properties: { rating: { type: 'integer', minimum: 1, maximum: 5, description: 'How good it is' } },
  required: ['rating'],
};
const refused = {
  message: 'The model returned the following errors: output_config.format: Extra inputs are not permitted',
  source: 'https://github.com/ax-llm/ax/issues/667, https://github.com/anthropics/claude-code/issues/63620',
  read: '2026-11-28',
  // Without the format, the program that asked for it would get prose.
  client: 'cannot help',
} as const;

export const OUTPUT_REFUSALS: readonly Refusal[] = [
  {
    what: 'an output format',
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
    what: "an output format in Claude's own field",
    modelId: 'anthropic.claude-opus-4-7',
    body: {
      messages,
      additionalModelRequestFields: { output_config: { format: { type: 'json_schema', schema } } },
    },
    ...refused,
  },
  {
    what: 'limits of a number in an output format',
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    body: {
      messages,
      additionalModelRequestFields: {
        output_config: { format: { type: 'json_schema', schema: limited } },
      },
    },
    message:
      "The model returned the following errors: output_config.format.schema: For 'integer' type, properties maximum, minimum are not supported",
    source:
      'https://github.com/AgentToolkit/altk-boost/issues/118, https://github.com/gaiin-platform/amplify-genai-backend/issues/383',
    read: '2026-11-29',
    client: 'repairs',
  },
  {
    what: 'the number of items in an output format',
    modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: {
      messages,
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: {
            jsonSchema: {
              schema: JSON.stringify({
                type: 'object',
                additionalProperties: false,
                properties: { maximum: { type: 'array', items: { type: 'string' }, maxItems: 3 } },
              }),
            },
          },
        },
      },
    },
    message:
      "The model returned the following errors: output_config.format.schema: For 'array' type, property 'maxItems' is not supported",
    source:
      'https://github.com/vercel/ai/pull/17597, https://github.com/BerriAI/litellm/pull/29624 (the rule)',
    read: '2026-11-29',
    client: 'repairs',
  },
  {
    what: 'objects of an output format that may have other members',
    modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: {
      messages,
      outputConfig: {
        textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema) } } },
      },
    },
    message:
      "The model returned the following errors: output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    source:
      'https://github.com/future-agi/future-agi/pull/412, https://github.com/langchain-ai/langchain-aws/pull/884 (the rule)',
    read: '2026-11-29',
    client: 'repairs',
  },
];
