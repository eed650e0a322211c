// Installs the agents that tests run: Claude Code and Codex, 810 MB in all, and opencode, 180 MB.
// Usage: node scripts/agents/install.mjs [claude-code-and-codex] [opencode] [compatcanary]; without arguments all of them
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, installInCache } from '../user-cache.mjs';

const CLAUDE_CODE = '2.1.332';
const CODEX = '0.171.0';
const OPENCODE = '1.18.33';
const COMPATCANARY = '0.2.2';

/**
 * Sets of packages, each in a folder of its own.
 *
 * @type {Readonly<Record<string, { folder: string, packages: Readonly<Record<string, string>> }>>}
 */
const SETS = {
  'claude-code-and-codex': {
    folder: cacheFolder(`agents-${CLAUDE_CODE}-${CODEX}`),
    packages: {
      '@anthropic-ai/claude-code-linux-x64': CLAUDE_CODE,
      'codex-linux-x64': `npm:@openai/codex@${CODEX}-linux-x64`,
    },
  },
  opencode: {
    folder: cacheFolder(`opencode-${OPENCODE}`),
    packages: { 'opencode-linux-x64': OPENCODE },
  },
  compatcanary: {
    folder: cacheFolder(`compatcanary-${COMPATCANARY}`),
    packages: { compatcanary: COMPATCANARY },
  },
};

/**
 * @param {string} set
 * @param {string[]} path
 */
const inSet = (set, ...path) => join(SETS[set]?.folder ?? '', 'node_modules', ...path);

const PLATFORM = 'x86_64-unknown-linux-musl';

/** The agents' versions and where their programs are once they are installed. */
export const agents = {
  claudeCode: {
    name: `Claude Code ${CLAUDE_CODE}`,
    path: inSet('claude-code-and-codex', '@anthropic-ai', 'claude-code-linux-x64', 'claude'),
  },
  codex: {
    name: `Codex ${CODEX}`,
    path: inSet('claude-code-and-codex', 'codex-linux-x64', 'vendor', PLATFORM, 'bin', 'codex'),
  },
  opencode: {
    name: `opencode ${OPENCODE}`,
    path: inSet('opencode', 'opencode-linux-x64', 'bin', 'opencode'),
  },
  compatcanary: {
    name: `compatcanary ${COMPATCANARY}`,
    path: inSet('compatcanary', 'compatcanary', 'src', 'cli.js'),
  },
};

/** @param {string[]} names */
function install(names) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `The agents are installed for Linux on x64, and this is ${process.platform} on ${process.arch}.`,
    );
  for (const name of names) {
    const set = SETS[name];
    if (set === undefined)
      throw new Error(`There is no set ${name}. Choose from ${Object.keys(SETS).join(', ')}.`);
    installInCache(set.folder, set.packages);
  }
  for (const { name, path } of Object.values(agents)) {
    if (names.some((set) => path.startsWith(inSet(set))) && !existsSync(path))
      throw new Error(`${name} has no program at ${path}.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  install(names.length > 0 ? names : Object.keys(SETS));
}
