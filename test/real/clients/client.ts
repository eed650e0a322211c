import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { clientOf, findNodeFor } from '../../../scripts/clients/install.mjs';
import { App } from '../app.js';

export const PROGRAMS = fileURLToPath(new URL('programs', import.meta.url));

/** What the user of a client can read of an error. */
export interface Failure {
  name?: string;
  message: string;
  status?: number;
  body?: string;
  cause?: Failure;
}

/** Environment variables. */
export type Environment = Record<string, string>;

/** A program that uses a client of Bedrock. It runs a case at a time, each in an environment of its own. */
export class Client implements Disposable {
  /** What it has printed so far. */
  #log = '';
  readonly #child: ChildProcess;
  readonly #outcomes: AsyncIterator<string>;
  readonly #app: App | undefined;

  private constructor(command: string, args: readonly string[], cwd: string, app?: App) {
    this.#app = app;
    this.#child = spawn(command, args, {
      cwd,
      // Nothing of this machine's configuration: no home, no credentials.
      env: { PATH: process.env['PATH'], HOME: cwd },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const [, out, error, outcomes] = this.#child.stdio as Readable[];
    for (const stream of [out, error]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-20_000);
      });
    }
    // If it has ended, so have its outcomes.
    this.#child.stdin?.on('error', () => {});
    this.#outcomes = createInterface({ input: outcomes as Readable })[Symbol.asyncIterator]();
    process.once('exit', this.#kill);
  }

  /** Starts a program for Node with the packages of a client. */
  static async ofNode(key: string, program = `${key}.mjs`): Promise<Client> {
    const app = new App(clientOf(key).folder);
    cpSync(PROGRAMS, app.folder, { recursive: true });
    app.link();
    return new Client(await findNodeFor(key), [program], app.folder, app);
  }

  /** Starts a program for the Python of this machine. */
  static ofPython(program: string): Client {
    return new Client('python3', ['-B', program], PROGRAMS);
  }

  /** Runs a case, and returns what it returns. Rejects with what it throws. */
  async run<T>(name: string, env: Environment, input: object = {}): Promise<T> {
    const outcome = await this.outcome<T>(name, env, input);
    if ('failure' in outcome)
      throw new Error(`${name} failed: ${JSON.stringify(outcome.failure)}\n${this.#log}`);
    return outcome.value;
  }

  /** Runs a case that has to fail, and returns what it throws. */
  async fail(name: string, env: Environment, input: object = {}): Promise<Failure> {
    const outcome = await this.outcome(name, env, input);
    if ('failure' in outcome) return outcome.failure;
    throw new Error(`${name} did not fail, but returned ${JSON.stringify(outcome.value)}.`);
  }

  async outcome<T>(
    name: string,
    env: Environment,
    input: object,
  ): Promise<{ value: T } | { failure: Failure }> {
    this.#child.stdin?.write(`${JSON.stringify({ name, env, input })}\n`);
    const { value, done } = await this.#outcomes.next();
    if (done === true)
      throw new Error(`The program ended without an outcome of ${name}. It printed:\n${this.#log}`);
    return JSON.parse(value as string) as { value: T } | { failure: Failure };
  }

  [Symbol.dispose](): void {
    this.#kill();
    process.off('exit', this.#kill);
    this.#app?.[Symbol.dispose]();
  }

  readonly #kill = (): void => {
    this.#child.kill('SIGKILL');
  };
}
