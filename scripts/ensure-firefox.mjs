// The suite that runs everywhere also runs in Firefox, where it is.
import { fileURLToPath } from 'node:url';
import { ensure, find } from './debian.mjs';

/** @type {import('./debian.mjs').Program} */
const FIREFOX = {
  names: ['firefox-esr', 'firefox', 'firefox.exe'],
  variable: 'FIREFOX_PATH',
  debian: 'firefox-esr',
  title: 'Firefox',
  elsewhere: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
};

/**
 * The path of Firefox on this machine, undefined where there is none. `FIREFOX_PATH` alone counts where it is set.
 *
 * @returns {string | undefined}
 */
export const findFirefox = () => find(FIREFOX);

if (process.argv[1] === fileURLToPath(import.meta.url)) ensure(FIREFOX);
