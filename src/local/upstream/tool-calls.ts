import type { Json } from '../check/shape.js';
import { parseJsonIfPossible } from '../parse-json.js';
import { type Dice, makeToolUseId } from '../random.js';
import { ObjectEnd } from './object-end.js';

/** A tool call that arrives in pieces. */
export class ToolCall {
  readonly toolUseId: string;
  #end = new ObjectEnd();
  name = '';
  /** All of its arguments so far. */
  #text = '';
  /** How many characters were taken. */
  #taken = 0;

  constructor(toolUseId: string) {
    this.toolUseId = toolUseId;
  }

  add(text: string): void {
    this.#text += text;
    this.#end.feed(text);
  }

  /** Whether the arguments are all there. Those without a letter may still come. */
  get isWhole(): boolean {
    return this.#end.hasEnded;
  }

  /** The arguments that nobody has taken yet. What is not an object is held back, as `null` means that there are none. */
  take(): string {
    if (this.#end.isBroken) return '';
    const text = this.#text.slice(this.#taken);
    if (text.trim() === '') return '';
    this.#taken = this.#text.length;
    return text;
  }

  /** Replaces arguments that are missing, which some servers write for a tool without parameters. */
  complete(): void {
    if (!/^\s*(?:null\s*)?$/.test(this.#text)) return;
    this.#text = '{}';
    this.#end = new ObjectEnd();
    this.#end.feed(this.#text);
  }

  /** The arguments; undefined if they are not a JSON object. */
  get input(): Json | undefined {
    const json = parseJsonIfPossible(this.#text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Json) : undefined;
  }
}

/** What a chunk says about a tool call. Some servers leave out the index, and some give all calls the same one. */
interface Part {
  index: unknown;
  id: unknown;
}

/** The tool calls of an answer, in order. */
export class ToolCalls {
  readonly list: ToolCall[] = [];
  readonly #parts: Part[] = [];
  readonly #ids = new Set<string>();
  readonly #roll: Dice;

  constructor(roll: Dice) {
    this.#roll = roll;
  }

  /** Finds the call that a part belongs to, or starts a new one. */
  find(part: Part): ToolCall {
    const { index, id } = part;
    const hasId = typeof id === 'string' && id !== '';
    for (let at = this.list.length - 1; at >= 0; at--) {
      const one = this.#parts[at];
      const known = this.list[at];
      const isSame = (index === undefined || one?.index === index) && (!hasId || one?.id === id);
      if (isSame && known !== undefined) return known;
    }
    const call = new ToolCall(this.#makeId(id));
    this.#parts.push({ index, id });
    this.list.push(call);
    return call;
  }

  /** Keeps an id that every model accepts in the next request (Mistral wants nine letters or digits), and makes up others. */
  #makeId(given: unknown): string {
    const isFit =
      typeof given === 'string' &&
      /^[\w-]{9,64}$/.test(given) &&
      given.replace(/[\W_]/g, '').length >= 9 &&
      !this.#ids.has(given);
    const id = isFit ? given : makeToolUseId(this.#roll);
    this.#ids.add(id);
    return id;
  }
}
