import { LoopShare, Turns as StreamTurns } from '../../src/event-loop.js';

/** An event loop that turns when it is told to, with a clock that stands still until it is moved on. */
export function loopByHand() {
  let now = 1_000_000;
  let tasks: (() => void)[] = [];
  const loop = new LoopShare({ now: () => now, later: (task) => void tasks.push(task) });
  class Turns extends StreamTurns {
    constructor() {
      super(loop);
    }
  }
  return {
    Turns,
    /** Moves the clock on by some milliseconds. */
    pass: (ms: number) => {
      now += ms;
    },
    /** Runs what was left for a later turn, each task with all that follows from it. */
    async turn(): Promise<void> {
      const due = tasks;
      tasks = [];
      for (const task of due) {
        task();
        await microtasks();
      }
    },
    /** Drops what was left for a later turn, as a Worker does when its request is over. */
    lose: () => {
      tasks = [];
    },
  };
}

/** Resolves once no microtask is left. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
