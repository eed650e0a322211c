/** Node and Bun look up the first, Deno the second. They are registered symbols, so no module has to be imported. */
const HOOKS = [Symbol.for('nodejs.util.inspect.custom'), Symbol.for('Deno.customInspect')];

const STATES = {
  idle: 'its reader has not started',
  reading: 'being read; await stream.result() for the whole answer',
  done: 'read; await stream.result() for the whole answer',
  failed: 'failed; await stream.result() throws the reason',
  left: 'left before its end',
};

/** What `console.log(stream)` shows: a developer who logs an unread stream usually wants its answer. */
export function describeStream(state: keyof typeof STATES, isClaimed: boolean): string {
  return state === 'idle' && !isClaimed
    ? 'ConverseStream (unread): for await (const event of stream) …, or await stream.text(), or await stream.result()'
    : `ConverseStream (${STATES[state]})`;
}

/** Makes the consoles of Node, Bun and Deno show an object as text. Called in constructors: see `makeDisposable`. */
export function inspectAs(object: object, describe: () => string): void {
  for (const hook of HOOKS) Object.defineProperty(object, hook, { value: describe });
}

/**
 * Makes `await using` cancel a stream. Called in constructors: a static block that writes to the prototype would be a side
 * effect, and bundlers would then keep an unused class with everything that it imports.
 */
export function makeDisposable(stream: { cancel(): Promise<void> }): void {
  const key: symbol = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
  Object.defineProperty(stream, key, { value: () => stream.cancel() });
}
