import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../dist/node/cli.js', import.meta.url));

type Local = Awaited<ReturnType<typeof startLocalBedrock>>;
let local: Local;
let variables: Record<string, string>;

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('dist/node/cli.js is missing: run npm run build first');
});
beforeEach(async () => {
  local = await startLocalBedrock({
    script: [{ user: 'long', text: 'word '.repeat(4000) }, { text: 'pong' }],
    faults: [],
  });
  const home = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-terminal-'));
  variables = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    AWS_ENDPOINT_URL: local.url,
    AWS_REGION: local.region,
    AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
  };
});
afterEach(() => local.close());

function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V']);
    return true;
  } catch {
    return false;
  }
}

/** A real terminal of tmux, of its own server, in which a command runs. */
class Terminal {
  readonly #socket = `bedrock-anywhere-${process.pid}-${Math.random().toString(36).slice(2)}`;

  constructor(command: string, { columns = 100, term = 'screen-256color' } = {}) {
    const shell = `env -i TERM=${term} ${Object.entries(variables)
      .map(([name, value]) => `${name}='${value}'`)
      .join(' ')} ${command}; echo "[exit $?]"; exec cat`;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', '40', shell);
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' });
  }

  type(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  paste(text: string): void {
    this.#tmux('set-buffer', text);
    this.#tmux('paste-buffer', '-p');
  }

  /** What is on the screen; with `-e`, with colours. */
  screen(...flags: string[]): string {
    return this.#tmux('capture-pane', '-p', '-S', '-200', ...flags).trimEnd();
  }

  async shows(expected: RegExp): Promise<string> {
    await expect.poll(() => this.screen()).toMatch(expected);
    return this.screen();
  }

  close(): void {
    this.#tmux('kill-server');
  }
}

describe.skipIf(!hasTmux())('the command in a real terminal (skipped without tmux)', () => {
  const node = `'${process.execPath}' '${CLI}'`;

  it('chats: Ctrl+C stops the answer, a paste is one message, Ctrl+D leaves', async () => {
    const terminal = new Terminal(`${node} chat`);
    try {
      await terminal.shows(/^> *$/m);
      terminal.type('ping', 'Enter');
      await terminal.shows(/pong\namazon\.nova-lite-v1:0 · \d+ tokens in/);
      terminal.paste('one\ntwo\nthree');
      await terminal.shows(/three/);
      expect(local.requests).toHaveLength(1);
      terminal.type('Enter');
      await expect.poll(() => local.requests.length).toBe(2);
      expect(JSON.stringify(local.requests.at(-1)?.body)).toContain('one\\ntwo\\nthree');
      await terminal.shows(/three\npong\n/);
      terminal.type('typed', 'C-c');
      terminal.type('C-d');
      await terminal.shows(/\[exit 0\]/);
    } finally {
      terminal.close();
    }
  });

  it('stops a stalled answer with Ctrl+C, and closes its connection', async () => {
    await local.close();
    local = await startLocalBedrock({ script: [{ text: 'one two three' }], faults: ['stall=2'] });
    variables = {
      ...variables,
      AWS_ENDPOINT_URL: local.url,
      AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
    };
    const terminal = new Terminal(`${node} chat`);
    try {
      await terminal.shows(/^> *$/m);
      terminal.type('go', 'Enter');
      await terminal.shows(/^one/m);
      expect(local.liveConnections()).toBe(1);
      terminal.type('C-c');
      await terminal.shows(/Stopped\./);
      await expect.poll(() => local.liveConnections()).toBe(0);
      terminal.type('/exit', 'Enter');
      await terminal.shows(/\[exit 0\]/);
    } finally {
      terminal.close();
    }
  });

  it.each([
    ['', '\u001b[1mID'],
    ['NO_COLOR=1', 'ID'],
    ['TERM=dumb', 'ID'],
  ])('lists models on 40 columns with %j', async (setting, start) => {
    const terminal = new Terminal(`env ${setting} ${node} models nova --provider amazon`, { columns: 40 });
    try {
      await terminal.shows(/\[exit 0\]/);
      const [first = ''] = terminal.screen('-e').split('\n');
      expect(first.slice(0, start.length)).toBe(start);
      expect(terminal.screen()).toMatch(/amazon\.nova-lite-v1:0/);
      expect(terminal.screen()).not.toContain('VIA');
    } finally {
      terminal.close();
    }
  });
});

describe('the command in a pipe', () => {
  it('ends quietly when its reader stops early, as head does', async () => {
    const child = spawn(process.execPath, [CLI, 'ask', '-q', 'long'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: variables,
    });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += String(chunk);
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'exit')) as [number | null];
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('reads a prompt from a pipe, and none from /dev/null', async () => {
    const run = async (input: string | undefined): Promise<string> => {
      const child = spawn(process.execPath, [CLI, 'ask', '-q', 'ping'], {
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'inherit'],
        env: variables,
      });
      child.stdin?.end(input);
      let out = '';
      for await (const chunk of child.stdout ?? []) out += String(chunk);
      return out;
    };
    expect(await run('a report')).toBe('pong\n');
    expect(JSON.stringify(local.requests.at(-1)?.body)).toContain('a report');
    expect(await run(undefined)).toBe('pong\n');
    expect(JSON.stringify(local.requests.at(-1)?.body)).not.toContain('a report');
  });
});
