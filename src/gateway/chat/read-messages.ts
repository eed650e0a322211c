import { readArguments } from '../conversation/arguments.js';
import { resultBlocks, withCachePoint } from '../conversation/cache-points.js';
import { readCarryingId } from '../conversation/carrier.js';
import type { Block } from '../conversation/draft.js';
import { documentBlock } from '../conversation/media/documents.js';
import { checkBase64 } from '../conversation/media/images.js';
import { reasoningBlocks } from '../conversation/reasoning-blocks.js';
import { Turns } from '../conversation/turns.js';
import { refuseField } from '../failure.js';
import {
  type Body,
  optionalList,
  optionalObject,
  optionalText,
  readContentList,
  readList,
  readName,
  readObject,
  readText,
} from '../fields.js';
import type { ReadContext } from '../protocol.js';

/** Reads the messages of Chat Completions. */
export function readMessages(value: unknown, context: ReadContext): Turns {
  const turns = new Turns();
  const messages = readList(value, 'messages');
  if (messages.length === 0)
    throw refuseField('messages', 'messages is empty. Send at least one message with the role "user".');
  const reader = new MessageReader(turns, context);
  for (const [i, message] of messages.entries())
    reader.read(readObject(message, `messages.${i}`), `messages.${i}`);
  return turns;
}

class MessageReader {
  readonly #turns: Turns;
  readonly #context: ReadContext;
  /** Ids of calls in the old form, which has none, by the function's name. */
  readonly #functionIds = new Map<string, string>();

  constructor(turns: Turns, context: ReadContext) {
    this.#turns = turns;
    this.#context = context;
  }

  read(message: Body, path: string): void {
    switch (message['role']) {
      case 'system':
      case 'developer':
        this.#turns.addInstruction(
          withCachePoint(this.#texts(message['content'], `${path}.content`), message, path),
        );
        return;
      case 'user':
        this.#turns.add(
          'user',
          withCachePoint(this.#parts(message['content'], `${path}.content`), message, path),
        );
        return;
      case 'assistant':
        this.#turns.add('assistant', withCachePoint(this.#answer(message, path), message, path));
        return;
      case 'tool': {
        const id = readName(message['tool_call_id'], `${path}.tool_call_id`);
        this.#turns.add(
          'user',
          withCachePoint(this.#result(readCarryingId(id).id, message, path), message, path),
        );
        return;
      }
      case 'function': {
        const name = readName(message['name'], `${path}.name`);
        this.#turns.add('user', this.#result(this.#functionIds.get(name) ?? name, message, path));
        return;
      }
      default:
        throw refuseField(
          `${path}.role`,
          `${path}.role is not one that Chat Completions has. Send system, developer, user, assistant or tool.`,
        );
    }
  }

  #answer(message: Body, path: string): Block[] {
    const { content, refusal, reasoning_content: thoughts } = message;
    const texts = content === undefined || content === null ? [] : this.#texts(content, `${path}.content`);
    if (typeof refusal === 'string' && refusal !== '') texts.push({ text: refusal });
    const calls = (optionalList(message['tool_calls'], `${path}.tool_calls`) ?? []).map((call, i) =>
      this.#call(readObject(call, `${path}.tool_calls.${i}`), `${path}.tool_calls.${i}`),
    );
    const old = optionalObject(message['function_call'], `${path}.function_call`);
    if (old !== undefined) calls.push([[], [this.#oldCall(old, `${path}.function_call`)]]);
    // Before the first call its reasoning comes before the text, as it was written.
    const [first, ...others] = calls;
    if (first === undefined) return texts;
    const [carried, use] = first;
    const reasoning =
      carried.length === 0 && typeof thoughts === 'string' && thoughts !== ''
        ? [unsigned(thoughts)]
        : carried;
    return [...reasoning, ...texts, ...use, ...others.flat(2)];
  }

  #call(call: Body, path: string): [reasoning: Block[], use: Block[]] {
    const { id, reasoning } = readCarryingId(readName(call['id'], `${path}.id`));
    const isCustom = call['type'] === 'custom';
    const member = isCustom ? 'custom' : 'function';
    const called = readObject(call[member], `${path}.${member}`);
    const name = this.#context.names.send(
      readName(called['name'], `${path}.${member}.name`),
      undefined,
      isCustom,
    );
    const at = `${path}.function.arguments`;
    const input = isCustom
      ? { input: readText(called['input'] ?? '', `${path}.custom.input`) }
      : readArguments(readText(called['arguments'] ?? '', at), at);
    const use: Block = { toolUse: { toolUseId: id, name, input: input as never } };
    return [reasoningBlocks(reasoning), withCachePoint([use], call, path)];
  }

  #oldCall(call: Body, path: string): Block {
    const own = readName(call['name'], `${path}.name`);
    const id = `function_${this.#functionIds.size + 1}`;
    this.#functionIds.set(own, id);
    const at = `${path}.arguments`;
    const input = readArguments(readText(call['arguments'] ?? '', at), at) as never;
    return { toolUse: { toolUseId: id, name: this.#context.names.send(own), input } };
  }

  #result(toolUseId: string, { content }: Body, path: string): Block[] {
    return resultBlocks(toolUseId, this.#parts(content ?? '', `${path}.content`));
  }

  /** Content that may only be text. */
  #texts(content: unknown, path: string): Block[] {
    const blocks = this.#parts(content, path);
    const other = blocks.findIndex((block) => block.text === undefined && block.cachePoint === undefined);
    if (other >= 0)
      throw refuseField(
        path,
        `${path} contains something other than text. Send that in a message with the role "user".`,
      );
    return blocks;
  }

  #parts(content: unknown, path: string): Block[] {
    if (typeof content === 'string') return content === '' ? [] : [{ text: content }];
    return readContentList(content, path).flatMap((item, i): Block[] => {
      const at = `${path}.${i}`;
      const part = readObject(item, at);
      return withCachePoint(this.#part(part, at), part, at);
    });
  }

  #part(part: Body, at: string): Block[] {
    switch (part['type']) {
      case 'text': {
        const text = readText(part['text'], `${at}.text`);
        return text === '' ? [] : [{ text }];
      }
      case 'refusal':
        return [{ text: readText(part['refusal'], `${at}.refusal`) }];
      case 'image_url': {
        // Some clients send the URL itself instead of { url }.
        const given = part['image_url'];
        const url = typeof given === 'string' ? given : readObject(given, `${at}.image_url`)['url'];
        return [this.#context.images.blockFor(readText(url, `${at}.image_url.url`), `${at}.image_url.url`)];
      }
      case 'file': {
        const file = readObject(part['file'], `${at}.file`);
        if (file['file_id'] !== undefined && file['file_id'] !== null)
          throw refuseField(
            `${at}.file.file_id`,
            'This gateway stores no files. Send file_data instead of file_id.',
          );
        const filename = optionalText(file['filename'], `${at}.file.filename`);
        return [
          documentBlock(
            readText(file['file_data'], `${at}.file.file_data`),
            filename,
            `${at}.file.file_data`,
          ),
        ];
      }
      case 'input_audio': {
        const audio = readObject(part['input_audio'], `${at}.input_audio`);
        const data = readText(audio['data'], `${at}.input_audio.data`);
        checkBase64(data, `${at}.input_audio.data`);
        const format = readName(audio['format'], `${at}.input_audio.format`);
        return [{ audio: { format: format as never, source: { bytes: data as never } } }];
      }
      default:
        throw refuseField(`${at}.type`, `${at}.type is unknown. Send text, image_url, file or input_audio.`);
    }
  }
}

function unsigned(text: string): Block {
  return { reasoningContent: { reasoningText: { text } } };
}
