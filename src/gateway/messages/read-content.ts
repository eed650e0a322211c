import { resultBlocks, withCachePoint } from '../conversation/cache-points.js';
import type { Block } from '../conversation/draft.js';
import { documentBlock, nameFor } from '../conversation/media/documents.js';
import { blockFrom } from '../conversation/media/images.js';
import { reasoningBlocks } from '../conversation/reasoning-blocks.js';
import { refuseField } from '../failure.js';
import {
  type Body,
  optionalFlag,
  optionalObject,
  optionalText,
  readContentList,
  readList,
  readName,
  readObject,
  readText,
} from '../fields.js';
import type { ReadContext } from '../protocol.js';

/** Reads the content of a message: a string or blocks. */
export function readContent(content: unknown, path: string, context: ReadContext): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ text: content }];
  return readContentList(content, path).flatMap((item, i): Block[] => {
    const at = `${path}.${i}`;
    const block = readObject(item, at);
    return withCachePoint(readBlock(block, at, context), block, at);
  });
}

function readBlock(block: Body, at: string, context: ReadContext): Block[] {
  const { type } = block;
  switch (type) {
    case 'text': {
      const text = readText(block['text'], `${at}.text`);
      return text === '' ? [] : [{ text }];
    }
    case 'image':
      return [readImage(readObject(block['source'], `${at}.source`), `${at}.source`, context)];
    case 'document':
      return [readDocument(block, at)];
    case 'search_result':
      return [readSearchResult(block, at)];
    case 'thinking':
      return reasoningBlocks([
        {
          kind: 'reasoning',
          text: readText(block['thinking'], `${at}.thinking`),
          signature: optionalText(block['signature'], `${at}.signature`) || undefined,
        },
      ]);
    case 'redacted_thinking':
      return reasoningBlocks([{ kind: 'redacted', data: readText(block['data'], `${at}.data`) }]);
    case 'tool_use': {
      const name = context.names.send(readName(block['name'], `${at}.name`));
      return [
        {
          toolUse: {
            toolUseId: readName(block['id'], `${at}.id`),
            name,
            input: (block['input'] ?? {}) as never,
          },
        },
      ];
    }
    case 'tool_result':
      return readResult(block, at, context);
    case 'tool_reference':
      // Tools are never loaded later here: the model has known this one from the start.
      return [{ text: `The tool ${readName(block['tool_name'], `${at}.tool_name`)} is available.` }];
    default:
      if (
        typeof type === 'string' &&
        /^(?:server_tool_use|.*_tool_result|container_upload|tool_addition|tool_removal)$/.test(type)
      ) {
        context.notes.add(`${at} (${type})`, 'omitted');
        return [];
      }
      throw refuseField(
        `${at}.type`,
        `${at}.type is unknown. Send text, image, document, search_result, thinking, redacted_thinking, tool_use or tool_result.`,
      );
  }
}

function readImage(source: Body, at: string, { images }: ReadContext): Block {
  switch (source['type']) {
    case 'base64':
      return blockFrom(
        readText(source['media_type'], `${at}.media_type`),
        readText(source['data'], `${at}.data`),
        `${at}.data`,
      );
    case 'url':
      return images.blockFor(readText(source['url'], `${at}.url`), `${at}.url`);
    default:
      throw refuseSource(at);
  }
}

function readDocument(block: Body, at: string): Block {
  const source = readObject(block['source'], `${at}.source`);
  const title = optionalText(block['title'], `${at}.title`);
  const context = optionalText(block['context'], `${at}.context`);
  const cites = optionalFlag(
    optionalObject(block['citations'], `${at}.citations`)?.['enabled'],
    `${at}.citations.enabled`,
  );
  const document = readDocumentSource(source, title, `${at}.source`);
  return {
    document: {
      ...document,
      name: nameFor(title),
      ...(context && { context }),
      ...(cites === true && { citations: { enabled: true } }),
    },
  } as Block;
}

function readDocumentSource(source: Body, title: string | undefined, at: string): object {
  switch (source['type']) {
    case 'base64': {
      const data = `data:${readText(source['media_type'], `${at}.media_type`)};base64,${readText(source['data'], `${at}.data`)}`;
      return (
        (documentBlock(data, title, `${at}.data`) as Extract<Block, { document: unknown }>).document ?? {}
      );
    }
    case 'text':
      return { format: 'txt', source: { text: readName(source['data'], `${at}.data`) } };
    case 'content': {
      const { content } = source;
      const texts =
        typeof content === 'string'
          ? [content]
          : readList(content, `${at}.content`).map((item, i) => readPassage(item, `${at}.content.${i}`));
      return { format: 'txt', source: { content: texts.map((text) => ({ text })) } };
    }
    default:
      throw refuseSource(at);
  }
}

function readPassage(item: unknown, at: string): string {
  const { type, text } = readObject(item, at);
  if (type === 'text') return readText(text, `${at}.text`);
  throw refuseField(
    `${at}.type`,
    `${at}.type is not text, and a document of passages contains only text. Send images next to it.`,
  );
}

function readSearchResult(block: Body, at: string): Block {
  const cites = optionalFlag(
    optionalObject(block['citations'], `${at}.citations`)?.['enabled'],
    `${at}.citations.enabled`,
  );
  return {
    searchResult: {
      source: readText(block['source'], `${at}.source`),
      title: readText(block['title'], `${at}.title`),
      content: readList(block['content'], `${at}.content`).map((item, i) => ({
        text: readPassage(item, `${at}.content.${i}`),
      })),
      ...(cites === true && { citations: { enabled: true } }),
    },
  } as Block;
}

function readResult(block: Body, at: string, context: ReadContext): Block[] {
  const parts = readContent(block['content'] ?? [], `${at}.content`, context);
  const isError = optionalFlag(block['is_error'], `${at}.is_error`) === true;
  return resultBlocks(readName(block['tool_use_id'], `${at}.tool_use_id`), parts, isError);
}

function refuseSource(at: string) {
  return refuseField(
    `${at}.type`,
    `${at}.type is not one that this gateway can read: it stores no files. Send type "base64", with media_type and data.`,
  );
}
