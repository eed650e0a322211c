/**
 * Makes `await using` cancel a stream. Called in constructors: a static block that wrote to the prototype would be a side
 * effect, for which bundlers keep a class that nobody uses, with all that it imports.
 */
export function makeDisposable(stream: { cancel(): Promise<void> }): void {
  const key: symbol = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
  Object.defineProperty(stream, key, { value: () => stream.cancel() });
}
