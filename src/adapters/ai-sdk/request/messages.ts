import type { ContentBlock, Message, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ReasoningRule } from '../../../index.js';
import type {
  AssistantPart,
  FilePart,
  LanguageModelCall,
  PromptMessage,
  TextPart,
  Warning,
} from '../specification.js';
import { fileBlock } from './file.js';
import { optionsOf } from './provider-options.js';
import { toolResultBlock } from './tool-result.js';

/** A conversation as Converse has it. */
export interface ConversationBlocks {
  system: SystemContentBlock[];
  messages: Message[];
}

/**
 * The conversation of a prompt. Messages of one role in a row stay apart here: the request's repair joins them, and puts tool
 * results first, as it does for everybody.
 *
 * @param rule What the model accepts of the reasoning of earlier turns.
 */
export function conversationOf(
  prompt: LanguageModelCall['prompt'],
  rule: ReasoningRule | undefined,
  warn: (warning: Warning) => void,
): ConversationBlocks {
  const system: SystemContentBlock[] = [];
  const messages: Message[] = [];
  for (const message of prompt) {
    const point = cachePointOf(message);
    if (message.role === 'system') {
      if (messages.length === 0) system.push({ text: message.content }, ...point);
      else {
        warn({
          type: 'compatibility',
          feature: 'system messages after the start',
          details:
            'Bedrock has no place for it in a conversation, so the model reads it as a message of the user.',
        });
        messages.push({ role: 'user', content: [{ text: message.content }, ...point] });
      }
      continue;
    }
    for (const turn of turnsOf(message, rule)) messages.push(turn);
    messages.at(-1)?.content?.push(...point);
  }
  return { system, messages };
}

function turnsOf(
  message: Exclude<PromptMessage, { role: 'system' }>,
  rule: ReasoningRule | undefined,
): Message[] {
  switch (message.role) {
    case 'user':
      return [
        {
          role: 'user',
          content: message.content.flatMap((part) => [userBlock(part), ...cachePointOf(part)]),
        },
      ];
    case 'tool':
      return [
        {
          role: 'user',
          content: message.content.flatMap((part) =>
            part.type === 'tool-result' ? [toolResultBlock(part), ...cachePointOf(part)] : [],
          ),
        },
      ];
    case 'assistant':
      return assistantTurns(message.content, rule);
  }
}

function userBlock(part: TextPart | FilePart): ContentBlock {
  const { guardContent, guardContentQualifiers: qualifiers, citations } = optionsOf(part.providerOptions);
  if (part.type === 'text') {
    if (guardContent !== true) return { text: part.text };
    return {
      guardContent: {
        text: { text: part.text, ...(qualifiers != null && { qualifiers: qualifiers as [] }) },
      },
    };
  }
  const block = fileBlock({ ...part, hasCitations: Object(citations).enabled === true });
  return guardContent === true && block.image !== undefined
    ? ({ guardContent: { image: block.image } } as ContentBlock)
    : block;
}

/** Results of tools that the provider ran are among the assistant's parts, and in Converse belong to the user. */
function assistantTurns(parts: readonly AssistantPart[], rule: ReasoningRule | undefined): Message[] {
  const turns: Message[] = [];
  const append = (role: 'user' | 'assistant', blocks: readonly ContentBlock[]): void => {
    const last = turns.at(-1);
    if (last?.role === role) last.content?.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, content: [...blocks] });
  };
  const serverTools = new Set<string>();
  for (const part of parts) {
    const isOfServer = part.type === 'tool-result' && serverTools.has(part.toolCallId);
    if (part.type === 'tool-call' && part.providerExecuted) serverTools.add(part.toolCallId);
    const role = part.type === 'tool-result' && !isOfServer ? 'user' : 'assistant';
    const block = assistantBlock(part, rule);
    if (block !== undefined) append(role, [block, ...cachePointOf(part)]);
  }
  return turns;
}

function assistantBlock(part: AssistantPart, rule: ReasoningRule | undefined): ContentBlock | undefined {
  switch (part.type) {
    case 'text':
      return { text: part.text };
    case 'file':
      return fileBlock(part);
    case 'reasoning':
      return reasoningBlock(part, rule);
    case 'tool-call':
      return {
        toolUse: {
          toolUseId: part.toolCallId,
          name: part.toolName,
          input: part.input as never,
          ...(part.providerExecuted && { type: 'server_tool_use' }),
        },
      };
    case 'tool-result':
      return toolResultBlock(part);
    default:
      return undefined;
  }
}

/**
 * Reasoning goes back only if the model reads it. Claude reads what it has signed. gpt-oss is sent none: with its own unsigned
 * reasoning in the history it writes `<reasoning>` into its text.
 * Source: https://github.com/vercel/ai/issues/14720, 2026-04-24.
 */
function reasoningBlock(
  { text, providerOptions }: Extract<AssistantPart, { type: 'reasoning' }>,
  rule: ReasoningRule | undefined,
): ContentBlock | undefined {
  const { signature, redactedContent, redactedData } = optionsOf(providerOptions);
  if (typeof signature === 'string') return { reasoningContent: { reasoningText: { text, signature } } };
  const redacted = redactedContent ?? redactedData;
  // The request's check reads base64.
  if (typeof redacted === 'string') return { reasoningContent: { redactedContent: redacted as never } };
  return rule === 'unsigned' && text !== '' ? { reasoningContent: { reasoningText: { text } } } : undefined;
}

/** A cache point behind whatever has one among its options. */
function cachePointOf({
  providerOptions,
}: Pick<TextPart, 'providerOptions'>): ContentBlock.CachePointMember[] {
  const { cachePoint } = optionsOf(providerOptions);
  if (!cachePoint) return [];
  return [{ cachePoint: { type: 'default', ...Object(cachePoint) } }];
}
