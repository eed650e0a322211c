import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { MessageInput } from '../../index.js';
import { writeJson } from '../ask/saved-conversation.js';
import { reasonOf } from '../local-files.js';
import type { Session } from './session.js';

/** Writes a conversation to a new file that only its owner may read: as Markdown, or as messages if its name ends in `.json`. */
export async function saveAs(path: string, { messages, system, modelId, models }: Session): Promise<void> {
  const isJson = extname(path).toLowerCase() === '.json';
  const parts = [
    ...(system === undefined ? [] : [`## System\n\n${system}\n`]),
    ...messages.map(
      ({ role, content }, index) => `## ${role === 'user' ? 'You' : models[index]}\n\n${textOf(content)}\n`,
    ),
  ];
  const text = isJson ? `${writeJson({ modelId, system, messages }, 2)}\n` : parts.join('\n');
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' ? 'it already exists' : reasonOf(error, 'the folder does not exist');
    throw new Error(`${path} cannot be written: ${reason}.`);
  }
}

function textOf(content: MessageInput['content']): string {
  const blocks = typeof content === 'string' ? [content] : (content ?? []);
  return blocks
    .map((block) => {
      if (typeof block === 'string') return block;
      if ('text' in block && typeof block.text === 'string') return block.text;
      if ('toolUse' in block) return `→ ${block.toolUse?.name} ${JSON.stringify(block.toolUse?.input)}`;
      if ('toolResult' in block) return `← ${JSON.stringify(block.toolResult?.content)}`;
      return `*(${Object.keys(block)[0] ?? 'nothing'})*`;
    })
    .join('\n\n');
}
