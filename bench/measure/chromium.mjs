import { once } from 'node:events';
import { createServer } from 'node:http';
import { launchChromium } from '../../scripts/chromium.mjs';
import { pack } from '../runtimes/pack.mjs';

/** Connections that a browser opens to one host; it opens 256 in all. */
const PER_HOST = 6;

/**
 * Many streams at once in a page of a browser of its own. Over HTTP/1.1 only a few could reach one host together, so
 * that replies which wait for all requests would never come: the server has many names here.
 */
export async function run({ contender, contenderUrl, options }) {
  const { modules, contender: packed } = await pack('page', contender);
  const { port } = new URL(contenderUrl);
  const hosts = Math.ceil(options.streams / PER_HOST);
  const urls = Array.from({ length: hosts }, (_, index) => `http://h${index}.localhost:${port}`);
  const site = await serve(modules);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(site.url);
    const job = { entry: './page.mjs', contender: packed, urls, options };
    return await page.evaluate(async ({ entry, ...job }) => (await import(entry)).measure(job), job);
  } finally {
    await browser.close();
    site.server.close();
  }
}

/** An empty page and the modules that it may load. */
async function serve(modules) {
  const server = createServer(({ url }, response) => {
    const code = modules[`.${url}`];
    response.writeHead(200, { 'content-type': code === undefined ? 'text/html' : 'text/javascript' });
    response.end(code ?? '<!doctype html><title>bench</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}
