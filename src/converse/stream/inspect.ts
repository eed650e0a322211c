/** Methods that consoles call: the first in Node and Bun, the second in Deno. Both are registered symbols, so nothing is imported. */
const HOOKS = [Symbol.for('nodejs.util.inspect.custom'), Symbol.for('Deno.customInspect')];

const STATES = {
  idle: 'its reader has not started',
  reading: 'being read; await stream.result() for the whole answer',
  done: 'read; await stream.result() for the whole answer',
  failed: 'failed; await stream.result() throws the reason',
  left: 'left before it was complete',
};

/** Describes a stream for `console.log(stream)`. People who log an unread stream usually want its answer, so it says how. */
export function describeStream(
  state: keyof typeof STATES,
  isClaimed: boolean,
  name: 'ConverseStream' | 'InvokeStream' = 'ConverseStream',
): string {
  if (state !== 'idle' || isClaimed) return `${name} (${STATES[state]})`;
  return name === 'ConverseStream'
    ? 'ConverseStream (unread): for await (const event of stream) …, or await stream.text(), or await stream.result()'
    : 'InvokeStream (unread): for await (const { json } of stream) …, or await stream.result()';
}

/** Makes the consoles of Node, Bun and Deno show an object as text. Call it in a constructor, for the reason below. */
export function inspectAs(object: object, describe: () => string): void {
  for (const hook of HOOKS) Object.defineProperty(object, hook, { value: describe });
}

/**
 * Makes `await using` cancel a stream. Call it in a constructor: a static block that writes to the prototype would be a side
 * effect, so bundlers would keep the class, and everything that it imports, even if it is not used.
 */
export function makeDisposable(stream: { cancel(): Promise<void> }): void {
  const key: symbol = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
  Object.defineProperty(stream, key, { value: () => stream.cancel() });
}
