import { readArguments } from '../conversation/arguments.js';
import { resultBlocks, withCachePoint } from '../conversation/cache-points.js';
import { unpackReasoning } from '../conversation/carrier.js';
import type { Block } from '../conversation/draft.js';
import { documentBlock } from '../conversation/media/documents.js';
import { reasoningBlocks } from '../conversation/reasoning-blocks.js';
import { Turns } from '../conversation/turns.js';
import { Refusal, refuseField } from '../failure.js';
import {
  type Body,
  cutName,
  optionalText,
  readContentList,
  readList,
  readName,
  readObject,
  readText,
} from '../fields.js';
import type { ReadContext } from '../protocol.js';
import { readAgentItem } from './agent-items.js';

/** Reads `instructions` and `input`: a string or items. Neighbouring items of the assistant become one message. */
export function readInput(body: Body, context: ReadContext): Turns {
  const turns = new Turns();
  const instructions = optionalText(body['instructions'], 'instructions');
  if (instructions) turns.addInstruction([{ text: instructions }]);
  const { input } = body;
  if (typeof input === 'string') {
    turns.add('user', input.trim() === '' ? [] : [{ text: input }]);
    return turns;
  }
  for (const [i, item] of readList(input, 'input').entries())
    readItem(readObject(item, `input.${i}`), `input.${i}`, turns, context);
  return turns;
}

function readItem(item: Body, path: string, turns: Turns, context: ReadContext): void {
  const { type = 'message' } = item;
  switch (type) {
    case 'message':
      readMessage(item, path, turns, context);
      return;
    case 'function_call':
    case 'custom_tool_call':
      turns.add('assistant', [readCall(item, path, context)]);
      return;
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const parts = readParts(item['output'] ?? '', `${path}.output`, context);
      turns.add('user', resultBlocks(readName(item['call_id'], `${path}.call_id`), parts));
      return;
    }
    case 'reasoning': {
      const packed = optionalText(item['encrypted_content'], `${path}.encrypted_content`) ?? '';
      const reasoning = unpackReasoning(packed);
      if (reasoning.length === 0) context.notes.add(path, 'reasoning of another service; omitted');
      turns.add('assistant', reasoningBlocks(reasoning));
      return;
    }
    case 'additional_tools':
      // Read with the tools.
      return;
    case 'item_reference':
      // The words that OpenAI uses, on which clients recognize the cause.
      throw new Refusal(
        'unknown-item',
        `Item with id '${cutName(readText(item['id'], `${path}.id`))}' not found. Items are not persisted when \`store\` is set to false, and this ` +
          'gateway never stores any. Set `store` to false in your client, so that it sends items in full.',
        { param: 'input' },
      );
    default:
      if (readAgentItem(item, path, turns, context)) return;
      throw refuseField(
        `${path}.type`,
        `${path}.type is ${JSON.stringify(type)?.slice(0, 50)}, which Bedrock does not support. Send messages, function calls and their outputs.`,
      );
  }
}

function readMessage(item: Body, path: string, turns: Turns, context: ReadContext): void {
  const blocks = withCachePoint(readParts(item['content'], `${path}.content`, context), item, path);
  switch (item['role']) {
    case 'system':
    case 'developer':
      turns.addInstruction(onlyText(blocks, path));
      return;
    case 'user':
      turns.add('user', blocks);
      return;
    case 'assistant':
      turns.add('assistant', onlyText(blocks, path));
      return;
    default:
      throw refuseField(
        `${path}.role`,
        `${path}.role is unknown. Send system, developer, user or assistant.`,
      );
  }
}

function onlyText(blocks: Block[], path: string): Block[] {
  if (blocks.every(({ text, cachePoint }) => text !== undefined || cachePoint !== undefined)) return blocks;
  throw refuseField(
    path,
    `${path} contains something other than text. Send that in a message with the role "user".`,
  );
}

function readCall(item: Body, path: string, { names }: ReadContext): Block {
  const isCustom = item['type'] === 'custom_tool_call';
  const namespace = optionalText(item['namespace'], `${path}.namespace`) || undefined;
  const name = names.sendCall(readName(item['name'], `${path}.name`), namespace, isCustom);
  const at = `${path}.arguments`;
  const given = isCustom
    ? { input: readText(item['input'] ?? '', `${path}.input`) }
    : readArguments(readText(item['arguments'] ?? '', at), at);
  return {
    toolUse: { toolUseId: readName(item['call_id'], `${path}.call_id`), name, input: given as never },
  };
}

function readParts(content: unknown, path: string, context: ReadContext): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ text: content }];
  return readContentList(content, path).flatMap((item, i): Block[] => {
    const at = `${path}.${i}`;
    const part = readObject(item, at);
    return withCachePoint(readPart(part, at, context), part, at);
  });
}

function readPart(part: Body, at: string, { images }: ReadContext): Block[] {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text': {
      const text = readText(part['text'], `${at}.text`);
      return text === '' ? [] : [{ text }];
    }
    case 'refusal':
      return [{ text: readText(part['refusal'], `${at}.refusal`) }];
    case 'input_image':
      refuseFileId(part, at);
      return [images.blockFor(readText(part['image_url'], `${at}.image_url`), `${at}.image_url`)];
    case 'input_file': {
      refuseFileId(part, at);
      if (typeof part['file_url'] === 'string')
        throw refuseField(
          `${at}.file_url`,
          'This gateway fetches no documents. Send file_data instead of file_url.',
        );
      const filename = optionalText(part['filename'], `${at}.filename`);
      return [documentBlock(readText(part['file_data'], `${at}.file_data`), filename, `${at}.file_data`)];
    }
    default:
      throw refuseField(
        `${at}.type`,
        `${at}.type is unknown. Send input_text, input_image, input_file or output_text.`,
      );
  }
}

function refuseFileId(part: Body, at: string): void {
  if (part['file_id'] === undefined || part['file_id'] === null) return;
  throw refuseField(`${at}.file_id`, 'This gateway stores no files. Send the file itself, as a data URL.');
}
