// Copies the playground of the package next to its settings.json, where Next.js serves it. Run it before `next dev` and `next build`.
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const manifest = createRequire(import.meta.url).resolve('bedrock-anywhere/package.json');
const folder = fileURLToPath(new URL('public/playground', import.meta.url));

// Names of files change with their content, so that those of an older version would stay.
for (const name of readdirSync(folder)) if (name !== 'settings.json') rmSync(join(folder, name));
cpSync(join(dirname(manifest), 'dist', 'playground'), folder, { recursive: true });
