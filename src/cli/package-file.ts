import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Reads a file of this package, which is found by its name: the sources and the build lie at different depths. */
export function readPackageFile(path: string): string {
  const manifest = createRequire(import.meta.url).resolve('bedrock-anywhere/package.json');
  return readFileSync(join(dirname(manifest), path), 'utf8');
}
