// The tests of the built package run in a real browser; npm carries none that could be a dependency.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure, find } from './debian.mjs';

const { PROGRAMFILES, LOCALAPPDATA, 'PROGRAMFILES(X86)': PROGRAMFILES_X86 } = process.env;
const windows = [PROGRAMFILES, PROGRAMFILES_X86, LOCALAPPDATA].filter((folder) => folder !== undefined);

/** @type {import('./debian.mjs').Program} */
const CHROMIUM = {
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'chrome.exe'],
  variable: 'CHROME_PATH',
  debian: 'chromium',
  title: 'Chrome or Chromium',
  elsewhere: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ...windows.flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
  ],
};

/**
 * The path of Chrome or Chromium on this machine, undefined where there is none. `CHROME_PATH` alone counts where it is
 * set.
 *
 * @returns {string | undefined}
 */
export const findBrowser = () => find(CHROMIUM);

if (process.argv[1] === fileURLToPath(import.meta.url)) ensure(CHROMIUM);
