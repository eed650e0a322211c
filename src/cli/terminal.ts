/** What a command needs of the process that it runs in. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the command is to end: SIGINT or SIGTERM. */
  ended(): Promise<void>;
}

/** The command line was wrong: exit code 2. The message says what, why, and what to do, in one line. */
export class UsageError extends Error {}
