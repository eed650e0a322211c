import { createRequire } from 'node:module';

/** The version of this package. It is found by its name, because the sources and the build lie at different depths. */
export function version(): string {
  const require = createRequire(import.meta.url);
  return (require('bedrock-anywhere/package.json') as { version: string }).version;
}
