import { ownMember } from '../../members/own-member.js';
import { findRejections } from '../check/quirks.js';
import type { Json } from '../check/shape.js';
import type { Answer, AnswerBlock } from '../conversation/answer.js';
import { countTextTokens } from '../conversation/tokens.js';
import { canReason } from '../model/brain.js';
import { event, type WireEvent } from '../model/events.js';
import type { Question } from '../model/upstream.js';
import { findReason } from './connection.js';
import { type ToolCall, ToolCalls } from './tool-calls.js';
import { readCounts } from './usage.js';

/** The longest answer, in UTF-16 units: more than any model can write. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

const MAX_CALLS = 1000;

type Words = Extract<AnswerBlock, { kind: 'text' | 'reasoning' }>;

/** The names of the reasons for which an answer ends. `stop` also ends one that calls tools, at some servers. */
const REASONS: Readonly<Record<string, string>> = {
  length: 'max_tokens',
  content_filter: 'content_filtered',
};

/**
 * Reads the chunks of a Chat Completion into the events of Converse, and gathers the answer meanwhile.
 *
 * Blocks follow one another, as they do at the service. If the pieces of several calls are mixed, those of a later call wait
 * until the earlier one is complete.
 */
export class ChunkReader {
  readonly answer: Answer = { blocks: [], stopReason: 'end_turn' };
  readonly #question: Question;
  readonly #calls: ToolCalls;
  readonly #passesReasoning: boolean;
  #hasStarted = false;
  #blocks = 0;
  #characters = 0;
  /** The block of words that is open. */
  #words: Words | undefined;
  /** White space that nothing has followed yet: the service rejects blocks of nothing else. */
  #space = '';
  /** How many calls are closed, and whether the next one is open. */
  #closedCalls = 0;
  #isCallOpen = false;
  #reason: string | undefined;

  constructor(question: Question) {
    const { model, roll } = question;
    this.#question = question;
    this.#calls = new ToolCalls(roll);
    // The next request would be rejected if it repeated reasoning of a model that has none.
    this.#passesReasoning = canReason(model) || findRejections(model.modelId).reasoning !== 'any';
  }

  /** Whether the answer has said why it ends. */
  get hasEnded(): boolean {
    return this.#reason !== undefined;
  }

  /**
   * Reads a chunk. A whole answer is a chunk too, whose `message` is its `delta`.
   *
   * @throws Error for an error in place of a chunk, or for one that makes no sense
   */
  read(chunk: unknown): WireEvent[] {
    const { error, object, choices, usage } = Object(chunk) as Json;
    if ((error ?? undefined) !== undefined || object === 'error') {
      throw new Error(findReason(chunk) ?? 'an error without a message');
    }
    const written: WireEvent[] = [];
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      written.push(event('messageStart', { role: 'assistant' }));
    }
    const counts = readCounts(usage);
    if (counts !== undefined) this.answer.counts = counts;
    const list = Array.isArray(choices) ? (choices as Json[]) : [];
    const choice = list.find((one) => (Object(one) as Json)['index'] === 0) ?? list[0];
    if (choice !== undefined) this.#readChoice(Object(choice) as Json, written);
    return written;
  }

  #readChoice({ delta, message, finish_reason: reason, stop_reason: by }: Json, written: WireEvent[]): void {
    const said = Object(delta ?? message) as Json;
    this.#addWords('reasoning', textIn(said['reasoning_content'] ?? said['reasoning']), written);
    this.#addWords('text', textIn(said['content']) + textIn(said['refusal']), written);
    const calls = Array.isArray(said['tool_calls']) ? (said['tool_calls'] as Json[]) : [];
    for (const [i, call] of calls.entries()) {
      // The calls of a whole answer have no index.
      this.#addCall(
        (delta ?? undefined) === undefined ? { index: i, ...call } : (Object(call) as Json),
        written,
      );
    }
    if (typeof reason !== 'string' || reason === '') return;
    if (reason === 'error') throw new Error('it ended with an error');
    this.#reason = reason;
    // Only vLLM says which stop sequence it was.
    const { stopSequences = [] } = this.#question.body.inferenceConfig ?? {};
    if (typeof by === 'string' && stopSequences.includes(by)) this.answer.stopSequence = by;
  }

  /**
   * Closes the answer.
   *
   * @throws Error if it cannot be complete
   */
  finish(): WireEvent[] {
    const written: WireEvent[] = [];
    this.#closeWords(written);
    const isTruncated = this.#reason === 'length';
    for (const call of this.#calls.list.slice(this.#closedCalls)) {
      if (!isTruncated) call.complete();
      this.#writeCall(call, written);
      if (!isTruncated && call.input === undefined) {
        throw new Error(`its call of the tool ${call.name} has arguments that are not a JSON object`);
      }
      this.#closeCall(call, written);
    }
    this.answer.stopReason = this.#stopReason();
    return written;
  }

  #stopReason(): string {
    const reason = ownMember(REASONS, this.#reason ?? '');
    if (reason !== undefined) return reason;
    if (this.#calls.list.length > 0) return 'tool_use';
    return this.answer.stopSequence === undefined ? 'end_turn' : 'stop_sequence';
  }

  #addWords(kind: Words['kind'], said: string, written: WireEvent[]): void {
    if (said === '' || (kind === 'reasoning' && !this.#passesReasoning)) return;
    this.#count(said);
    if (this.#words?.kind !== kind && said.trim() === '') {
      if (kind === 'text') this.#space += said;
      return;
    }
    const words = this.#openWords(kind, written);
    const text = kind === 'text' ? this.#space + said : said;
    if (kind === 'text') this.#space = '';
    words.text += text;
    this.#delta(kind === 'text' ? { text } : { reasoningContent: { text } }, text, written);
  }

  #openWords(kind: Words['kind'], written: WireEvent[]): Words {
    if (this.#words?.kind === kind) return this.#words;
    this.#closeWords(written);
    this.#closeCalls(written);
    const words: Words = { kind, text: '' };
    this.#words = words;
    this.answer.blocks.push(words);
    return words;
  }

  #closeWords(written: WireEvent[]): void {
    const words = this.#words;
    if (words === undefined) return;
    if (words.kind === 'reasoning') {
      words.signature = this.#question.sign(words.text);
      this.#delta({ reasoningContent: { signature: words.signature } }, '', written);
    }
    this.#words = undefined;
    this.#stopBlock(written);
  }

  #addCall({ index, id, function: called }: Json, written: WireEvent[]): void {
    this.#closeWords(written);
    this.#space = '';
    const { name, arguments: given } = Object(called) as Json;
    const call = this.#calls.find({ index, id });
    if (this.#calls.list.length > MAX_CALLS) throw new Error(`it calls more than ${MAX_CALLS} tools`);
    if (call.name === '' && typeof name === 'string') call.name = name;
    // Some servers write the arguments as an object.
    const text =
      typeof given === 'string' ? given : (given ?? undefined) === undefined ? '' : JSON.stringify(given);
    if (this.#calls.list.indexOf(call) < this.#closedCalls && text.trim() !== '') {
      throw new Error(`its call of the tool ${call.name} goes on after its end`);
    }
    this.#count(text);
    call.add(text);
    for (const one of this.#calls.list.slice(this.#closedCalls)) {
      if (one.name !== '') this.#writeCall(one, written);
      if (!one.isWhole || one === this.#calls.list.at(-1)) break;
      this.#closeCall(one, written);
    }
  }

  /** Closes the calls that are complete, as something else follows. */
  #closeCalls(written: WireEvent[]): void {
    for (const call of this.#calls.list.slice(this.#closedCalls)) {
      call.complete();
      if (!call.isWhole)
        throw new Error(`its call of the tool ${call.name} is not complete when words follow`);
      this.#writeCall(call, written);
      this.#closeCall(call, written);
    }
  }

  /** Writes what is new of a call. */
  #writeCall(call: ToolCall, written: WireEvent[]): void {
    const { name, toolUseId } = call;
    if (!/^[\w-]{1,64}$/.test(name)) throw new Error('it calls a tool without a name that Bedrock accepts');
    if (!this.#isCallOpen) {
      this.#isCallOpen = true;
      const start = { toolUse: { name, toolUseId } };
      written.push(event('contentBlockStart', { contentBlockIndex: this.#blocks, start }));
      this.#delta({ toolUse: { input: '' } }, '', written);
    }
    const input = call.take();
    if (input !== '') this.#delta({ toolUse: { input } }, input, written);
  }

  /** A call that is not complete is in the stream already, but is not part of the answer. */
  #closeCall({ input, name, toolUseId }: ToolCall, written: WireEvent[]): void {
    if (input !== undefined) this.answer.blocks.push({ kind: 'toolUse', toolUseId, name, input });
    this.#closedCalls += 1;
    this.#isCallOpen = false;
    this.#stopBlock(written);
  }

  #delta(delta: Json, text: string, written: WireEvent[]): void {
    written.push(
      event('contentBlockDelta', { contentBlockIndex: this.#blocks, delta }, countTextTokens(text)),
    );
  }

  #stopBlock(written: WireEvent[]): void {
    written.push(event('contentBlockStop', { contentBlockIndex: this.#blocks }));
    this.#blocks += 1;
  }

  #count(text: string): void {
    this.#characters += text.length;
    if (this.#characters > MAX_CHARACTERS) {
      throw new Error(`it has more than ${MAX_CHARACTERS} characters, which no model writes`);
    }
  }
}

/** A string, or a list of parts with texts. */
function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as Json[]).map((part) => textIn((Object(part) as Json)['text'])).join('');
}
