import type { ContentBlock } from 'bedrock-anywhere';
import type { AnswerDetails, ConversationMessage } from 'bedrock-anywhere/react';
import type { Measure, Sample } from '../answer/meter.js';
import { NOTHING_SPENT, type Spent } from '../answer/spent.js';
import { readSettings } from '../request/settings.js';
import { fromBase64 } from './bytes.js';
import { type ConversationRecord, newConversation, titleOf } from './record.js';

/** More is not a conversation that this page has written. */
const MOST_MESSAGES = 5000;
const MOST_BLOCKS = 1000;

type Json = Record<string, unknown>;

/**
 * Makes a conversation of what was stored or imported. Everything in it is checked: it may come from anyone, and is shown and sent.
 *
 * @throws Error that says what is wrong
 */
export function readRecord(value: unknown): ConversationRecord {
  const given = requireObject(value, 'The conversation');
  const listed = given['messages'];
  if (!Array.isArray(listed)) throw new Error('It has no list of messages.');
  if (listed.length > MOST_MESSAGES) throw new Error(`It has more than ${MOST_MESSAGES} messages.`);
  const messages = withOwnIds(listed.map(readMessage));
  const record = newConversation(readSettings(given['settings']));
  return {
    ...record,
    ...(typeof given['id'] === 'string' && /^[\w-]{1,80}$/.test(given['id']) && { id: given['id'] }),
    title: typeof given['title'] === 'string' ? given['title'].slice(0, 200) : titleOf(messages),
    createdAt: readTime(given['createdAt']) ?? record.createdAt,
    changedAt: readTime(given['changedAt']) ?? record.changedAt,
    messages,
    spent: readSpent(given['spent']),
    measures: readMeasures(given['measures'], messages),
  };
}

/** Ids tell messages apart when they are drawn and edited, so that no two may have the same. */
function withOwnIds(messages: readonly ConversationMessage[]): ConversationMessage[] {
  const taken = new Set<string>();
  return messages.map((message) => {
    const id = taken.has(message.id) ? crypto.randomUUID() : message.id;
    taken.add(id);
    return { ...message, id };
  });
}

function readMessage(value: unknown, i: number): ConversationMessage {
  const where = `Message ${i + 1}`;
  const { role, content, answer, kind, id } = requireObject(value, where);
  if (role !== 'user' && role !== 'assistant') throw new Error(`${where} has no role of user or assistant.`);
  if (!Array.isArray(content) || content.length > MOST_BLOCKS)
    throw new Error(`${where} has no list of content blocks.`);
  const blocks = content.map((block) => readBlock(block, where));
  const isResults = blocks.length > 0 && blocks.every(({ toolResult }) => toolResult !== undefined);
  return {
    id: typeof id === 'string' && /^[\w-]{1,80}$/.test(id) ? id : `i${i}`,
    kind: role === 'assistant' ? 'answer' : isResults || kind === 'toolResults' ? 'toolResults' : 'prompt',
    role,
    content: blocks,
    text: blocks.map(textOfBlock).join(''),
    ...(role === 'assistant' &&
      typeof answer === 'object' &&
      answer !== null && { answer: readDetails(answer as Json) }),
  };
}

function textOfBlock({ text, citationsContent }: ContentBlock): string {
  return text ?? citationsContent?.content?.map((cited) => cited.text ?? '').join('') ?? '';
}

/** Kinds of content that the page writes and shows. Locations in S3 are none: they would be read with the user's rights. */
function readBlock(value: unknown, where: string): ContentBlock {
  const block = requireObject(value, `${where}: a block`);
  const { text, image, document, toolUse, toolResult, reasoningContent, citationsContent } = block;
  if (typeof text === 'string') return { text };
  if (image !== undefined) return { image: readFile(image, where) as never };
  if (document !== undefined) return { document: readFile(document, where) as never };
  if (toolUse !== undefined) {
    const { toolUseId, name, input } = requireObject(toolUse, `${where}: a tool call`);
    return {
      toolUse: {
        toolUseId: requireText(toolUseId, where),
        name: requireText(name, where),
        input: input as never,
      },
    };
  }
  if (toolResult !== undefined) {
    const { toolUseId, content, status } = requireObject(toolResult, `${where}: a tool result`);
    const results = (Array.isArray(content) ? content : []).map((one) => readResult(one, where));
    return {
      toolResult: {
        toolUseId: requireText(toolUseId, where),
        content: results as never,
        ...((status === 'error' || status === 'success') && { status }),
      },
    };
  }
  if (reasoningContent !== undefined)
    return { reasoningContent: readReasoning(reasoningContent, where) as never };
  if (citationsContent !== undefined) {
    const cited = requireObject(citationsContent, `${where}: a quotation`);
    if (Array.isArray(cited['content'])) return { citationsContent: cited as never };
  }
  throw new Error(`${where} has a block of a kind that this page does not know.`);
}

function readResult(value: unknown, where: string): object {
  const { text, json } = requireObject(value, `${where}: a tool result`);
  if (typeof text === 'string') return { text };
  return { json: json as never };
}

function readReasoning(value: unknown, where: string): object {
  const { reasoningText, redactedContent } = requireObject(value, `${where}: reasoning`);
  if (redactedContent !== undefined) return { redactedContent: readBytes(redactedContent, where) };
  const { text, signature } = requireObject(reasoningText, `${where}: reasoning`);
  return {
    reasoningText: { text: String(text ?? ''), ...(typeof signature === 'string' && { signature }) },
  };
}

function readFile(value: unknown, where: string): object {
  const { format, name, source } = requireObject(value, `${where}: a file`);
  const { bytes } = requireObject(source, `${where}: a file`);
  if (typeof format !== 'string' || !/^[a-z0-9]{2,8}$/.test(format))
    throw new Error(`${where} has a file without a format.`);
  return { format, ...(typeof name === 'string' && { name }), source: { bytes: readBytes(bytes, where) } };
}

function readBytes(value: unknown, where: string): Uint8Array {
  const bytes =
    value instanceof Uint8Array ? value : typeof value === 'string' ? fromBase64(value) : undefined;
  if (bytes === undefined) throw new Error(`${where} has a file whose bytes are not base64.`);
  return bytes;
}

/** Only what is shown again: nothing of it is sent. */
function readDetails(given: Json): AnswerDetails {
  const { usage, cost, stopReason, requestId, modelId, attempts, warnings, trace, metrics } = given;
  const { inputTokens, outputTokens, totalTokens } = Object(usage) as Json;
  const { total, estimated } = Object(cost) as Json;
  return {
    stopReason: typeof stopReason === 'string' ? stopReason : undefined,
    usage:
      isCount(inputTokens) && isCount(outputTokens)
        ? {
            inputTokens,
            outputTokens,
            totalTokens: isCount(totalTokens) ? totalTokens : inputTokens + outputTokens,
          }
        : undefined,
    cost: isCount(total)
      ? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total, estimated: estimated === true }
      : undefined,
    metrics: isCount((Object(metrics) as Json)['latencyMs']) ? metrics : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    modelId: typeof modelId === 'string' ? modelId : undefined,
    attempts: isCount(attempts) ? attempts : 1,
    warnings: Array.isArray(warnings) ? warnings.filter((one) => typeof one === 'string') : [],
    trace,
    repairs: [],
    toolUses: [],
    performanceConfig: undefined,
    serviceTier: undefined,
    additionalModelResponseFields: undefined,
  } as AnswerDetails;
}

function readSpent(value: unknown): Spent {
  const given = Object(value) as Json;
  const numbers = (['answers', 'inputTokens', 'outputTokens', 'cost'] as const).map((name) => [
    name,
    isCount(given[name]) ? given[name] : 0,
  ]);
  return { ...NOTHING_SPENT, ...Object.fromEntries(numbers), isEstimate: given['isEstimate'] === true };
}

function readMeasures(value: unknown, messages: readonly ConversationMessage[]): Record<string, Measure> {
  const given = Object(value) as Record<string, unknown>;
  const found = messages.flatMap(({ id }) => {
    if (!Object.hasOwn(given, id)) return [];
    const { firstMs, totalMs, samples } = Object(given[id]) as Json;
    if (!isCount(firstMs) || !isCount(totalMs) || !Array.isArray(samples)) return [];
    return [[id, { firstMs, totalMs, samples: samples.filter(isSample).slice(0, 200) }] as const];
  });
  return Object.fromEntries(found);
}

function isSample(value: unknown): value is Sample {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function readTime(value: unknown): number | undefined {
  return isCount(value) && value < 1e14 ? value : undefined;
}

function requireObject(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`${what} is not an object.`);
}

function requireText(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${where} has a tool call without a name or id.`);
}
