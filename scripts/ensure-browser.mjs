// The tests of the built package run in a real browser; npm carries none that could be a dependency.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'chrome.exe',
];

/**
 * The path of Chrome or Chromium on this machine, undefined where there is none. `CHROME_PATH` alone counts where it
 * is set.
 *
 * @returns {string | undefined}
 */
export function findBrowser() {
  const {
    CHROME_PATH,
    PATH = '',
    PROGRAMFILES,
    LOCALAPPDATA,
    'PROGRAMFILES(X86)': PROGRAMFILES_X86,
  } = process.env;
  if (CHROME_PATH) return existsSync(CHROME_PATH) ? CHROME_PATH : undefined;
  const folders = ['/usr/bin', ...PATH.split(delimiter).filter(Boolean)];
  const windows = [PROGRAMFILES, PROGRAMFILES_X86, LOCALAPPDATA].filter((folder) => folder !== undefined);
  const candidates = [
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ...windows.flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
  ];
  return candidates.find((path) => existsSync(path));
}

/** Debian's own package needs root; a person's machine is not changed without asking. */
function mayInstall() {
  return !process.env.CHROME_PATH && existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

/** Whether it worked shows in the next look for a browser; apt-get itself says what went wrong. */
function install() {
  console.log('No Chrome or Chromium found: installing the Debian package chromium for the browser tests.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    spawnSync('apt-get', ['-qq', ...step], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (findBrowser() === undefined && mayInstall()) install();
  if (findBrowser() === undefined) {
    console.error(
      process.env.CHROME_PATH
        ? `CHROME_PATH names no file: ${process.env.CHROME_PATH}`
        : 'The browser tests need Chrome or Chromium: install one, or set CHROME_PATH to its executable.',
    );
    process.exitCode = 1;
  }
}
