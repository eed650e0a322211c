import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { launchChromium } from '../../scripts/chromium.mjs';
import { findBrowser } from '../../scripts/ensure-browser.mjs';
import { findFirefox } from '../../scripts/ensure-firefox.mjs';
import { findNpmRuntime, type NPM_RUNTIMES, whyNot } from '../../scripts/runtimes.mjs';
import { launchFirefox } from '../built/firefox.js';
import { createEdgeVm } from '../edge-vm.js';
import { bundleEntry } from './install.js';
import type { Stage } from './stage.js';
import { casesFor, type Outcome } from './suite.js';

/** A runtime that the suite runs in: a row of the matrix. */
export interface Runtime {
  name: string;
  /** Storages that it has; its entry opens them under these names. */
  storages: readonly string[];
  /** Why it cannot run here; undefined where it can. */
  missing: string | undefined;
  run: Run;
}

/** Runs the suite of the package that was installed, and notes what comes of it. */
type Run = (on: { stage: Stage; installed: string; note: (outcome: Outcome) => void }) => Promise<void>;

/** Deno may do what is asked of it, and is not asked for the environment. */
const DENO = ['run', '--allow-net', '--allow-read', '--allow-write', '--no-remote', '--unstable-kv'];

const WORKER_STORAGES = ['memory', 'Workers KV'];

/** All runtimes; those that npm carries are loaded where they are not here yet. */
export async function findRuntimes(): Promise<Runtime[]> {
  const browser = findBrowser() === undefined ? 'no Chrome or Chromium here' : undefined;
  const firefox = findFirefox() === undefined ? 'no Firefox here' : undefined;
  // One page is enough for most changes.
  const more = process.env['BEDROCK_EVERYWHERE'] === 'all' ? undefined : 'only with BEDROCK_EVERYWHERE=all';
  return [
    await nodeRuntime('20'),
    await nodeRuntime('22'),
    await nodeRuntime('24'),
    await npmRuntime('Bun', 'bun'),
    await npmRuntime('Deno', 'deno', DENO, ['Deno KV']),
    { name: 'workerd', storages: WORKER_STORAGES, missing: undefined, run: inWorkerd },
    { name: 'Vercel edge VM', storages: ['memory'], missing: undefined, run: inEdgeVm },
    pageRuntime('Chromium', browser, inChromium('/page')),
    pageRuntime('Chromium, strict CSP', browser ?? more, inChromium('/strict')),
    pageRuntime('Firefox', firefox ?? more, inFirefox),
  ];
}

/** The Node of this process where it has that version. */
async function nodeRuntime(major: string): Promise<Runtime> {
  const name = `Node ${major}`;
  const isOurs = process.versions.node.startsWith(`${major}.`);
  return isOurs ? processRuntime(name, process.execPath) : npmRuntime(name, `node${major}`);
}

async function npmRuntime(
  name: string,
  npmName: keyof typeof NPM_RUNTIMES,
  args: string[] = [],
  storages: string[] = [],
): Promise<Runtime> {
  const path = await findNpmRuntime(npmName);
  const runtime = processRuntime(name, path ?? '', args, storages);
  return path === undefined ? { ...runtime, missing: whyNot(npmName) } : runtime;
}

/** A command that runs a script. */
function processRuntime(name: string, path: string, args: string[] = [], more: string[] = []): Runtime {
  return {
    name,
    storages: ['memory', 'files', ...more],
    missing: undefined,
    async run({ stage, installed, note }) {
      const script = join(installed, 'suite.mjs');
      await writeFile(script, await bundleEntry('process', installed));
      const scratch = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-everywhere-'));
      const child = spawn(path, [...args, script, stage.control, scratch], {
        cwd: installed,
        stdio: ['ignore', 'inherit', 'pipe'],
        env: { ...process.env, DENO_DIR: join(scratch, 'deno'), DENO_NO_UPDATE_CHECK: '1' },
      });
      let said = '';
      child.stderr.on('data', (chunk) => (said += String(chunk)));
      const ended = once(child, 'close').then(([code]) => {
        throw new Error(`${name} ended with ${String(code)} before it reported.\n${said}`);
      });
      try {
        await Promise.race([stage.hear(note), ended]);
      } finally {
        ended.catch(() => {});
        child.kill();
        await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

const inWorkerd: Run = async ({ stage, installed, note }) => {
  const miniflare = new Miniflare({
    modules: true,
    script: await bundleEntry('worker', installed),
    compatibilityDate: '2025-09-01',
    kvNamespaces: ['MODELS'],
  });
  const { control } = stage;
  async function runAll(): Promise<void> {
    for (const [index, { group, name }] of casesFor(WORKER_STORAGES).entries()) {
      const body = JSON.stringify({ control, index });
      const response = await miniflare.dispatchFetch('http://worker/', { method: 'POST', body });
      // Such as a request that waits for a promise of another one, which workerd ends.
      if (!response.ok) note({ group, name, durationMs: 0, failure: await response.text() });
    }
  }
  try {
    await Promise.race([stage.hear(note), runAll()]);
  } finally {
    await miniflare.dispose();
  }
};

const inEdgeVm: Run = async ({ stage, installed, note }) => {
  const vm = createEdgeVm();
  vm.evaluate(await bundleEntry('edge', installed));
  const over = stage.hear(note);
  vm.evaluate(`run(${JSON.stringify(stage.control)})`);
  await over;
};

/** A page of another origin than Bedrock's, in a browser. */
function pageRuntime(name: string, missing: string | undefined, run: Run): Runtime {
  return { name, storages: ['memory', 'localStorage', 'IndexedDB'], missing, run };
}

const inChromium =
  (path: string): Run =>
  async ({ stage, note }) => {
    const browser = await launchChromium();
    try {
      await inPage(await browser.newPage(), path, stage, note);
    } finally {
      await browser.close();
    }
  };

/** Firefox speaks WebDriver BiDi; Playwright's protocol needs a Firefox of its own. */
const inFirefox: Run = async ({ stage, note }) => {
  const browser = await launchFirefox();
  try {
    await inPage(await browser.newPage(), '/page', stage, note);
  } finally {
    await browser.close();
  }
};

/** Nothing is run in the page from outside: it loads its script and reports by itself. */
async function inPage(
  page: { goto(url: string): Promise<unknown> },
  path: string,
  stage: Stage,
  note: (outcome: Outcome) => void,
): Promise<void> {
  const over = stage.hear(note, true);
  await Promise.all([over, page.goto(stage.pageUrl + path)]);
}
