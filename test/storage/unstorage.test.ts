import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';
import { conforms } from './conformance.js';

const oddKeys = 'unstorage reads / as :, cuts a key at ?, and refuses . and ..';

conforms('unstorage in memory', {
  open: () => ({ storage: createStorage() }),
  lacks: { shared: 'each has a memory of its own', 'odd keys': oddKeys },
  parsesJson: true,
});

conforms('unstorage in files', {
  async open() {
    const base = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-unstorage-'));
    return {
      storage: createStorage({ driver: fsDriver({ base }) }),
      other: createStorage({ driver: fsDriver({ base }) }),
      close: () => rm(base, { recursive: true }),
    };
  },
  lacks: {
    'odd keys': oddKeys,
    'whole values': 'its driver writes in place',
    'lone surrogates': 'it writes UTF-8',
  },
  parsesJson: true,
});
