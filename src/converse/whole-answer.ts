import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { BoundedMap } from '../bounded-map.js';
import type { BedrockError } from '../errors.js';
import type { EventReader, TransportAnswer } from '../options.js';
import type { ContentBlockDeltaEvent, ConverseEvent } from '../types.js';
import { protocolError } from '../wire/frame.js';
import { readWholeMessage } from './whole-message.js';

// Llama and Mistral use tools only in whole answers, and AWS has no list of such models.

/** The second sentence is about models that do not stream at all, like gpt-oss at first: aws-samples/amazon-bedrock-client-for-mac#112. */
const REFUSAL =
  /^(?:This model doesn't support tool use in streaming mode|The model is unsupported for streaming)/;

/** Endpoints and models that have refused a stream. */
const refusing = /* @__PURE__ */ new BoundedMap<string, string>(200);

/** What a model answered when it refused such a stream; undefined if it has not refused one. */
export function knownStreamRefusal(model: string, body: { toolConfig?: unknown }): string | undefined {
  const words = refusing.get(model);
  return body.toolConfig == null && words?.includes('tool use') ? undefined : words;
}

/** Whether an error refuses streaming rather than the request. If so, this is cached for the model. */
export function noteStreamRefusal({ code, message }: BedrockError, model: string): boolean {
  const [words] = REFUSAL.exec(message) ?? [];
  if (words === undefined || code !== 'ERR_INPUT') return false;
  refusing.set(model, words);
  return true;
}

/** The events of a whole answer, as if it had been streamed. */
export function readWholeAnswer(answer: TransportAnswer): EventReader<ConverseEvent> {
  const events = listEvents(answer);
  let at = 0;
  return {
    take: () => events[at++],
    more: async () => at < events.length,
    close: () => {},
    requestId: answer.requestId,
  };
}

function listEvents(answer: TransportAnswer): ConverseEvent[] {
  const read = readWholeMessage(answer);
  if (read === undefined) throw protocolError('The answer has no message or no stop reason');
  const { content, message: _inContent, stopReason, additionalModelResponseFields, ...metadata } = read;
  return [
    { type: 'messageStart', role: 'assistant' },
    ...content.flatMap(eventsOfBlock),
    { type: 'messageStop', stopReason, additionalModelResponseFields },
    { ...metadata, type: 'metadata' },
  ] as ConverseEvent[];
}

function eventsOfBlock(block: ContentBlock, contentBlockIndex: number): ConverseEvent[] {
  const start = startOf(block);
  const deltas = deltasOf(block).map((delta) => ({ type: 'contentBlockDelta', contentBlockIndex, delta }));
  return [
    ...(start ? [{ type: 'contentBlockStart', contentBlockIndex, start }] : []),
    ...deltas,
    { type: 'contentBlockStop', contentBlockIndex },
  ] as ConverseEvent[];
}

/** What begins a block; text, reasoning and citations begin with their first delta. */
function startOf({ toolUse, toolResult, image }: ContentBlock): object | undefined {
  if (toolUse) {
    const { input: _asDelta, ...start } = toolUse;
    return { toolUse: start };
  }
  if (toolResult) {
    const { content: _asDelta, ...start } = toolResult;
    return { toolResult: start };
  }
  return image && { image: { format: image.format } };
}

function deltasOf({ text, toolUse, toolResult, image, reasoningContent, citationsContent }: ContentBlock) {
  const { reasoningText, redactedContent } = reasoningContent ?? {};
  const deltas = [
    { text },
    toolUse && { toolUse: { input: JSON.stringify(toolUse.input ?? {}) } },
    toolResult?.content && { toolResult: toolResult.content },
    image && { image: { source: image.source } },
    reasoningText && { reasoningContent: { text: reasoningText.text } },
    reasoningText?.signature && { reasoningContent: { signature: reasoningText.signature } },
    redactedContent && { reasoningContent: { redactedContent } },
    ...(citationsContent?.content ?? []),
    ...(citationsContent?.citations ?? []).map((citation) => ({ citation })),
  ];
  return deltas.filter(
    (delta) => delta && Object.values(delta)[0] !== undefined,
  ) as ContentBlockDeltaEvent['delta'][];
}
