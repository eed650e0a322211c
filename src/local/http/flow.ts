/** Items that exist already, or that arrive from somewhere. */
export type Flow<Item> = Iterable<Item> | AsyncIterable<Item>;

/** Writes each item as several others when it is read. The reader may stop early, which closes the flow at once. */
export function expand<Item, Written>(
  flow: Flow<Item>,
  write: (item: Item) => readonly Written[],
): Flow<Written> {
  return Symbol.asyncIterator in flow ? expandArriving(flow, write) : expandReady(flow, write);
}

function* expandReady<Item, Written>(
  flow: Iterable<Item>,
  write: (item: Item) => readonly Written[],
): Generator<Written> {
  for (const item of flow) yield* write(item);
}

/** Not a generator: while it waits for an item, a generator would not hear that the reader has stopped. */
function expandArriving<Item, Written>(
  flow: AsyncIterable<Item>,
  write: (item: Item) => readonly Written[],
): AsyncIterable<Written> {
  return {
    [Symbol.asyncIterator]() {
      const source = flow[Symbol.asyncIterator]();
      let written: readonly Written[] = [];
      let at = 0;
      return {
        async next() {
          while (at === written.length) {
            const step = await source.next();
            if (step.done === true) return { done: true, value: undefined };
            written = write(step.value);
            at = 0;
          }
          return { done: false, value: written[at++] as Written };
        },
        async return() {
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Appends items that are made when all others have been read. */
export function append<Item>(flow: Flow<Item>, more: () => Iterable<Item>): Flow<Item> {
  return Symbol.asyncIterator in flow ? appendToArriving(flow, more) : appendToReady(flow, more);
}

function* appendToReady<Item>(flow: Iterable<Item>, more: () => Iterable<Item>): Generator<Item> {
  yield* flow;
  yield* more();
}

function appendToArriving<Item>(flow: AsyncIterable<Item>, more: () => Iterable<Item>): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]() {
      const source = flow[Symbol.asyncIterator]();
      let rest: Iterator<Item> | undefined;
      return {
        async next() {
          if (rest === undefined) {
            const step = await source.next();
            if (step.done !== true) return step;
            rest = more()[Symbol.iterator]();
          }
          return rest.next();
        },
        async return() {
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
