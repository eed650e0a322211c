import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { OpenClaw } from './openclaw.js';

const TOKEN = 'gateway-token-of-the-tests';

/** Settings that let a gateway answer over HTTP on this machine alone. */
export const GATEWAY_SETTINGS = {
  gateway: {
    mode: 'local',
    bind: 'loopback',
    auth: { mode: 'token', token: TOKEN },
    http: { endpoints: { chatCompletions: { enabled: true } } },
  },
  discovery: { mdns: { mode: 'off' } },
};

/** What a turn gave, as OpenAI's API says it. */
export interface Reply {
  status: number;
  choices?: { finish_reason: string; message: { content: string | null } }[];
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  error?: { message: string };
}

/** OpenClaw's gateway, one process for many turns. */
export class Gateway implements AsyncDisposable {
  readonly #url: string;
  readonly #child: ChildProcess;
  #log = '';

  private constructor(url: string, child: ChildProcess) {
    this.#url = url;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#log += chunk;
      });
    }
  }

  /** Starts one and waits until it answers. */
  static async start(openclaw: OpenClaw): Promise<Gateway> {
    for (let tries = 5; ; tries--) {
      const port = await freePort();
      const child = openclaw.start('gateway', 'run', '--port', String(port), '--verbose');
      const gateway = new Gateway(`http://127.0.0.1:${port}`, child);
      // The time limit of the test ends what neither answers nor exits.
      while (child.exitCode === null) {
        if (await gateway.#isReady()) return gateway;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      // Another process may have taken the port in between.
      if (tries === 1 || !/EADDRINUSE|in use/i.test(gateway.#log))
        throw new Error(`The gateway did not start:\n${gateway.#log}`);
    }
  }

  /** What it has printed so far. */
  get log(): string {
    return this.#log;
  }

  /** One turn of an agent. A model that is named has no fallback. */
  async turn(
    content: string,
    { model, signal }: { model?: string; signal?: AbortSignal } = {},
  ): Promise<Reply> {
    const response = await fetch(`${this.#url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        ...this.#headers,
        'content-type': 'application/json',
        ...(model && { 'x-openclaw-model': `amazon-bedrock/${model}` }),
      },
      body: JSON.stringify({ model: 'openclaw', messages: [{ role: 'user', content }] }),
      ...(signal && { signal }),
    });
    return { status: response.status, ...((await response.json()) as Omit<Reply, 'status'>) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 60_000);
    await ended;
    clearTimeout(late);
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${TOKEN}` };
  }

  async #isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.#url}/v1/models`, { headers: this.#headers });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}

/** A port that nobody listens on just now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
