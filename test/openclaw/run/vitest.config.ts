import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The plugin in the real OpenClaw, with the built package. `npm run test:openclaw` builds and installs both before. */
export default defineConfig({
  test: {
    name: 'openclaw',
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.test.ts'],
    globalSetup: ['../../temporary-folder.ts', './setup.ts'],
    // OpenClaw takes 10 to 60 s for a command on a small machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // There is one home for all.
    fileParallelism: false,
  },
});
