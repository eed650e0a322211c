import type { Citation } from '../../index.js';

/** Text that the model wrote, with the sources it names. */
export interface TextBlock {
  kind: 'text';
  text: string;
  citations: Citation[];
}

/** Reasoning that the next request returns. Its text may be empty and its signature is what counts. */
export type ReasoningBlock =
  | { kind: 'reasoning'; text: string; signature?: string | undefined }
  | { kind: 'redacted'; data: string };

/** A tool that the model calls. */
export interface CallBlock {
  kind: 'call';
  id: string;
  /** As the client knows it. */
  name: string;
  namespace?: string | undefined;
  /** True: the client's tool takes a string instead of JSON, and `input` is that string. */
  custom: boolean;
  /** The JSON of the input. */
  input: string;
}

export type AnswerBlock = TextBlock | ReasoningBlock | CallBlock;

/** Tokens of an answer, as Converse counts them: `input` excludes what the cache read and wrote. */
export interface AnswerUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  /** Of `cacheWrite`, what was written for an hour. */
  cacheWrite1h: number;
}

/** Why an answer ended, in Converse's words. */
export type StopReason =
  | 'end_turn'
  | 'stop_sequence'
  | 'tool_use'
  | 'max_tokens'
  | 'model_context_window_exceeded'
  | 'guardrail_intervened'
  | 'content_filtered';

/** The end of an answer. */
export interface AnswerEnd {
  reason: StopReason;
  stopSequence: string | undefined;
}

/**
 * An answer as the three protocols tell it: one block after the other, each opened once and closed once. A text block and a
 * reasoning block grow by `text`, a call by `input`.
 */
export type AnswerEvent =
  | { type: 'open'; block: AnswerBlock }
  | { type: 'text'; text: string }
  | { type: 'citation'; citation: Citation }
  | { type: 'signature'; signature: string }
  | { type: 'input'; json: string; isCustom: boolean }
  | { type: 'close'; block: AnswerBlock }
  | { type: 'end'; end: AnswerEnd }
  | { type: 'usage'; usage: AnswerUsage; serviceTier: string | undefined };
