#!/usr/bin/env node
import { variable } from './environment.js';
import { main } from './main.js';

const { stdout, stderr } = process;
const isDumb = variable('TERM') === 'dumb';

// The reader may stop early, as `head` does.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  ended: () =>
    new Promise((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    }),
  columns: stdout.isTTY ? stdout.columns : undefined,
  colour: stdout.isTTY && !isDumb && variable('NO_COLOR') === undefined,
  animate: stderr.isTTY && !isDumb ? (text) => void stderr.write(text) : undefined,
});
