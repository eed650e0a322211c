import type { Terminal } from './terminal.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;

/** What comes within this time needs no sign that it is under way. */
const PATIENCE_MS = 150;

/** Waits for work, and shows on standard error that it is under way where that is a terminal. */
export async function whileTurning<T>(terminal: Terminal, what: string, work: Promise<T>): Promise<T> {
  if (terminal.animated !== true) return work;
  let turns = 0;
  let shown = false;
  const turn = (): void => {
    shown = true;
    terminal.err(`\r${FRAMES[turns % FRAMES.length]} ${what}`);
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
    if (shown) terminal.err('\r\u001B[K');
  }
}
