import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests run the sources: through the package's own exports they would see the last build. */
const sources = (ambient: 'node' | 'none') =>
  Object.entries({
    '#ambient': `ambient/${ambient}`,
    'bedrock-anywhere': 'index',
    'bedrock-anywhere/aws': 'aws/index',
    'bedrock-anywhere/catalog': 'models/catalog',
    'bedrock-anywhere/local': 'local/index',
    'bedrock-anywhere/local/node': 'local/node',
    'bedrock-anywhere/local/msw': 'local/msw',
    'bedrock-anywhere/pi': 'adapters/pi/index',
    'bedrock-anywhere/storage/file': 'storage/file',
  }).map(([name, file]) => ({
    find: new RegExp(`^${name}$`),
    replacement: fileURLToPath(new URL(`./src/${file}.ts`, import.meta.url)),
  }));

/** OpenClaw is installed by `npm run test:openclaw` alone; its plugins are functions until it calls them. */
const openclaw = {
  find: 'openclaw/plugin-sdk/plugin-entry',
  replacement: fileURLToPath(new URL('./test/openclaw/plugin-entry.ts', import.meta.url)),
};

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: [...sources('node'), openclaw] },
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/web/**',
            'test/built/**',
            'test/everywhere/**',
            'test/openclaw/run/**',
            'test/real/**',
          ],
        },
      },
      {
        resolve: { alias: sources('none') },
        test: { name: 'web', include: ['test/web/**/*.test.ts'] },
      },
      {
        test: {
          name: 'built',
          include: ['test/{built,everywhere}/**/*.test.ts'],
          globalSetup: ['test/everywhere/matrix-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each file starts a browser or a runtime of its own.
          fileParallelism: false,
        },
      },
    ],
  },
});
