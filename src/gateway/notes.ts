import type { Repair } from '../index.js';

/** Enough for a person to read; proxies refuse long headers. */
const MOST_LETTERS = 1500;

/** Collects what a request asked for and the gateway left out or changed. */
export class Notes {
  readonly #texts: Set<string>;

  /** @param others Notes to begin with. */
  constructor(others?: Notes) {
    this.#texts = new Set(others?.list());
  }

  /**
   * @param field What was left out, as the client's protocol names it.
   * @param why What happened to it, in a few words.
   */
  add(field: string, why: string): void {
    this.#texts.add(`${field}: ${why}`);
  }

  addRepairs(repairs: readonly Repair[]): void {
    for (const { kind, path } of repairs) this.add(path, `repaired (${kind})`);
  }

  list(): string[] {
    return [...this.#texts];
  }

  /** The value of the header; undefined if there is nothing to say. Names in it come from clients, so it is plain ASCII. */
  header(): string | undefined {
    if (this.#texts.size === 0) return undefined;
    const text = this.list()
      .join('; ')
      .replace(/[^\x20-\x7e]/g, '?');
    return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}...` : text;
  }
}
