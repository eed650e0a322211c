import type { LocalModel } from '../account/account.js';
import type { Sign } from '../check/reasoning/binding.js';
import type { ConverseBody } from '../check/request-shape.js';
import type { Answer } from '../conversation/answer.js';
import type { Flow } from '../http/flow.js';
import type { Dice } from '../random.js';
import type { WireEvent } from './events.js';

/** An accepted request, for whatever writes its answer. */
export interface Question {
  body: ConverseBody;
  model: LocalModel;
  sign: Sign;
  roll: Dice;
  /** Aborts when the client goes away. */
  signal: AbortSignal | undefined;
}

/** An answer that is streamed. */
export interface OpenAnswer {
  /** The answer; if its content is still arriving, it is complete when that has been read. */
  answer: Answer;
  /** The events of the content. One whose type ends in `Exception` is the last one of the stream. */
  content: Flow<WireEvent>;
}

/**
 * A real model behind the local Bedrock.
 *
 * All methods throw a ServiceException if the model refuses a request or cannot be reached.
 */
export interface Upstream {
  answer(question: Question): Promise<Answer>;
  open(question: Question): Promise<OpenAnswer>;
  /** Embeds texts: a vector for each, all of the same length. Undefined without an embedding model. */
  embed: ((texts: readonly string[], signal: AbortSignal | undefined) => Promise<number[][]>) | undefined;
}
