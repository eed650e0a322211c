import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorage } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { conforms } from './conformance.js';
import { bundle, startPeer } from './peer.js';
import { startRedis, whyNoRedis } from './redis-server.js';

conforms('unstorage in Redis, with another process', {
  skip: whyNoRedis(),
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
