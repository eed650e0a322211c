import type { Terminal } from './print/terminal.js';

/** A command of the command line. */
export interface Command {
  name: string;
  /** What it does, in half a line. */
  summary: string;
  run(args: readonly string[], terminal: Terminal): Promise<void>;
}
