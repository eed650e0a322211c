import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fileStorage } from '../../src/storage/file.js';
import { conforms } from './conformance.js';
import { bundle, startPeer } from './peer.js';

let scratch: string;
let script: string;
let folders = 0;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-file-'));
  script = join(scratch, 'peer.mjs');
  await bundle(
    `import fs from 'node:fs';
     import { syncBuiltinESMExports } from 'node:module';
     import { fileStorage } from '../../src/storage/file.ts';
     import { serveLines } from './lines.ts';
     if (process.env.DIES_BEFORE_RENAME) fs.promises.rename = () => process.kill(process.pid, 'SIGKILL');
     syncBuiltinESMExports();
     const storage = fileStorage(process.argv[2]);
     serveLines(storage);
     const letter = process.env.KEEPS_WRITING;
     while (letter) await storage.setItem('k', letter.repeat(300_000 + Math.floor(Math.random() * 300_000)));`,
    { platform: 'node', format: 'esm', outfile: script },
  );
});
afterAll(() => rm(scratch, { recursive: true }));

const newFolder = () => join(scratch, `folder-${folders++}`, 'below');
const peerOver = (folder: string, env?: NodeJS.ProcessEnv) =>
  startPeer(process.execPath, [script, folder], env);
const unfinished = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.tmp'));

conforms('fileStorage, with another process', {
  open() {
    const folder = newFolder();
    const peer = peerOver(folder);
    return { storage: fileStorage(folder), other: peer.storage, close: () => peer.close() };
  },
});

describe('fileStorage', () => {
  it('keeps each key in one file that only its owner may read', async () => {
    const folder = newFolder();
    const storage = fileStorage(pathToFileURL(folder));
    expect(await storage.getItem('a')).toBeNull();
    await expect(stat(folder)).rejects.toThrow('ENOENT');
    await storage.setItem('../a', '1');
    await storage.setItem('../b', '2');
    await storage.setItem('../a', '3');
    const names = await readdir(folder);
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/), expect.stringMatching(/\.json$/)]);
    expect(await readdir(join(folder, '..'))).toEqual(['below']);
    if (process.platform !== 'win32') {
      expect((await stat(join(folder, '..'))).mode & 0o777).toBe(0o700);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
    await storage.removeItem('../a');
    expect(await readdir(folder)).toHaveLength(1);
  });

  it.each([
    ['an empty file', () => ''],
    ['half a file', (text: string) => text.slice(0, text.length / 2)],
    ['another JSON', () => 'null'],
    ['a value that is no text', (text: string) => text.replace('"text"', '5')],
    ['the file of another key', (text: string) => text.replace('"key":"k"', '"key":"other"')],
  ])('takes %s for a missing key, and writes it anew', async (_what, change) => {
    const folder = newFolder();
    const storage = fileStorage(folder);
    await storage.setItem('k', 'text');
    const [name = ''] = await readdir(folder);
    await writeFile(join(folder, name), change(await readFile(join(folder, name), 'utf8')));
    expect(await storage.getItem('k')).toBeNull();
    await storage.setItem('k', 'new');
    expect(await storage.getItem('k')).toBe('new');
  });

  it('leaves nothing behind where it cannot write, and says why', async () => {
    const folder = newFolder();
    await fileStorage(join(folder, 'x')).setItem('k', 'text');
    const [name = ''] = await readdir(join(folder, 'x'));
    const storage = fileStorage(join(folder, 'x', name));
    await expect(storage.setItem('k', 'text')).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(storage.getItem('k')).rejects.toThrow('ENOTDIR');
    expect(() => fileStorage('')).toThrow('Pass the folder');
  });

  it('removes what a failed rename leaves', async () => {
    const folder = newFolder();
    const storage = fileStorage(folder);
    await storage.setItem('k', 'text');
    const [name = ''] = await readdir(folder);
    await rm(join(folder, name));
    // A folder in the place of the file cannot be replaced by a file.
    await fileStorage(join(folder, name)).setItem('x', 'in the way');
    await expect(storage.setItem('k', 'new')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect(await unfinished(folder)).toEqual([]);
  });
});

/** Windows has lists of permissions in the place of owners and modes. */
const noModes = process.platform === 'win32' ? ' (skipped: Windows has no owners and modes)' : '';

describe.skipIf(noModes !== '')(`fileStorage, in a folder that others can reach${noModes}`, () => {
  const STRANGER = 12_345;
  afterEach(() => void vi.restoreAllMocks());

  /** A storage with one key, and the file of the key. */
  async function withKey() {
    const folder = newFolder();
    const storage = fileStorage(folder);
    await storage.setItem('k', 'text');
    const [name = ''] = await readdir(folder);
    return { folder, storage, file: join(folder, name) };
  }

  /**
   * Gives a file or folder to another user, which only root can do. Otherwise the answers to `getuid()` are as if it were
   * so; a storage checks the folder first.
   */
  async function giveAway(path: string): Promise<void> {
    const own = process.getuid?.() ?? 0;
    if (own === 0) return chown(path, STRANGER, STRANGER);
    const asked = vi.spyOn(process, 'getuid');
    if ((await stat(path)).isFile()) asked.mockReturnValueOnce(own);
    asked.mockReturnValue(STRANGER);
  }

  it.each<[what: string, put: (file: string) => Promise<unknown>]>([
    ['a file of another user', giveAway],
    ['a file that the group may write', (file) => chmod(file, 0o620)],
    ['a file that everyone may write', (file) => chmod(file, 0o602)],
    [
      'a symbolic link to a file that would do',
      async (file) => {
        await rename(file, `${file}.moved`);
        await symlink(`${file}.moved`, file);
      },
    ],
    [
      'a symbolic link to nothing',
      async (file) => {
        await rm(file);
        await symlink(`${file}.gone`, file);
      },
    ],
    [
      'a named pipe, without waiting for its writer',
      async (file) => {
        await rm(file);
        execFileSync('mkfifo', ['-m', '600', file]);
      },
    ],
    [
      'a folder',
      async (file) => {
        await rm(file);
        await mkdir(file, { mode: 0o700 });
      },
    ],
  ])('treats %s as a missing key', async (_what, put) => {
    const { storage, file } = await withKey();
    await copyFile(file, `${file}.copy`);
    expect(await storage.getItem('k')).toBe('text');
    await put(file);
    // As root, a named pipe that is waited for would keep the worker from exiting.
    expect(await storage.getItem('k')).toBeNull();
    vi.restoreAllMocks();
    await rm(file, { recursive: true, force: true });
    await rename(`${file}.copy`, file);
    expect(await storage.getItem('k')).toBe('text');
  });

  it('treats a socket as a missing key', async () => {
    const { storage, file } = await withKey();
    await rm(file);
    const server = createServer();
    // The path of a socket may have 107 bytes.
    const socket = join(scratch, 's');
    await once(server.listen(socket), 'listening');
    await rename(socket, file);
    await chmod(file, 0o600);
    expect(await storage.getItem('k')).toBeNull();
    server.close();
  });

  it.each([
    ['its group', 0o770],
    ['everyone', 0o777],
    ['everyone, with the sticky bit', 0o1777],
  ])('neither reads nor writes if %s may write, and says what to do', async (_who, mode) => {
    const { folder, storage } = await withKey();
    await chmod(folder, mode);
    const refusal = {
      code: 'ERR_INPUT',
      message: expect.stringMatching(/other users may write to it.*Run `chmod go-w` on it/),
    };
    await expect(storage.getItem('k')).rejects.toMatchObject(refusal);
    await expect(storage.setItem('k', 'new')).rejects.toMatchObject(refusal);
    await chmod(folder, 0o755);
    expect(await storage.getItem('k')).toBe('text');
  });

  it('neither reads nor writes a folder of another user', async () => {
    const { folder, storage } = await withKey();
    await giveAway(folder);
    const refusal = {
      code: 'ERR_INPUT',
      message: expect.stringMatching(/belongs to another user.*Pass a folder of your own\.$/),
    };
    await expect(storage.getItem('k')).rejects.toMatchObject(refusal);
    await expect(storage.setItem('k', 'new')).rejects.toMatchObject(refusal);
  });

  it('works where the runtime does not tell the user, as Deno', async () => {
    vi.spyOn(process, 'getuid').mockImplementation(() => {
      throw new Error('Requires sys access to "uid"');
    });
    const { folder, storage } = await withKey();
    expect(await storage.getItem('k')).toBe('text');
    await chmod(folder, 0o777);
    await expect(storage.getItem('k')).rejects.toMatchObject({ code: 'ERR_INPUT' });
  });
});

describe('fileStorage, when a writer is killed', () => {
  it('keeps the old value, and removes later what was left', async () => {
    const folder = newFolder();
    await fileStorage(folder).setItem('k', 'old');
    await fileStorage(folder).setItem('other', 'value');
    const peer = peerOver(folder, { DIES_BEFORE_RENAME: '1' });
    await expect(peer.storage.setItem('k', 'new')).rejects.toThrow('SIGKILL');
    const [left = '', ...more] = await unfinished(folder);
    expect(more).toEqual([]);
    expect(await readFile(join(folder, left), 'utf8')).toContain('"new"');
    expect(await fileStorage(folder).getItem('k')).toBe('old');

    const ofSomeoneElse = join(folder, 'notes.tmp');
    await writeFile(ofSomeoneElse, 'stays');
    await utimes(ofSomeoneElse, 0, 0);
    await fileStorage(folder).setItem('k', 'newer');
    expect(await unfinished(folder)).toEqual(expect.arrayContaining([left]));
    const elevenMinutesAgo = Date.now() / 1000 - 660;
    await utimes(join(folder, left), elevenMinutesAgo, elevenMinutesAgo);
    await fileStorage(folder).setItem('other', 'newest');
    expect(await unfinished(folder)).toEqual(['notes.tmp']);
    expect(await fileStorage(folder).getItem('k')).toBe('newer');
  });

  it('is never torn by kills at any moment, beside a second writer', async () => {
    const folder = newFolder();
    const storage = fileStorage(folder);
    await storage.setItem('k', 's'.repeat(300_000));
    const steady = peerOver(folder, { KEEPS_WRITING: 's' });
    const read = async () => {
      const kind = kindOf(await storage.getItem('k'));
      expect(kind).not.toBe('torn');
      return kind;
    };
    let killedWhileWriting = 0;
    for (let round = 0; round < 8 || killedWhileWriting < 3; round++) {
      const victim = peerOver(folder, { KEEPS_WRITING: 'v' });
      while ((await read()) !== 'v');
      for (let reads = Math.floor(Math.random() * 20); reads > 0; reads--) await read();
      victim.process.kill('SIGKILL');
      await once(victim.process, 'exit');
      await read();
      // One of them may be what the steady writer is at.
      killedWhileWriting = (await unfinished(folder)).length - 1;
    }
    await steady.close();
    await read();
  });
});

/** The letter of a whole value. */
function kindOf(value: string | null): string {
  const [letter = ''] = value ?? '';
  return value === letter.repeat(value?.length ?? 0) && value.length >= 300_000 ? letter : 'torn';
}
