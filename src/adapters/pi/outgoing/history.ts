import type { Repair } from '../../../index.js';
import type {
  PiAssistantMessage,
  PiImage,
  PiMessage,
  PiModel,
  PiText,
  PiToolCall,
  PiToolResult,
} from '../types.js';

/** A history that a model can read, and the repairs that it needed. */
export interface History {
  messages: PiMessage[];
  /** Tool results that were omitted because the history has no such call, with the ids of the calls. */
  repairs: Repair[];
}

type Content = PiAssistantMessage['content'];

/**
 * Prepares a history for a model. Images become a note if the model cannot see them. Another model's thinking becomes text, and
 * is omitted if only that model can read it. Tool calls get ids that Bedrock accepts. Turns that failed or were aborted are
 * omitted. Every call has one result, and every result its call.
 */
export function historyFor(model: PiModel, messages: readonly PiMessage[]): History {
  const ids = new ToolCallIds();
  const translated = messages.map((message) => translate(message, model, ids));
  return pairTools(translated);
}

/** An unfinished turn contains half a thought or half a tool call, so the model begins again from the turn before. */
function isUnfinished({ stopReason }: PiAssistantMessage): boolean {
  return stopReason === 'error' || stopReason === 'aborted';
}

function translate(message: PiMessage, model: PiModel, ids: ToolCallIds): PiMessage {
  switch (message.role) {
    case 'assistant':
      return { ...message, content: translateAnswer(message, model, ids) };
    case 'toolResult':
      return {
        ...message,
        toolCallId: ids.of(message.toolCallId),
        content: seen(message.content, model, '(tool image omitted: model does not support images)'),
      };
    default:
      if (typeof message.content === 'string') return message;
      return {
        ...message,
        content: seen(message.content, model, '(image omitted: model does not support images)'),
      };
  }
}

function translateAnswer(message: PiAssistantMessage, model: PiModel, ids: ToolCallIds): Content {
  const isOwn =
    message.provider === model.provider &&
    message.api === model.api &&
    [model.id, model.foundationModelId].some((id) => id !== undefined && isSameModel(message.model, id));
  return message.content.flatMap((block): Content => {
    switch (block.type) {
      case 'toolCall':
        return [{ ...block, id: ids.of(block.id) }];
      case 'thinking':
        if (isOwn) return [block];
        return block.redacted || block.thinking.trim() === '' ? [] : [{ type: 'text', text: block.thinking }];
      default:
        return [block];
    }
  });
}

/**
 * Whether two ids lead to one model: profiles of several geographies do, and read each other's thoughts. Their ids differ in
 * what is before the provider, as in `us.anthropic.claude-…` and `global.anthropic.claude-…`.
 */
function isSameModel(one: string, other: string): boolean {
  if (one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)) return true;
  const rest = one.slice(one.indexOf('.') + 1);
  return rest.includes('.') && rest === other.slice(other.indexOf('.') + 1);
}

/** The content with a note instead of images that the model cannot see. Several images in a row share one note. */
function seen<Block extends { type: string }>(
  content: readonly (Block | PiImage | PiText)[],
  { input }: PiModel,
  note: string,
): (Block | PiImage | PiText)[] {
  if (input.includes('image')) return [...content];
  const result: (Block | PiImage | PiText)[] = [];
  let noted = false;
  for (const block of content) {
    if (block.type !== 'image') result.push(block);
    else if (!noted) result.push({ type: 'text', text: note });
    noted = block.type === 'image' || (block as PiText).text === note;
  }
  return result;
}

/** What two ids must have in common to be in each other's way once they are numbered. */
const STEM_LENGTH = 48;

/** Ids of tool calls as Bedrock accepts them: letters, digits, `_` and `-`, at most 64 characters, each of them once. */
class ToolCallIds {
  readonly #known = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** The last number appended to an id with this prefix. */
  readonly #numbers = new Map<string, number>();

  of(id: string): string {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const wanted = id.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'call';
    const free = this.#taken.has(wanted) ? this.#numbered(wanted) : wanted;
    this.#known.set(id, free);
    this.#taken.add(free);
    return free;
  }

  #numbered(wanted: string): string {
    const stem = wanted.slice(0, STEM_LENGTH);
    for (let n = (this.#numbers.get(stem) ?? 1) + 1; ; n++) {
      const free = `${wanted.slice(0, 63 - String(n).length)}_${n}`;
      if (this.#taken.has(free)) continue;
      this.#numbers.set(stem, n);
      return free;
    }
  }
}

/** Gives each call one result, directly after the turn that made it, and omits all other results. */
function pairTools(messages: readonly PiMessage[]): History {
  const paired: PiMessage[] = [];
  const repairs: Repair[] = [];
  let open = new Map<string, PiToolCall>();
  const answerOpen = (): void => {
    for (const call of open.values()) paired.push(missingResult(call));
    open = new Map();
  };
  messages.forEach((message, i) => {
    if (message.role === 'toolResult') {
      if (open.delete(message.toolCallId)) paired.push(message);
      else repairs.push({ kind: 'orphaned-tool', path: `messages.${i}`, before: message.toolCallId });
      return;
    }
    answerOpen();
    if (message.role === 'assistant') {
      if (isUnfinished(message)) return;
      open = callsOf(message);
    }
    paired.push(message);
  });
  answerOpen();
  return { messages: paired, repairs };
}

function callsOf({ content }: PiAssistantMessage): Map<string, PiToolCall> {
  return new Map(content.flatMap((block) => (block.type === 'toolCall' ? [[block.id, block] as const] : [])));
}

function missingResult({ id, name }: PiToolCall): PiToolResult {
  return {
    role: 'toolResult',
    toolCallId: id,
    toolName: name,
    content: [{ type: 'text', text: 'No result provided' }],
    isError: true,
    timestamp: 0,
  };
}
