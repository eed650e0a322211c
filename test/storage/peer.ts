import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StorageLike } from 'bedrock-anywhere';
import { build } from 'esbuild';
import { remoteStorage } from './remote.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A script from this folder's files, in the form that a runtime takes. */
export async function bundle(
  contents: string,
  options: { platform?: 'node' | 'browser' | 'neutral'; format?: 'cjs' | 'esm' | 'iife'; outfile?: string },
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here, loader: 'ts' },
    bundle: true,
    target: 'es2022',
    external: ['node:*'],
    write: options.outfile !== undefined,
    logLevel: 'error',
    ...options,
  });
  return outputFiles?.[0]?.text ?? '';
}

/** Another process that serves a storage with `serveLines()`. */
export interface Peer {
  storage: StorageLike;
  process: ChildProcess;
  /** Ends its input, with which it ends by itself. */
  close(): Promise<void>;
}

/** Starts a process that serves a storage. Calls that it does not answer before it ends reject. */
export function startPeer(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Peer {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<string, { resolve: (answer: string) => void; reject: (error: Error) => void }>();
  let calls = 0;
  let ended: Error | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const space = line.indexOf(' ');
    const id = line.slice(0, space);
    waiting.get(id)?.resolve(line.slice(space + 1));
    waiting.delete(id);
  });
  const fail = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  child.stdin.on('error', fail);
  child.on('error', fail);
  child.on('exit', (code, signal) => fail(new Error(`The peer ended with ${signal ?? code}.`)));
  const storage = remoteStorage(
    (request) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        const id = String(calls++);
        waiting.set(id, { resolve, reject });
        child.stdin.write(`${id} ${request}\n`);
      }),
  );
  return {
    storage,
    process: child,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}
