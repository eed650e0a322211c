/**
 * Answers encoded beforehand, named by the model that is asked for, so that every peer can ask for each of them:
 *
 *     text.<deltas>.<cut>    that many text deltas
 *     tool.<bytes>.<cut>     one tool use whose input is JSON of about that many bytes
 *
 * A cut is `64k`, `each` (one event per chunk) or `random`.
 */
import { createHash } from 'node:crypto';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { Digest } from '../measure/digest.mjs';

const utf8 = new TextEncoder();
const codec = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(bytes),
  (text) => utf8.encode(text),
);

/** A frame as AWS's own codec writes it. */
export function frame(type, body, messageType = 'event') {
  const headers = {
    [`:${messageType}-type`]: { type: 'string', value: type },
    ':content-type': { type: 'string', value: 'application/json' },
    ':message-type': { type: 'string', value: messageType },
  };
  return Buffer.from(codec.encode({ headers, body: utf8.encode(JSON.stringify(body)) }));
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Padding of the lengths that the service varies. */
export const padding = (index) => PADDING.slice(0, (index * 7) % PADDING.length);

/** The frames around an answer's content. */
export const opening = frame('messageStart', { role: 'assistant', p: PADDING.slice(0, 9) });

export function closing(stopReason, outputTokens) {
  const usage = { inputTokens: 10, outputTokens, totalTokens: outputTokens + 10 };
  return [
    frame('contentBlockStop', { contentBlockIndex: 0, p: 'ab' }),
    frame('messageStop', { stopReason, p: 'abcd' }),
    frame('metadata', { usage, metrics: { latencyMs: 1 }, p: 'abc' }),
  ];
}

const TOOL_PIECE = 4096;
const MANY = 64 * 1024;

const known = new Map();

/** The answer of a model: its chunks, and what a client must have read at its end. */
export function answerOf(model) {
  let answer = known.get(model);
  if (answer === undefined) {
    const [kind, size, cut] = model.split('.');
    const { frames, facts } = kind === 'tool' ? toolAnswer(Number(size)) : textAnswer(Number(size));
    const chunks = cutUp(frames, cut);
    const bytes = chunks.reduce((length, chunk) => length + chunk.length, 0);
    answer = { chunks, facts: { ...facts, bytes, chunks: chunks.length, events: frames.length } };
    known.set(model, answer);
  }
  return answer;
}

function textAnswer(deltas) {
  const frames = [opening];
  const digest = new Digest();
  for (let i = 0; i < deltas; i++) {
    const text = i % 50 === 49 ? ' naïve' : ` word${i % 97}`;
    digest.add(text);
    frames.push(frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, p: padding(i) }));
  }
  frames.push(...closing('end_turn', deltas));
  return { frames, facts: { text: digest.value, inputTokens: 10, outputTokens: deltas } };
}

function toolAnswer(bytes) {
  const start = { toolUse: { toolUseId: 'tooluse_1', name: 'save' } };
  const frames = [opening, frame('contentBlockStart', { contentBlockIndex: 0, start, p: 'abc' })];
  const line = 'The quick brown fox jumps over the lazy dog. "Quoted", with a line\nbreak. ';
  const content = line.repeat(Math.ceil(bytes / (line.length + 3))).slice(0, bytes);
  const input = JSON.stringify({ path: 'notes.txt', content });
  for (let at = 0; at < input.length; at += TOOL_PIECE) {
    const delta = { toolUse: { input: input.slice(at, at + TOOL_PIECE) } };
    frames.push(frame('contentBlockDelta', { contentBlockIndex: 0, delta, p: padding(at) }));
  }
  frames.push(...closing('tool_use', 20));
  const digest = new Digest();
  digest.add(content);
  return { frames, facts: { tool: digest.value, inputTokens: 10, outputTokens: 20 } };
}

function cutUp(frames, cut) {
  if (cut === 'each') return frames;
  const body = Buffer.concat(frames);
  const chunks = [];
  const next = cut === 'random' ? randomLengths() : () => MANY;
  for (let at = 0; at < body.length; ) {
    const length = next();
    chunks.push(body.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

/** Lengths of 1 to 4,096 bytes, the same in every run. */
function randomLengths() {
  let state = 0x2545f491;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return 1 + ((state >>> 0) % 4096);
  };
}

/** The digest of an image in the body of a request; undefined where there is none. */
export function imageIn(body) {
  const image = JSON.parse(body)
    .messages?.at(-1)
    ?.content?.find((block) => block.image)?.image;
  if (image === undefined) return undefined;
  const bytes = Buffer.from(image.source.bytes, 'base64');
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
