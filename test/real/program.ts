import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Matters only where something hangs. */
const PATIENCE_MS = 600_000;

/** A command that runs, with all processes that it starts. */
export class Program implements AsyncDisposable {
  /** What it has printed so far. */
  log = '';
  /** Its exit status, or the signal that ended it. */
  readonly exit: Promise<number | string>;
  readonly #child: ChildProcess;
  #look: () => void = () => {};

  constructor(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}) {
    this.#child = spawn(command, args, {
      cwd,
      // Nothing of this machine's configuration: no home, no credentials, no NODE_ENV of vitest.
      env: { PATH: process.env['PATH'], HOME: cwd, CI: '1', NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // The leader of a group, so that its children can be killed with it.
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
        this.#look();
      });
    }
    this.exit = once(this.#child, 'close').then(([status, signal]) => (status ?? signal) as number | string);
    this.exit.catch(() => {});
    process.once('exit', this.#kill);
  }

  /** Waits until it has printed something, and gives the first group of the pattern. Rejects when it exits before. */
  async waitFor(pattern: RegExp): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const fail = (what: string) =>
          reject(new Error(`${what} before it printed ${pattern}:\n${this.log}`));
        this.#look = () => {
          const found = pattern.exec(this.log)?.[1];
          if (found !== undefined) resolve(found);
        };
        this.#look();
        timer = setTimeout(() => fail(`${PATIENCE_MS} ms passed`), PATIENCE_MS);
        this.exit.then((status) => fail(`It exited with ${status}`), reject);
      });
    } finally {
      clearTimeout(timer);
      this.#look = () => {};
    }
  }

  /** Waits until it has done its work. Rejects when it fails. */
  async complete(): Promise<void> {
    const status = await this.exit;
    if (status !== 0)
      throw new Error(`${this.#child.spawnargs.join(' ')} exited with ${status}:\n${this.log}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    process.off('exit', this.#kill);
    await this.exit.catch(() => {});
  }

  readonly #kill = (): void => {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // All of them have exited.
    }
  };
}
