import type { Block, ConverseBody, Message, ToolResult } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import { audioPart, documentText, imagePart, searchText, videoRefused } from './media.js';

/**
 * Writes a conversation as messages of Chat Completions. Reasoning of earlier turns is left out: no two servers have the same
 * place for it, and some reject it.
 *
 * @throws ServiceException for content that has no form there
 */
export function writeMessages({ system = [], messages = [] }: ConverseBody): Json[] {
  const instructions = system.flatMap(({ text, guardContent }) => text ?? guardContent?.text?.text ?? []);
  const head = instructions.length === 0 ? [] : [{ role: 'system', content: instructions.join('\n\n') }];
  return [...head, ...messages.flatMap(writeMessage)];
}

function writeMessage({ role, content }: Message): Json[] {
  if (role === 'assistant') return [writeAssistant(content)];
  const parts: Json[] = [];
  const results: Json[] = [];
  for (const block of content) {
    if (block.toolResult === undefined) parts.push(...writeParts(block));
    else {
      const { text, images } = writeResult(block.toolResult);
      results.push({ role: 'tool', tool_call_id: block.toolResult.toolUseId, content: text });
      // The result of a tool is text there, and has to follow the call.
      parts.push(...images);
    }
  }
  return parts.length === 0 ? results : [...results, { role, content: writeContent(parts) }];
}

function writeAssistant(content: readonly Block[]): Json {
  const texts = content.flatMap(({ text, citationsContent }) => {
    const cited = citationsContent?.content?.map((part) => part.text ?? '').join('');
    return text ?? cited ?? [];
  });
  const calls = content.flatMap(({ toolUse }) =>
    toolUse === undefined
      ? []
      : [
          {
            id: toolUse.toolUseId,
            type: 'function',
            function: { name: toolUse.name, arguments: JSON.stringify(toolUse.input ?? {}) },
          },
        ],
  );
  return {
    role: 'assistant',
    // Some servers reject null, others an empty text without calls.
    content: texts.join('\n\n'),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Text alone is a string, which every server reads. */
function writeContent(parts: readonly Json[]): string | readonly Json[] {
  const texts = parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  return texts.length === parts.length ? texts.join('\n\n') : parts;
}

type Content = Omit<ToolResult['content'][number], 'json'>;

function writeParts({ audio, guardContent, ...content }: Block): Json[] {
  if (audio !== undefined) return [audioPart(audio)];
  if (guardContent?.image !== undefined) return [imagePart(guardContent.image)];
  const text = guardContent?.text?.text;
  return text === undefined ? writeShared(content) : [textPart(text)];
}

/** Writes what both a message and a tool result may hold. */
function writeShared({ text, image, document, video, searchResult }: Content): Json[] {
  if (video !== undefined) throw videoRefused();
  if (image !== undefined) return [imagePart(image)];
  if (document !== undefined) return [textPart(documentText(document))];
  if (searchResult !== undefined) return [textPart(searchText(searchResult))];
  return text === undefined ? [] : [textPart(text)];
}

function textPart(text: string): Json {
  return { type: 'text', text };
}

function writeResult({ content, status }: ToolResult): { text: string; images: Json[] } {
  const parts = content.flatMap(({ json, ...block }) =>
    json === undefined ? writeShared(block) : [textPart(JSON.stringify(json))],
  );
  const texts = parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  const images = parts.filter(({ type }) => type !== 'text');
  const text = texts.join('\n\n');
  return { text: status === 'error' ? `Error: ${text}` : text, images };
}
