import type { AnswerBlock, AnswerEvent } from './answer/blocks.js';
import type { Answer } from './answer/events.js';
import type { LimitState } from './budgets/headers.js';
import type { Draft } from './conversation/draft.js';
import type { Images } from './conversation/media/images.js';
import type { ToolNames } from './conversation/tool-names.js';
import type { Failure } from './failure.js';
import type { Body } from './fields.js';
import type { Notes } from './notes.js';

/** What reading a request needs besides its body. */
export interface ReadContext {
  headers: Headers;
  names: ToolNames;
  images: Images;
  notes: Notes;
}

/** A request as its protocol reads it. */
export interface ReadRequest {
  /** `modelId` is still the name that the client used. */
  draft: Draft;
  isStream: boolean;
}

/** What an answer repeats. */
export interface AnswerContext {
  /** The model as the client named it. */
  model: string;
  /** Without prefix: each protocol puts its own in front. */
  id: string;
  /** In milliseconds. */
  createdAt: number;
  now(): number;
}

/** Writes the events of an answer as server-sent events of a protocol. */
export interface StreamWriter {
  /** The kinds of blocks whose whole text or input it needs when they close. Other kinds of blocks are not kept. */
  keeps: readonly AnswerBlock['kind'][];
  /** Events before the first part of the answer. */
  open(): string;
  /** Often nothing. */
  write(event: AnswerEvent): string;
  /** Events at the end of a complete answer. */
  close(): string;
  fail(failure: Failure): string;
}

/** How a protocol tells about failures. */
export interface ErrorWriter {
  body(failure: Failure, requestId: string): object;
  /** The status of a failure, where the protocol has one of its own. */
  status?(failure: Failure): number;
  /** Headers that belong to a failure. */
  headers?(failure: Failure): Record<string, string>;
  /** Name of the header with the request's id. */
  requestIdHeader: string;
  /** Headers that tell what is left of limits. */
  limitHeaders?(states: readonly LimitState[], now: number): Record<string, string>;
}

/** One of the three protocols. */
export interface Protocol<Read extends ReadRequest = ReadRequest> {
  errors: ErrorWriter;
  /** An event that clients skip. */
  ping: string;
  /** @throws Refusal for a request that cannot be translated */
  read(body: Body, context: ReadContext): Read;
  writeAnswer(answer: Answer, read: Read, context: AnswerContext): object;
  createStream(read: Read, context: AnswerContext, requestId: string): StreamWriter;
}
