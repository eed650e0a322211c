import type { ConverseBody } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import { outputSchemaOf } from '../model/brain.js';
import { writeMessages } from './messages.js';

/** Settings that InvokeModel has in a model's own format, and Converse in `additionalModelRequestFields`. */
const PASSED = [
  ...['temperature', 'top_p', 'top_k', 'seed', 'presence_penalty', 'frequency_penalty'],
  ...['reasoning_effort', 'response_format'],
] as const;

/**
 * Writes a request as a body of Chat Completions.
 *
 * @throws ServiceException for content that has no form there
 */
export function writeRequest(body: ConverseBody, model: string, isStream: boolean): Json {
  const { inferenceConfig: { maxTokens, temperature, topP, stopSequences } = {} } = body;
  const fields = body.additionalModelRequestFields ?? {};
  const schema = outputSchemaOf(body);
  const written: Json = {
    model,
    messages: writeMessages(body),
    ...Object.fromEntries(PASSED.map((name) => [name, fields[name]])),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    max_tokens: maxTokens,
    stop: stopSequences?.length === 0 ? undefined : stopSequences,
    ...writeTools(body),
    ...(schema !== undefined && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    }),
    ...(isStream && { stream: true, stream_options: { include_usage: true } }),
  };
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}

/** Tools of the service itself, which only it can run, are left out. */
function writeTools({ toolConfig }: ConverseBody): Json {
  const tools = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => {
    if (toolSpec === undefined) return [];
    const { name, description, inputSchema, strict } = toolSpec;
    const parameters = inputSchema.json ?? { type: 'object' };
    return [{ type: 'function', function: { name, description, parameters, strict } }];
  });
  if (tools.length === 0) return {};
  const { any, tool, auto } = toolConfig?.toolChoice ?? {};
  const named = tool && { type: 'function', function: { name: tool.name } };
  return {
    tools,
    tool_choice: named ?? (any === undefined ? (auto === undefined ? undefined : 'auto') : 'required'),
  };
}
