import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { saveAs } from '../../src/cli/chat/save.js';

it.each(['talk.md', 'talk.json'])('a saved conversation is only for its owner (%s)', async (name) => {
  const folder = await mkdtemp(join(tmpdir(), 'save-'));
  try {
    await saveAs(join(folder, name), {
      messages: [],
      models: [],
      system: undefined,
      modelId: 'a.model',
    } as never);
    expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
