#!/usr/bin/env node
import { fstatSync } from 'node:fs';
import { variable } from './environment.js';
import { main } from './main.js';

const { stdin, stdout, stderr } = process;
const isDumb = variable('TERM') === 'dumb';

/** The reader may stop early, as `head` does. What it did not read is nobody's loss. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
stdout.on('error', endOnBrokenPipe);
stderr.on('error', endOnBrokenPipe);

/** Whether something is piped into standard input. A terminal and /dev/null are devices. */
function isPiped(): boolean {
  try {
    const found = fstatSync(0);
    return found.isFIFO() || found.isFile() || found.isSocket();
  } catch {
    return false;
  }
}

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  ended: () =>
    new Promise((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    }),
  // A terminal that does not know its size says 0.
  columns: stdout.isTTY ? stdout.columns || 80 : undefined,
  noteColumns: stderr.isTTY ? stderr.columns || 80 : undefined,
  colour: stdout.isTTY && !isDumb && variable('NO_COLOR') === undefined,
  animate: stderr.isTTY && !isDumb ? (text) => void stderr.write(text) : undefined,
  input: isPiped() ? () => stdin as AsyncIterable<Uint8Array> : undefined,
  keyboard: stdin.isTTY && stdout.isTTY ? { input: stdin, output: stdout } : undefined,
});
