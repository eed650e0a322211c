import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * The examples in the frameworks that they are for, with the packed package. The npm scripts `test:next`, `verify:next-start`
 * and `test:wrangler` build it and install the framework before.
 */
export default defineConfig({
  test: {
    projects: ['next', 'next-start', 'wrangler'].map((name) => ({
      test: {
        name,
        root: here,
        include: [`${name}.test.ts`],
        globalSetup: [`${here}setup.ts`],
        // A build of Next.js takes minutes on a small machine. What fails by itself fails at once.
        testTimeout: 600_000,
        hookTimeout: 1_200_000,
      },
    })),
  },
});
