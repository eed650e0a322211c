import type { ConverseEvent, PartialResult } from '../../src/index.js';
import type { Json } from './odd-json.js';

/** Nothing here uses `expect`: it takes longer than a whole run, and each run checks many values. */

const EVENTS: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
]);

const BLOCKS: Readonly<Record<string, (block: never) => boolean>> = {
  text: isText,
  toolUse: ({ toolUseId, name }: Json) => isText(toolUseId) && isText(name),
  toolResult: ({ toolUseId, content }: Json) => (toolUseId == null || isText(toolUseId)) && isList(content),
  reasoningContent: ({ reasoningText, redactedContent }: Json) =>
    redactedContent instanceof Uint8Array || isText((reasoningText as Json)?.['text']),
  citationsContent: ({ content, citations }: Json) => isList(content) && isList(citations),
  image: ({ format, source }: Json) => (format == null || isText(format)) && isPlain(source),
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Members that are null count as absent. */
function isList(value: unknown): boolean {
  return value == null || Array.isArray(value);
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an answer may weigh beside what was sent of it: names of members, warnings, and errors of parsing. */
const OWN_WEIGHT = 20_000;

/** Fails unless an event can be used without checking it. */
export function expectEvent(event: ConverseEvent): void {
  require(EVENTS.has(event?.type), 'the type of an event', event);
  if (!event.type.startsWith('contentBlock')) return;
  const { contentBlockIndex: index } = event as { contentBlockIndex: number };
  require(Number.isInteger(index) && index >= 0 && index <= 65_535, 'the index of an event', index);
}

/**
 * Fails unless an answer can be used without checking it, whatever its peer sent.
 *
 * @param sent Bytes that it was made from: it is made of nothing else.
 */
export function expectAnswer(answer: PartialResult, isWhole: boolean, sent: number): void {
  const { text, message, stopReason, usage, cost, toolUses, warnings } = answer;
  require(isText(text), 'text', text);
  require(isText(message.role), 'message.role', message.role);
  for (const block of (message.content ?? []) as unknown as Json[]) {
    const [kind = ''] = Object.keys(block);
    require(BLOCKS[kind]?.(block[kind] as never) === true, `a block of kind ${kind}`, block);
  }
  for (const use of toolUses) require(isText(use.toolUseId) && isText(use.name), 'a tool use', use);
  require(warnings.every(isText), 'warnings', warnings);
  if (isWhole) require(isText(stopReason), 'stopReason', stopReason);
  const counts = [usage?.inputTokens, usage?.outputTokens, usage?.totalTokens, ...Object.values(cost ?? {})];
  for (const count of counts)
    require(count == null || typeof count === 'boolean' || Number.isFinite(count), 'a count', count);
  const weight = weigh(answer);
  require(weight <= 4 * sent + OWN_WEIGHT, `the weight of an answer of ${sent} bytes`, weight);
}

function require(holds: boolean, what: string, found: unknown): void {
  if (!holds) throw new Error(`${what} is ${JSON.stringify(found)?.slice(0, 200)}`);
}

/** Characters and bytes that a value holds. */
function weigh(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let sum = 0;
  for (const name of Object.keys(value)) sum += name.length + weigh((value as Json)[name]);
  return sum;
}
