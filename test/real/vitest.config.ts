import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A build of Next.js takes minutes on a small machine. What fails by itself fails at once. */
const patience = { testTimeout: 600_000, hookTimeout: 1_200_000 };

/**
 * The examples in the frameworks that they are for, with the packed package. The npm scripts `test:next`, `verify:next-start`
 * and `test:wrangler` build it and install the framework before. `test:examples` needs only the build.
 */
export default defineConfig({
  test: {
    globalSetup: [`${here}../temporary-folder.ts`],
    projects: [
      ...['next', 'next-ai', 'next-start', 'wrangler', 'examples'].map((name) => ({
        test: {
          name,
          root: here,
          include: name === 'examples' ? ['{examples,readme,recipes}.test.ts'] : [`${name}.test.ts`],
          // Each file installs packages and starts servers.
          fileParallelism: false,
          globalSetup: [`${here}setup.ts`],
          expect: { poll: { timeout: 120_000 } },
          ...patience,
        },
      })),
      ...['agents', 'ai-sdk', 'clients', 'react'].map((name) => ({
        test: {
          name,
          root: here,
          include: [`${name}/*.test.ts`],
          // Each file runs programs of its own, and some of them are large.
          fileParallelism: false,
          expect: { poll: { timeout: 120_000 } },
          ...patience,
        },
      })),
    ],
  },
});
