/**
 * Makes `await using` cancel a stream. Called in constructors: a static block that writes to the prototype would be a side
 * effect, and bundlers would then keep an unused class with everything that it imports.
 */
export function makeDisposable(stream: { cancel(): Promise<void> }): void {
  const key: symbol = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
  Object.defineProperty(stream, key, { value: () => stream.cancel() });
}
