import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { paths } from '../../../scripts/openclaw/install.mjs';

/** What a command printed, and how it ended. */
export interface Finished {
  status: number | null;
  stdout: string;
  /** Both streams, as they came. */
  output: string;
}

/** OpenClaw's commands, with a home and an environment that hold nothing of this machine. */
export class OpenClaw {
  readonly #home: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(home: string, env: Readonly<Record<string, string>> = {}) {
    this.#home = home;
    this.#env = env;
  }

  /** Lays these settings over those that the installation left. */
  configure(settings: object): void {
    const file = join(this.#home, '.openclaw', 'openclaw.json');
    const { plugins, meta } = JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      Record<string, object>
    >;
    const { plugins: own, ...others } = settings as { plugins?: object };
    const config = {
      meta,
      plugins: {
        ...plugins,
        entries: { ...plugins?.['entries'], 'amazon-bedrock': { enabled: true, ...own } },
      },
      ...others,
    };
    writeFileSync(file, JSON.stringify(config));
  }

  /** A command that goes on, such as the gateway. */
  start(...args: string[]): ChildProcess {
    return spawn(paths.node, [paths.openclaw, ...args], {
      cwd: this.#home,
      env: {
        PATH: `${dirname(paths.node)}:/usr/bin:/bin`,
        HOME: this.#home,
        NO_COLOR: '1',
        // No instance metadata of whatever machine this is.
        AWS_EC2_METADATA_DISABLED: 'true',
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs a command to its end. */
  async run(...args: string[]): Promise<Finished> {
    const child = this.start(...args);
    let stdout = '';
    let output = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    return { status, stdout, output };
  }

  /** What a command with `--json` printed. */
  async json<Value>(...args: string[]): Promise<Value> {
    const { status, stdout, output } = await this.run(...args, '--json');
    if (status !== 0) throw new Error(`openclaw ${args.join(' ')} ended with ${status}:\n${output}`);
    return JSON.parse(stdout.slice(stdout.indexOf('{'))) as Value;
  }
}
