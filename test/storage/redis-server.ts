import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findRedis } from '../../scripts/ensure-redis.mjs';

/** Why tests with Redis are skipped on this machine; undefined if they run. */
export function whyNoRedis(): string | undefined {
  return findRedis() === undefined
    ? 'no redis-server here; node scripts/ensure-redis.mjs says how to get it'
    : undefined;
}

/**
 * Starts a Redis of which nothing outlives the test: it keeps no data on disk.
 *
 * @param path Of its socket.
 */
export async function startRedis(folder: string, path: string): Promise<ChildProcess> {
  const server = spawn(
    findRedis() ?? '',
    ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stdout })) {
    lines.push(line);
    if (/ready to accept connections/i.test(line)) return server;
  }
  throw new Error(`redis-server ended: ${lines.join('\n')}`);
}
