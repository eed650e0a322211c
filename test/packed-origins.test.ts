import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { originsIn } from '../scripts/packed-origins.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-origins-'));
  mkdirSync(join(folder, 'dist'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Looks at a file, on a machine with names of its own. */
function originsOf(text: string): string[] {
  writeFileSync(join(folder, 'dist/a.js'), text);
  return originsIn(folder, { hosts: ['packages.corp.example:8443'], paths: ['/srv/build', 'D:\\build'] });
}

describe('a packed file', () => {
  it.each([
    ['"url": "https://mirror.example/npm/@scope/a/-/a-1.0.0.tgz"', 'the download URL of a package'],
    ['https://registry.example.com/', 'the host of a registry'],
    ['see npm-registry or registry.eu.example.org.', 'the host of a registry'],
    ['"from packages.corp.example:8443/x"', 'the host of a registry'],
    ['// /srv/build/src/index.ts', 'a path of this machine'],
    ['(D:\\build\\src)', 'a path of this machine'],
    ['/home/ada/project/x', "the path of a user's folder"],
    ["'/Users/ada/x'", "the path of a user's folder"],
    ['C:\\\\Users\\\\ada', "the path of a user's folder"],
    ['at file:///opt/x.mjs:1', 'the URL of a file'],
  ])('may not say where it was made: %s', (text, what) => {
    expect(originsOf(`first\n${text}\nlast`)).toEqual([expect.stringContaining(`dist/a.js has ${what}: `)]);
  });

  it('may name anything else', () => {
    const text = [
      'https://bedrock-runtime.us-east-1.amazonaws.com https://www.npmjs.com/package/bedrock-anywhere',
      'https://example.com/-/health and file.tgz, registry.ts, npm config get registry, my.packages.corp.example:8443',
      '~/.aws/config $HOME/x /etc/hosts /srv/builder/x /home/ "file:" /usr/bin/env node src/home/page/x',
    ];
    expect(originsOf(text.join('\n'))).toEqual([]);
  });
});
