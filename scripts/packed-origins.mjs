// Finds what a packed file says about the machine that made it: where its packages came from, and its folders.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each with what is wrong with it. The host of a registry alone says where the build machine gets its packages from. */
const PATTERNS = [
  { pattern: /https?:\/\/[^\s"'`<>]+\/-\/[^\s"'`<>]+\.tgz/i, what: 'the download URL of a package' },
  { pattern: /\bregistry(?:\.[a-z0-9-]+)+\.[a-z]{2,}\b/i, what: 'the host of a registry' },
  { pattern: /(?<![\w.-])\/(?:home|Users)\/[\w.-]+\//, what: "the path of a user's folder" },
  { pattern: /\b[A-Za-z]:[\\/]+Users[\\/]/, what: "the path of a user's folder" },
  { pattern: /\bfile:\/\/\/[\w.]/, what: 'the URL of a file' },
];

/**
 * One sentence for each file of a folder that names a registry, or a path of a machine.
 *
 * @param {string} folder
 * @param {{ hosts: readonly string[], paths: readonly string[] }} machine Names of this machine, to look for in addition.
 * @returns {string[]}
 */
export function originsIn(folder, { hosts, paths }) {
  const own = [
    ...hosts.map((host) => ({ pattern: bounded(host), what: 'the host of a registry' })),
    ...paths.map((path) => ({ pattern: bounded(path), what: 'a path of this machine' })),
  ];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.flatMap(({ parentPath, name }) => {
    const file = join(parentPath, name);
    const text = readFileSync(file, 'utf8');
    const shown = file.slice(folder.length + 1).replaceAll('\\', '/');
    const found = [...PATTERNS, ...own].flatMap(({ pattern, what }) => {
      const [name] = pattern.exec(text) ?? [];
      return name === undefined ? [] : `${shown} has ${what}: ${name}`;
    });
    // A host may fit two patterns.
    return [...new Set(found)];
  });
}

/**
 * The text where it is not part of a longer name.
 *
 * @param {string} text
 */
function bounded(text) {
  return new RegExp(`(?<![\\w.-])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`);
}
