import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conforms } from './conformance.js';
import { denoArguments, findDeno } from './deno.js';
import { bundle, startPeer } from './peer.js';

const deno = await findDeno();
const skip = deno === undefined ? 'npm cannot bring the package deno here' : undefined;
let scratch: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-deno-'));
  env = { DENO_DIR: join(scratch, 'deno'), DENO_NO_UPDATE_CHECK: '1' };
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function script(name: string, body: string): Promise<string> {
  const outfile = join(scratch, name);
  await bundle(body, { platform: 'neutral', format: 'esm', outfile });
  return outfile;
}

conforms('denoKvStorage in Deno, two processes', {
  skip,
  async open() {
    const peer = await script(
      'peer.mjs',
      `import { denoKvStorage } from '../../src/storage/deno-kv.ts';
       import { serveLines } from './lines.ts';
       serveLines(denoKvStorage(await Deno.openKv(Deno.args[0])));`,
    );
    const args = denoArguments(peer, join(scratch, 'shared.sqlite'));
    const one = startPeer(deno ?? '', args, env);
    // Two that make the file at the same moment lock each other out: the second comes once the first has it open.
    await one.storage.getItem('any');
    const other = startPeer(deno ?? '', args, env);
    await other.storage.getItem('any');
    return {
      storage: one.storage,
      other: other.storage,
      close: () => Promise.all([one.close(), other.close()]),
    };
  },
});

describe.skipIf(skip !== undefined)(
  `denoKvStorage in Deno${skip === undefined ? '' : ` (skipped: ${skip})`}`,
  () => {
    it('keeps the old value when a writer is ended, and leaves nothing behind', async () => {
      const faults = await script(
        'faults.mjs',
        `import { faults } from './deno-kv-faults.ts';
       console.log(JSON.stringify(await faults(await Deno.openKv(Deno.args[0]))));`,
      );
      const args = denoArguments(faults, join(scratch, 'faults.sqlite'));
      const { stdout } = await promisify(execFile)(deno ?? '', args, { env: { ...process.env, ...env } });
      expect(JSON.parse(stdout)).toEqual({
        'after a value of ten parts': { item: 1, part: 10 },
        'after a value of 25 parts': { item: 1, part: 25 },
        'after a short value': { item: 1 },
        'after twelve writers at once': [{ item: 1, part: 2 }, true],
        'to a reader that is overtaken': 'short',
        'writers ended after 0 to 5 commits': [
          ['ended', 'short'],
          ['ended', 'short'],
          ['ended', 'short'],
          ['ended', 'short'],
          ['ended', 'short'],
          ['undefined', 'LONG'],
        ],
        'after the next write': { item: 1, draft: 4, part: 10 + 20 + 25 },
        'after a write an hour later': [{ item: 1 }, 'an hour later'],
        'writers that stood still for an hour': [
          [expect.stringContaining('took so long'), { item: 1 }, 'meanwhile'],
          [expect.stringContaining('faster'), { item: 1 }, 'meanwhile'],
        ],
        'with 7 commits rejected': ['undefined', 7, true],
        'with 8 commits rejected': ['TypeError: database is locked', 7, true],
        'with a part lost': null,
        'with something foreign': null,
        'too long': expect.stringMatching(/^RangeError: .*6400001.*6400000/),
        'the longest': [true, { item: 2, part: 200 }],
        'after removing': {},
      });
    });
  },
);
