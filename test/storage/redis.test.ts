import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createStorage } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { findRedis } from '../../scripts/ensure-redis.mjs';
import { conforms } from './conformance.js';
import { bundle, startPeer } from './peer.js';

const redis = findRedis();

conforms('unstorage in Redis, with another process', {
  skip:
    redis === undefined
      ? 'no redis-server here; node scripts/ensure-redis.mjs says how to get it'
      : undefined,
  async open() {
    const scratch = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-redis-'));
    // A port that is free now may be another's in a moment; a socket in a folder of its own is not.
    const path = join(scratch, 'redis.sock');
    const script = join(scratch, 'peer.cjs');
    await bundle(
      `import { createStorage } from 'unstorage';
       import redisDriver from 'unstorage/drivers/redis';
       import { serveLines } from './lines.ts';
       serveLines(createStorage({ driver: redisDriver({ path: ${JSON.stringify(path)} }) }));`,
      { platform: 'node', format: 'cjs', outfile: script },
    );
    const server = await startRedis(scratch, path);
    const storage = createStorage({ driver: redisDriver({ path }) });
    const peer = startPeer(process.execPath, [script]);
    return {
      storage,
      other: peer.storage,
      async close() {
        await Promise.all([storage.dispose(), peer.close()]);
        const ended = once(server, 'exit');
        server.kill();
        await ended;
        await rm(scratch, { recursive: true });
      },
    };
  },
  lacks: {
    'odd keys': 'unstorage reads / as :, cuts a key at ?, and refuses . and ..',
    'lone surrogates': 'Redis gets UTF-8',
  },
  parsesJson: true,
});

/** Nothing of it outlives the test: it keeps no data on disk. */
async function startRedis(folder: string, path: string): Promise<ChildProcess> {
  const server = spawn(
    redis ?? '',
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
