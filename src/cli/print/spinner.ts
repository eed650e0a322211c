import type { Terminal } from './terminal.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;

/** What takes less than this needs no sign that it is in progress. */
const PATIENCE_MS = 150;

/** Waits for work, and shows on standard error that it is in progress, if that is a terminal. */
export async function whileTurning<T>(terminal: Terminal, what: string, work: Promise<T>): Promise<T> {
  const { animate } = terminal;
  if (animate === undefined) return work;
  let turns = 0;
  let shown = false;
  const turn = (): void => {
    shown = true;
    animate(`\r${FRAMES[turns % FRAMES.length]} ${what}`);
    turns += 1;
  };
  let turning: ReturnType<typeof setInterval> | undefined;
  const begin = setTimeout(() => {
    turn();
    turning = setInterval(turn, FRAME_MS);
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(begin);
    clearInterval(turning);
    if (shown) animate('\r\u001B[K');
  }
}
