import { chromium } from 'playwright-core';
import { findBrowser } from './ensure-browser.mjs';

/** Starts the browser of this machine, quiet: nothing of its own goes over the network. */
export function launchChromium() {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('No browser: run npm test, or set CHROME_PATH.');
  return chromium.launch({
    executablePath,
    timeout: 120_000,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
