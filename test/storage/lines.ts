import process from 'node:process';
import { createInterface } from 'node:readline';
import type { StorageLike } from 'bedrock-anywhere';
import { answer } from './remote.js';

/** Serves a storage over standard input and output, and ends the process with the input. */
export function serveLines(storage: StorageLike): void {
  const lines = createInterface({ input: process.stdin });
  // Also where a connection of the storage, or a loop, would keep the process alive.
  lines.on('close', () => process.exit());
  lines.on('line', async (line) => {
    const space = line.indexOf(' ');
    process.stdout.write(`${line.slice(0, space)} ${await answer(storage, line.slice(space + 1))}\n`);
  });
}
