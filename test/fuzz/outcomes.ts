import { expect } from 'vitest';
import { isBedrockError } from '../../src/index.js';

/** How often each outcome was seen: runs that all fail at the door would prove nothing. */
export class Outcomes {
  readonly #counts = new Map<string, number>();

  count(outcome: PromiseSettledResult<unknown>, reason?: unknown): void {
    if (outcome.status === 'fulfilled') this.add('ok');
    else if (isBedrockError(outcome.reason)) this.add(outcome.reason.code);
    else this.add(Object.is(outcome.reason, reason) ? 'abort' : 'untyped');
  }

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Fails unless each of these outcomes was seen. */
  expectEach(...names: string[]): void {
    expect([...this.#counts.keys()]).toEqual(expect.arrayContaining(names));
  }
}
