import { findBrowser } from '../../scripts/ensure-browser.mjs';
import { findNpmRuntime, NPM_RUNTIMES, whyNot } from '../../scripts/runtimes.mjs';
import { packageFacts } from '../prepare.mjs';

/** May do what the measurement does. Modules come from this folder alone. */
const DENO = ['run', '--allow-all', '--no-remote', '--no-lock'];

/**
 * The runtimes besides Node, each as what a measurement runs on: a command with its arguments, or this Node with a
 * `measure` of its own where the runtime has no commands.
 */
const FINDERS = {
  bun: (mayInstall) => fromNpm('Bun', 'bun', ['run'], mayInstall),
  deno: (mayInstall) => fromNpm('Deno', 'deno', DENO, mayInstall),
  chromium,
  workerd: () => ({
    name: `workerd ${packageFacts('workerd')?.version}`,
    path: process.execPath,
    measure: 'workerd',
  }),
};

export const RUNTIMES = Object.keys(FINDERS);

/** @returns {Promise<{ name: string, path?: string, args?: string[], measure?: string, missing?: string }[]>} */
export function findRuntimes(ids, mayInstall) {
  return Promise.all(ids.map((id) => FINDERS[id](mayInstall)));
}

async function fromNpm(title, id, args, mayInstall) {
  const name = `${title} ${NPM_RUNTIMES[id].version}`;
  const path = await findNpmRuntime(id, mayInstall);
  if (path !== undefined) return { name, path, args };
  return { name, missing: mayInstall ? whyNot(id) : 'is not installed' };
}

async function chromium() {
  if (findBrowser() === undefined) return { name: 'Chromium', missing: 'no Chrome or Chromium here' };
  const { launchChromium } = await import('../../scripts/chromium.mjs');
  const browser = await launchChromium();
  const name = `Chromium ${browser.version()}`;
  await browser.close();
  return { name, path: process.execPath, measure: 'chromium' };
}
