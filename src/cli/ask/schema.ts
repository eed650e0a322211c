import type { ConverseStreamRequest } from '../../index.js';
import { modelQuirks } from '../../index.js';
import { readJson } from '../local-files.js';

type Shape = Pick<ConverseStreamRequest, 'outputConfig' | 'toolConfig'>;

const NAME = 'answer';

/** Reads a JSON Schema for the answer. */
export async function readSchema(path: string): Promise<object> {
  const json = await readJson('schema', path, 'Pass a file with a JSON Schema.');
  if ((json as { type?: unknown } | null)?.type === 'object') return json as object;
  throw new Error(`The schema ${path} is not a JSON Schema of an object. Pass one with "type": "object".`);
}

/**
 * The part of a request that makes the model answer in JSON of this shape: a format of the answer if the model has one,
 * otherwise a tool that it has to call.
 */
export function requireShape(schema: object, modelId: string): Shape {
  const { outputFormat, toolChoice = ['auto', 'any', 'tool'] } = modelQuirks(modelId);
  if (outputFormat === true) {
    const jsonSchema = { name: NAME, schema: JSON.stringify(schema) };
    return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
  }
  const description = 'Gives the answer to the user.';
  const tools = [{ toolSpec: { name: NAME, description, inputSchema: { json: schema } } }];
  if (toolChoice.includes('tool')) return { toolConfig: { tools, toolChoice: { tool: { name: NAME } } } };
  if (toolChoice.includes('any')) return { toolConfig: { tools, toolChoice: { any: {} } } };
  return { toolConfig: { tools } };
}
