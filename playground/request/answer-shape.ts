import type { ConverseStreamRequest, ModelQuirks } from 'bedrock-anywhere';

/** The tool that a model without a format for answers has to call. */
export const ANSWER_TOOL = 'answer';

type Shape = Pick<ConverseStreamRequest, 'outputConfig' | 'toolConfig'>;

/** Makes the model answer in JSON of this shape: by its own format for answers, or by a tool that it has to call. */
export function requireShape(schema: object, quirks: ModelQuirks): Shape {
  const { outputFormat, toolChoice = ['auto', 'any', 'tool'] } = quirks;
  if (outputFormat === true) {
    const jsonSchema = { name: ANSWER_TOOL, schema: JSON.stringify(schema) };
    return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
  }
  const toolSpec = {
    name: ANSWER_TOOL,
    description: 'Gives the answer to the user.',
    inputSchema: { json: schema as never },
  };
  const tools = [{ toolSpec }];
  if (toolChoice.includes('tool'))
    return { toolConfig: { tools, toolChoice: { tool: { name: ANSWER_TOOL } } } };
  if (toolChoice.includes('any')) return { toolConfig: { tools, toolChoice: { any: {} } } };
  return { toolConfig: { tools } };
}
