import puppeteer, { type Browser } from 'puppeteer-core';
import { findFirefox } from '../../scripts/ensure-firefox.mjs';

const executablePath = findFirefox();
const { CI, BEDROCK_EVERYWHERE } = process.env;

/** Whether tests that need Firefox are left out: where everything has to run it has to be there. */
export const lacksFirefox: boolean = executablePath === undefined && !CI && BEDROCK_EVERYWHERE !== 'all';

/** Starts it, without a window. */
export function launchFirefox(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('No Firefox: install one, or set FIREFOX_PATH.');
  return puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
}
