import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';

const { FIREFOX_PATH, PATH = '', CI } = process.env;

/** The path of the Firefox of this machine, undefined where there is none. `FIREFOX_PATH` alone counts where it is set. */
const path = FIREFOX_PATH
  ? [FIREFOX_PATH].find((file) => existsSync(file))
  : ['/usr/bin', ...PATH.split(delimiter).filter(Boolean)]
      .flatMap((folder) => ['firefox-esr', 'firefox'].map((name) => join(folder, name)))
      .find((file) => existsSync(file));

/** Whether tests that need Firefox are left out: a person may have none, where `CI` is set it has to be there. */
export const lacksFirefox: boolean = path === undefined && !CI;

/** Starts it, without a window. */
export function launchFirefox(): Promise<Browser> {
  if (path === undefined) throw new Error('No Firefox: install one, or set FIREFOX_PATH to its executable.');
  return puppeteer.launch({ browser: 'firefox', executablePath: path, headless: true });
}
