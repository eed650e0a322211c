import type { ModelQuirks } from '../../../index.js';
import type { PiAssistantMessage, PiMessage, PiThinking, PiToolResult, PiUserMessage } from '../types.js';
import {
  type Block,
  blockOf,
  bytesOf,
  type InnerBlock,
  type Message,
  withoutHalfCharacters,
} from './content.js';

/**
 * The turns of a Converse request. Consecutive turns of one role become one: Converse has no role for tool results, and wants
 * all results of a turn together.
 */
export function messagesFor(history: readonly PiMessage[], family: ModelQuirks): Message[] {
  const messages: Message[] = [];
  /** Images that a tool result may not contain. They follow all results of their turn. */
  let behind: Block[] = [];
  const append = (role: 'user' | 'assistant', content: readonly Block[]): void => {
    if (content.length === 0) return;
    const last = messages.at(-1);
    // A spread of many blocks would be more arguments than a call may have.
    if (last?.role === role) for (const block of content) last.content?.push(block);
    else messages.push({ role, content: [...content] });
  };
  for (const message of history) {
    if (message.role === 'toolResult') {
      const { result, images } = toolResultOf(message, family);
      append('user', [result]);
      for (const image of images) behind.push(image);
      continue;
    }
    append('user', behind);
    behind = [];
    if (message.role === 'user') append('user', userContent(message));
    else if (message.role === 'assistant') append('assistant', answerContent(message, family));
  }
  append('user', behind);
  return messages;
}

function userContent({ content }: PiUserMessage): Block[] {
  if (typeof content === 'string') return [{ text: withoutHalfCharacters(content) }];
  return content.map((block) => blockOf(block) as Block);
}

function answerContent({ content }: PiAssistantMessage, family: ModelQuirks): Block[] {
  return content.flatMap((block): Block[] => {
    switch (block.type) {
      case 'text':
        return textOf(block.text);
      case 'toolCall':
        return [
          { toolUse: { toolUseId: block.id, name: block.name, input: block.arguments as object as never } },
        ];
      case 'thinking':
        return block.redacted ? redactedOf(block, family) : thinkingOf(block, family);
      default:
        return [];
    }
  });
}

/** The text of an answer. Blank text is omitted, because the service rejects it. */
function textOf(text: string): Block[] {
  const clean = withoutHalfCharacters(text);
  return clean.trim() === '' ? [] : [{ text: clean }];
}

/** Earlier thinking in the form that the model accepts; as text if the signature that it wants is missing. */
function thinkingOf({ thinking, thinkingSignature }: PiThinking, family: ModelQuirks): Block[] {
  const text = withoutHalfCharacters(thinking);
  const signature = thinkingSignature?.trim() ? thinkingSignature : undefined;
  const isBlank = text.trim() === '';
  switch (family.reasoning) {
    case 'none':
      return [];
    case 'signed':
      // Thinking that the answer omitted still has its signature, and the model wants it back before a tool use.
      if (signature !== undefined) return [{ reasoningContent: { reasoningText: { text, signature } } }];
      return isBlank ? [] : [{ text }];
    default:
      return isBlank ? [] : [{ reasoningContent: { reasoningText: { text } } }];
  }
}

/** Encrypted thinking. Anything that is not base64 came from somewhere else and is omitted. */
function redactedOf({ thinkingSignature = '' }: PiThinking, family: ModelQuirks): Block[] {
  if (family.redactedReasoning === false || thinkingSignature === '') return [];
  try {
    return [{ reasoningContent: { redactedContent: bytesOf(thinkingSignature) } }];
  } catch {
    return [];
  }
}

function toolResultOf(message: PiToolResult, family: ModelQuirks): { result: Block; images: Block[] } {
  const content = message.content.map(blockOf);
  const movesImages =
    family.toolResultImages !== true || (message.isError && family.errorResultTextOnly === true);
  const isImage = (block: InnerBlock): boolean => block.image !== undefined || block.document !== undefined;
  const images = movesImages ? content.filter(isImage) : [];
  const kept = movesImages ? content.filter((block) => !isImage(block)) : content;
  if (images.length > 0) kept.push({ text: 'See the images after the tool results.' });
  return {
    result: {
      toolResult: {
        toolUseId: message.toolCallId,
        content: kept,
        status: message.isError ? 'error' : 'success',
      },
    },
    images: images as Block[],
  };
}
