import type { ContentBlock, ImageBlock, ToolResultBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseResult } from '../../../index.js';
import type { OutputPlan } from '../request/output.js';
import type { Content, GeneratedFile, Json, ProviderMetadata, ToolResult } from '../specification.js';
import { JsonText } from './json-text.js';
import { bothNames } from './metadata.js';
import type { Sources } from './sources.js';

/** What the parts of an answer depend on besides its blocks. */
export interface AnswerContext {
  /** Version 3 has no tag around a file's data, and no address in its place. */
  version: 'v3' | 'v4';
  output: OutputPlan;
  sources: Sources;
}

/** The content of a whole answer, in its order. */
export function contentOf({ message, toolUses }: ConverseResult, context: AnswerContext): Content[] {
  const { output, sources } = context;
  const json = output.by === 'words' ? new JsonText(output.starts) : undefined;
  const names = new Map<string, string>();
  const text = (words: string): Content[] => {
    const kept = json?.feed(words) ?? words;
    return kept === '' ? [] : [{ type: 'text', text: kept }];
  };
  const partsOf = (block: ContentBlock): Content[] => {
    if (block.text !== undefined) return text(block.text);
    if (block.citationsContent) {
      const { content = [], citations = [] } = block.citationsContent;
      return [
        ...text(content.map((passage) => passage.text ?? '').join('')),
        ...citations.map((citation) => sources.of(citation)),
      ];
    }
    if (block.reasoningContent) {
      const { reasoningText, redactedContent } = block.reasoningContent;
      const providerMetadata = reasoningMetadata(reasoningText?.signature, redactedContent);
      return [
        { type: 'reasoning', text: reasoningText?.text ?? '', ...(providerMetadata && { providerMetadata }) },
      ];
    }
    if (block.toolUse) {
      const { toolUseId = '', name = '', type } = block.toolUse;
      names.set(toolUseId, name);
      const read = toolUses.find((use) => use.toolUseId === toolUseId);
      const input = read?.inputError === undefined ? JSON.stringify(block.toolUse.input ?? {}) : read.input;
      if (isOutputTool(output, name)) return [{ type: 'text', text: input }];
      const isOfServer = type === 'server_tool_use';
      return [
        {
          type: 'tool-call',
          toolCallId: toolUseId,
          toolName: name,
          input,
          ...(isOfServer && { providerExecuted: true, dynamic: true }),
        },
      ];
    }
    if (block.toolResult) return [toolResultOf(block.toolResult, names)];
    return block.image ? fileOf(block.image, context) : [];
  };
  return (message.content ?? []).flatMap(partsOf);
}

/** Whether a tool is the one whose input is the answer. */
export function isOutputTool(output: OutputPlan, name: string): boolean {
  return output.by === 'tool' && output.tool.name === name;
}

/** What has to come back with reasoning: its signature, or its encrypted bytes in base64. */
export function reasoningMetadata(
  signature: string | undefined,
  redacted: Uint8Array | undefined,
): ProviderMetadata | undefined {
  if (redacted !== undefined) return bothNames({ redactedContent: base64Of(redacted) });
  return signature === undefined ? undefined : bothNames({ signature });
}

/** The result of a tool that the service ran. */
export function toolResultOf(
  { toolUseId = '', content = [], status, type }: ToolResultBlock,
  names: ReadonlyMap<string, string>,
): ToolResult {
  const items = content.map(({ text, json }) => (text === undefined ? (json as Json) : text));
  const [only = null] = items;
  return {
    type: 'tool-result',
    toolCallId: toolUseId,
    toolName: names.get(toolUseId) ?? type ?? 'tool',
    result: (items.length === 1 && only !== null ? only : items) as NonNullable<Json>,
    dynamic: true,
    ...(status === 'error' && { isError: true }),
  };
}

/** A picture that the model made; none if it is nowhere. */
export function fileOf(
  { format = 'png', source }: ImageBlock,
  { version }: Pick<AnswerContext, 'version'>,
): GeneratedFile[] {
  const mediaType = `image/${format}`;
  const { bytes, s3Location } = source ?? {};
  if (version === 'v3') return bytes ? [{ type: 'file', mediaType, data: bytes as never }] : [];
  if (bytes) return [{ type: 'file', mediaType, data: { type: 'data', data: bytes } }];
  const uri = s3Location?.uri;
  return uri === undefined ? [] : [{ type: 'file', mediaType, data: { type: 'url', url: new URL(uri) } }];
}

function base64Of(bytes: Uint8Array): string {
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}
