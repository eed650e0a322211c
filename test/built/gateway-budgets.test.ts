/** The Durable Object of docs/gateway.md counts for two Workers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, expect, it } from 'vitest';
import { blocksOf } from '../page-blocks.js';
import { bundle } from './bundle.js';

const persisted = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-durable-'));
afterAll(() => rmSync(persisted, { recursive: true }));

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** Workers `one` and `other`, whose clocks stand still, with a counter that survives them. */
async function startWorkers() {
  const example = blocksOf('docs/gateway.md').find(({ code }) => code.includes('class Budgets'));
  const { code } = await transform(example?.code ?? '', { loader: 'ts', format: 'esm' });
  const script = await bundle(
    `${code}
     import { createBedrock } from 'bedrock-anywhere';
     import { createGateway } from 'bedrock-anywhere/gateway';
     import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
     let gateway;
     export default {
       async fetch(request, env, context) {
         gateway ??= createGateway({
           bedrock: createBedrock({ transport: localTransport(createLocalBedrock()) }),
           authorize: () => ({ name: 'team' }),
           now: () => Date.UTC(2026, 10, 29, 12),
           budgets: {
             store: fromDurableObject(env.BUDGETS),
             perCaller: { requestsPerMinute: 3, tokensPerDay: 10_000 },
           },
         });
         return gateway.fetch(request, { waitUntil: (promise) => context.waitUntil(promise) });
       },
     };`,
    'esm',
    ['workerd', 'worker', 'browser'],
  );
  const options = { modules: true, script, compatibilityDate: '2025-09-01' };
  const bound = { ...options, durableObjects: { BUDGETS: { className: 'Budgets', scriptName: 'counter' } } };
  const miniflare = new Miniflare({
    durableObjectsPersist: persisted,
    workers: [
      { name: 'counter', ...options, durableObjects: { BUDGETS: 'Budgets' } },
      { name: 'one', ...bound },
      { name: 'other', ...bound },
    ],
  });
  await miniflare.ready;
  return {
    miniflare,
    async ask(name: string, stream = false) {
      // The types of both come from a package that is not installed.
      const worker = (await miniflare.getWorker(name)) as unknown as { fetch: typeof fetch };
      const response = await worker.fetch('http://gateway.test/v1/chat/completions', {
        method: 'POST',
        body: JSON.stringify({
          model: MODEL,
          max_tokens: 100,
          stream,
          messages: [{ role: 'user', content: 'Hi' }],
        }),
      });
      await response.text();
      return { status: response.status, left: Number(response.headers.get('x-ratelimit-remaining-tokens')) };
    },
  };
}

it('two Workers share limits, which survive a restart', async () => {
  const first = await startWorkers();
  const lefts: number[] = [];
  try {
    for (const name of ['one', 'other', 'one']) {
      const { status, left } = await first.ask(name, name === 'one');
      expect(status).toBe(200);
      lefts.push(left);
    }
    expect((await first.ask('other')).status).toBe(429);
  } finally {
    await first.miniflare.dispose();
  }
  // Each time less is left than before, and more than if the reservations had not been replaced.
  const [a = 0, b = 0, c = 0] = lefts;
  expect(a > b && b > c && c > 10_000 - 300).toBe(true);
  const second = await startWorkers();
  try {
    expect((await second.ask('one')).status).toBe(429);
  } finally {
    await second.miniflare.dispose();
  }
});
