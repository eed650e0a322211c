// Installs the agents that `npm run verify:agents` runs, 810 MB in all.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, installInCache } from '../user-cache.mjs';

const CLAUDE_CODE = '2.1.332';
const CODEX = '0.171.0';

const folder = cacheFolder(`agents-${CLAUDE_CODE}-${CODEX}`);
const modules = join(folder, 'node_modules');

/** The agents' versions and where their programs are once they are installed. */
export const agents = {
  claudeCode: {
    name: `Claude Code ${CLAUDE_CODE}`,
    path: join(modules, '@anthropic-ai', 'claude-code-linux-x64', 'claude'),
  },
  codex: {
    name: `Codex ${CODEX}`,
    path: join(modules, 'codex-linux-x64', 'vendor', 'x86_64-unknown-linux-musl', 'bin', 'codex'),
  },
};

function install() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `The agents are installed for Linux on x64, and this is ${process.platform} on ${process.arch}.`,
    );
  installInCache(folder, {
    '@anthropic-ai/claude-code-linux-x64': CLAUDE_CODE,
    'codex-linux-x64': `npm:@openai/codex@${CODEX}-linux-x64`,
  });
  for (const { name, path } of Object.values(agents)) {
    if (!existsSync(path)) throw new Error(`${name} has no program at ${path}.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install();
