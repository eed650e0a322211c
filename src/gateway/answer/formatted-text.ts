import { Pieces } from '../../pieces.js';
import { Refusal } from '../failure.js';

/** An answer that has to be JSON, from a model that is only told so by a tool or in words. */
export interface TextFormat {
  /** Name of the tool whose input is the answer; undefined if the model is only told in words. */
  tool: string | undefined;
  /** True: the schema's root is not an object, so it was put into the member `value` of one. */
  isWrapped: boolean;
}

/**
 * The text of such an answer. The input of the tool is passed on as it arrives. Other text is held back until it is certain that
 * the tool does not follow: then it has to be the JSON itself. Without a tool, text that begins like JSON is passed on as it
 * arrives too.
 */
export class FormattedText {
  readonly #format: TextFormat;
  readonly #text: string[] = [];
  readonly #json = new Pieces();
  /** The JSON in words that has been shown. */
  #shown: Pieces | undefined;

  constructor(format: TextFormat) {
    this.#format = format;
  }

  /** Returns what can be shown already. */
  addText(text: string): string | undefined {
    const isFirst = this.#shown === undefined;
    if (isFirst && !this.#beginsJson(text)) {
      this.#text.push(text);
      return undefined;
    }
    this.#text.length = 0;
    const shown = isFirst ? text.trimStart() : text;
    this.#shown ??= new Pieces();
    this.#shown.add(shown);
    return shown;
  }

  /** Whether the answer is JSON in words that begins here: behind nothing but white space. */
  #beginsJson(text: string): boolean {
    return (
      this.#format.tool === undefined &&
      /^\s*[{[]/.test(text) &&
      this.#text.every((held) => held.trim() === '')
    );
  }

  /** Returns what of the JSON can be shown already. */
  addJson(json: string): string | undefined {
    this.#json.add(json);
    return this.#format.isWrapped ? undefined : json;
  }

  /** Takes the text that has been held back. */
  takeText(): string {
    return this.#text.splice(0).join('');
  }

  /**
   * Returns what is left to show.
   *
   * @param isWhole Whether the answer is complete and nothing else than the JSON was asked for.
   * @throws Refusal if it is not JSON
   */
  finish(isWhole: boolean): string {
    const text = this.takeText();
    const json = this.#json.read();
    if (this.#shown !== undefined) {
      if (isWhole) readJson(this.#shown.read());
      return '';
    }
    if (json === '') return isWhole ? readWords(text) : text;
    if (!isWhole) return '';
    const { value } = readJson(json);
    return this.#format.isWrapped ? JSON.stringify((Object(value) as { value?: unknown }).value ?? null) : '';
  }
}

const FENCE = '```';

/** Models like to put JSON into a fence of Markdown. */
function stripFence(text: string): string {
  const trimmed = text.trim();
  const firstLine = trimmed.indexOf('\n');
  const isFenced = /^```(?:json)?\s*$/i.test(trimmed.slice(0, Math.max(0, firstLine)));
  return isFenced && trimmed.endsWith(FENCE) ? trimmed.slice(firstLine, -FENCE.length).trim() : trimmed;
}

/** Reads JSON that was asked for in words. It may follow an introduction, which some models always write. */
function readWords(text: string): string {
  const trimmed = stripFence(text);
  const begin = trimmed.search(/\{\s*"/);
  if (begin <= 0) return readJson(trimmed).source;
  const end = trimmed.endsWith(FENCE) ? -FENCE.length : undefined;
  return readJson(trimmed.slice(begin, end).trim()).source;
}

function readJson(source: string): { source: string; value: unknown } {
  try {
    return { source, value: JSON.parse(source) };
  } catch {
    throw new Refusal(
      'model',
      'The model did not answer with the JSON that the request asked for, probably because it was only asked in words, as for ' +
        'json_object. Send the request again, ask for a JSON schema instead, or use a model that supports structured output.',
    );
  }
}
