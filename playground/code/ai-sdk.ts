import type { ContentBlock, MessageInput } from 'bedrock-anywhere';
import { ANSWER_TOOL } from '../request/answer-shape.js';
import type { CodeRequest } from './code-request.js';
import { quote, Raw, toSource } from './source.js';

/** The request with the AI SDK, over the provider of this library. */
export function writeAiSdk({ connection, frame, messages, tools }: CodeRequest): string {
  const { modelId, system, inferenceConfig, additionalModelRequestFields, guardrailConfig } = frame;
  const { maxTokens, temperature, topP, stopSequences } = inferenceConfig ?? {};
  const bedrock = { additionalModelRequestFields, guardrailConfig };
  const hasOptions = Object.values(bedrock).some((value) => value !== undefined);
  const schema = schemaOf(frame);
  const { region, endpoint, kind } = connection;
  const provider = kind === 'gateway' || endpoint !== '' ? { region, baseURL: endpoint } : { region };
  const call = {
    model: new Raw(`bedrock(${quote(String(modelId))})`),
    system: typeof system === 'string' ? system : undefined,
    messages: messages.flatMap(toModelMessage),
    maxOutputTokens: maxTokens,
    temperature,
    topP,
    stopSequences,
    output:
      schema === undefined
        ? undefined
        : new Raw(`Output.object({ schema: jsonSchema(${toSource(schema, '  ')}) })`),
    providerOptions: hasOptions ? { bedrock } : undefined,
  };
  const hasFiles = JSON.stringify(messages, (_, value: unknown) =>
    value instanceof Uint8Array ? 'bytes' : value,
  ).includes('"bytes":"bytes"');
  const names = ['streamText', ...(schema === undefined ? [] : ['jsonSchema', 'Output'])].sort((a, b) =>
    a.localeCompare(b),
  );
  const lines = [
    ...(hasFiles ? ["import { readFile } from 'node:fs/promises';"] : []),
    `import { ${names.join(', ')} } from 'ai';`,
    "import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';",
    '',
    '// Credentials are found as everywhere: in the environment, a profile, or the option credentials.',
    `const bedrock = createAmazonBedrock(${toSource(provider)});`,
    ...(tools.length > 0 ? [`// With your tools: tools: { ${tools.join(', ')} }`] : []),
    `const { textStream } = streamText(${toSource(call)});`,
    'for await (const text of textStream) console.log(text);',
  ];
  return `${lines.join('\n')}\n`;
}

/** The schema of the answer, in whichever of its places. */
function schemaOf({ outputConfig, toolConfig }: CodeRequest['frame']): unknown {
  const text = outputConfig?.textFormat?.structure;
  const schema = text !== undefined && 'jsonSchema' in text ? text.jsonSchema?.schema : undefined;
  if (schema !== undefined) return JSON.parse(schema) as unknown;
  const tool = toolConfig?.tools?.find(({ toolSpec }) => toolSpec?.name === ANSWER_TOOL);
  return tool?.toolSpec?.inputSchema?.json;
}

/** Calls of tools and their results have another form there; a program has its own anyway. */
function toModelMessage({ role, content }: MessageInput): object[] {
  const blocks = typeof content === 'string' ? [{ text: content }] : (content ?? []);
  let count = 0;
  const parts = blocks.flatMap((block): object[] => {
    const { text, image, document } = (typeof block === 'string' ? { text: block } : block) as ContentBlock;
    if (text !== undefined) return [{ type: 'text', text }];
    if (image === undefined && document === undefined) return [];
    count += 1;
    const format = image?.format ?? document?.format;
    const file = new Raw(`await readFile(${quote(`file-${count}.${format}`)})`);
    const mediaType =
      image !== undefined ? `image/${format}` : format === 'pdf' ? 'application/pdf' : 'text/plain';
    return [{ type: 'file', data: file, mediaType }];
  });
  if (parts.length === 0) return [];
  const [only] = parts as { type: string; text?: string }[];
  return [{ role, content: parts.length === 1 && only?.type === 'text' ? only.text : parts }];
}
