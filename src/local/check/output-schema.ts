import { ownMember } from '../../members/own-member.js';
import { parseJson } from '../parse-json.js';
import type { ConverseBody } from './request-shape.js';
import type { Json } from './shape.js';
import { modelError } from './wording.js';

const NUMBER = ['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum', 'multipleOf'];

/**
 * What Claude's output formats do not support, by type. Only the sentence about numbers is recorded:
 * https://github.com/AgentToolkit/altk-boost/issues/118, https://github.com/gaiin-platform/amplify-genai-backend/issues/383. That
 * the others are rejected: https://github.com/BerriAI/litellm/pull/29624, https://github.com/vercel/ai/pull/17597 (2026-11-29).
 * The sentence about objects: https://github.com/future-agi/future-agi/pull/412 (2026-11-29).
 */
const REJECTED: Readonly<Record<string, readonly string[]>> = {
  integer: NUMBER,
  number: NUMBER,
  string: ['maxLength', 'minLength'],
  array: ['maxItems'],
};

/** Checks the schema of Claude's output format, in either place. */
export function checkOutputSchema({
  outputConfig,
  additionalModelRequestFields: fields,
}: ConverseBody): void {
  const format = (fields?.['output_config'] as Json | undefined)?.['format'] as Json | undefined;
  const text = outputConfig?.textFormat?.structure?.jsonSchema?.schema;
  checkSchema(format?.['schema']);
  if (text !== undefined) checkSchema(parse(text));
}

function checkSchema(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { type, minItems } = schema as Json;
  const found = (ownMember(REJECTED, String(type)) ?? []).filter((name) => Object.hasOwn(schema, name));
  if (type === 'array' && typeof minItems === 'number' && minItems > 1) found.push('minItems');
  if (found.length > 0) {
    const properties =
      found.length === 1 ? `property '${found[0]}' is` : `properties ${found.join(', ')} are`;
    throw modelError(`output_config.format.schema: For '${type}' type, ${properties} not supported`);
  }
  if (type === 'object' && (schema as Json)['additionalProperties'] !== false)
    throw modelError(
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    );
  for (const [name, part] of Object.entries(schema)) {
    // The members of these are schemas, whatever their names.
    if (/^(?:properties|\$defs|definitions)$/.test(name)) Object.values(part ?? {}).forEach(checkSchema);
    else if (/^(?:items|prefixItems|anyOf|allOf|oneOf|additionalProperties)$/.test(name)) {
      [part].flat().forEach(checkSchema);
    }
  }
}

/** Skips a schema that is not JSON, because no refusal of one has been recorded. */
function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
