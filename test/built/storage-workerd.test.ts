import { Miniflare } from 'miniflare';
import { describe, expect, it } from 'vitest';
import { conforms } from '../storage/conformance.js';
import { bundle } from '../storage/peer.js';
import { remoteStorage } from '../storage/remote.js';

/** Two Workers that share a KV namespace and serve a storage in it. */
async function startWorkers() {
  const script = await bundle(
    `import { workersKvStorage } from '../../src/storage/workers-kv.ts';
     import { answer } from './remote.ts';
     export default {
       async fetch(request, env) {
         const options = JSON.parse(decodeURIComponent(new URL(request.url).search.slice(1)));
         return new Response(await answer(workersKvStorage(env.MODELS, options), await request.text()));
       },
     };`,
    { platform: 'neutral', format: 'esm' },
  );
  const options = {
    modules: true,
    script,
    compatibilityDate: '2025-09-01',
    kvNamespaces: { MODELS: 'models' },
  };
  const miniflare = new Miniflare({
    workers: [
      { name: 'one', ...options },
      { name: 'other', ...options },
    ],
  });
  await miniflare.ready;
  // The types of both come from a package that is not installed.
  const worker = async (name: string) =>
    (await miniflare.getWorker(name)) as unknown as { fetch: typeof fetch };
  const namespace = async () =>
    (await miniflare.getKVNamespace('MODELS', 'one')) as unknown as {
      list(): Promise<{ keys: { name: string; expiration?: number }[] }>;
    };
  return {
    miniflare,
    namespace,
    async storageIn(name: string, options = {}) {
      const { fetch } = await worker(name);
      const url = `http://worker/?${encodeURIComponent(JSON.stringify(options))}`;
      return remoteStorage(async (body) => (await fetch(url, { method: 'POST', body })).text());
    },
  };
}

conforms('workersKvStorage, in two Workers of workerd', {
  async open() {
    const { miniflare, storageIn } = await startWorkers();
    return {
      storage: await storageIn('one'),
      other: await storageIn('other'),
      close: () => miniflare.dispose(),
    };
  },
  lacks: { 'lone surrogates': 'KV keeps UTF-8' },
});

describe('workersKvStorage in workerd', () => {
  it('lets entries go away when it is told to, and names keys as they are where KV takes them', async () => {
    const { miniflare, namespace, storageIn } = await startWorkers();
    try {
      await (await storageIn('one')).setItem('stays', 'value');
      await (await storageIn('one', { expirationTtlSeconds: 60 })).setItem('goes', 'value');
      await (await storageIn('one')).setItem('k'.repeat(512), 'value');
      await (await storageIn('one')).setItem('k'.repeat(513), 'value');
      await (await storageIn('one')).setItem('.', 'value');
      const { keys } = await (await namespace()).list();
      const inSeconds = Math.round(Date.now() / 1000);
      expect(keys).toEqual(
        expect.arrayContaining([
          { name: 'stays' },
          { name: 'goes', expiration: expect.closeTo(inSeconds + 60, -1) },
          { name: 'k'.repeat(512) },
        ]),
      );
      const digests = keys.filter(({ name }) => /^sha256-[0-9a-f]{64}$/.test(name));
      expect([digests.length, keys.length]).toEqual([2, 5]);
    } finally {
      await miniflare.dispose();
    }
  });
});
