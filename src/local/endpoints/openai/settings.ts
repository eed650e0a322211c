import { findRejections } from '../../check/quirks.js';
import type { Json } from '../../check/shape.js';
import { asText } from '../../invoke/as-text.js';
import { definedOf, inferenceConfig, samplingFields } from '../../invoke/family.js';
import { invalidParameter } from '../failure.js';
import { listOf, objectOf, stringOf } from './content.js';
import { joinTurns, type KnownTool, type ToolSet, type Turn } from './tools.js';

/** A request of OpenAI's protocols as a body of Converse. */
export interface OpenAiRequest {
  body: Json;
  /** What the client calls its tools, by the name in the body. */
  tools: ReadonlyMap<string, KnownTool>;
}

/** What both protocols say, each in its own way. */
interface Parts {
  system: readonly Json[];
  turns: readonly Turn[];
  tools: ToolSet;
  maxTokens: number | undefined;
  effort: unknown;
  /** The schema that the answer must have. */
  format: unknown;
}

/** Puts a body of Converse together. */
export function buildBody(json: Json, modelId: string, parts: Parts): OpenAiRequest {
  checkSampling(json, modelId);
  const { system, turns, tools, maxTokens, effort, format } = parts;
  const stops = json['stop'] === undefined || json['stop'] === null ? [] : [json['stop']].flat();
  const schema = format === undefined ? undefined : JSON.stringify(format);
  const wantsReasoning = typeof effort === 'string' && effort !== 'none';
  const fields = { ...samplingFields(json), ...(wantsReasoning && { reasoning_effort: effort }) };
  return {
    tools: tools.known,
    body: definedOf({
      messages: joinTurns(turns),
      system: system.length === 0 ? undefined : system,
      toolConfig: tools.toolConfig,
      inferenceConfig: inferenceConfig(
        maxTokens,
        stops.map((stop) => stringOf(stop, 'stop')),
      ),
      additionalModelRequestFields: Object.keys(fields).length === 0 ? undefined : fields,
      outputConfig: schema && { textFormat: { structure: { jsonSchema: { schema } } } },
    }),
  };
}

/** Reads a limit of tokens. */
export function readLimit(json: Json, name: string, min = 1): number | undefined {
  const value = json[name];
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value)) {
    throw invalidParameter(
      `Invalid type for '${name}': expected an integer, but got ${asText(value)} instead.`,
      name,
    );
  }
  if ((value as number) >= min) return value as number;
  throw invalidParameter(
    `Invalid '${name}': integer below minimum value. Expected a value >= ${min}, but got ${value} instead.`,
    name,
  );
}

/** Reads the format of the answer: its schema, that of any object, or undefined for text. */
export function readFormat({ type, name, schema }: Json, path: string): unknown {
  if (type === 'json_object') return { type: 'object' };
  if (type !== 'json_schema') return undefined;
  const named = stringOf(name, `${path}.name`);
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(named)) {
    throw invalidParameter(
      `Invalid '${path}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${path}.name`,
    );
  }
  return objectOf(schema ?? {}, `${path}.schema`);
}

/**
 * Refuses settings that a model that reasons lacks. The sentence about temperature was recorded at bedrock-mantle (public projects,
 * 2026-08); a value of 1, which changes nothing, is accepted.
 */
function checkSampling(json: Json, modelId: string): void {
  if (findRejections(modelId).inferenceConfig?.includes('temperature') !== true) return;
  for (const name of ['temperature', 'top_p'] as const) {
    const value = json[name] ?? 1;
    if (value === 1) continue;
    throw invalidParameter(
      `Unsupported value: '${name}' does not support ${asText(value)} with this model. Only the default (1) value is supported.`,
      name,
    );
  }
  if (listOf([json['stop'] ?? []].flat(), 'stop').length > 0) {
    throw invalidParameter("Unsupported parameter: 'stop' is not supported with this model.", 'stop');
  }
}
