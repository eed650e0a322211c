/** The suite in a process of Node, Bun or Deno; the arguments are the server's control address and a folder. */
import { join } from 'node:path';
import process from 'node:process';
import * as lib from 'bedrock-anywhere';
import * as gateway from 'bedrock-anywhere/gateway';
import { fileStorage } from 'bedrock-anywhere/storage/file';
import { type OpenStorage, runSuite } from '../suite.js';

const [control = '', folder = ''] = process.argv.slice(2);
const { Deno } = globalThis as { Deno?: { openKv(path: string): Promise<lib.DenoKv> } };

await runSuite(
  { ...lib, ...gateway },
  async () => {
    const inMemory = lib.memoryStorage();
    const storages: Record<string, OpenStorage> = {
      memory: () => inMemory,
      files: () => fileStorage(join(folder, 'files')),
    };
    if (Deno !== undefined) {
      const kv = await Deno.openKv(join(folder, 'kv.sqlite'));
      storages['Deno KV'] = () => lib.denoKvStorage(kv);
    }
    return storages;
  },
  control,
);
process.exit();
