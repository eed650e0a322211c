import { readPackageFile } from './package-file.js';

/** The version of this package. */
export function version(): string {
  return (JSON.parse(readPackageFile('package.json')) as { version: string }).version;
}
