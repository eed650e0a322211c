import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { catalogFile, factsEntries, modelIdsFile } from '../../scripts/make-catalog.mjs';
import { catalogData } from '../../src/catalog/data.js';
import { catalog } from '../../src/catalog/index.js';
import { describeFixtures, fixtureJson, fixtureText } from '../fixtures.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ids = catalogData.flatMap(({ rows }) => rows.match(/^\S+/gm) ?? []);

describe('the data', () => {
  it('has sound facts for every id, once', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      const facts = catalog(id);
      expect(facts?.price, id).toMatchObject({ input: expect.any(Number), output: expect.any(Number) });
      const { cacheRead = 0, input = 0, tiers = [] } = facts?.price ?? {};
      const numbers = [
        facts?.contextWindow ?? 1,
        facts?.maxTokens ?? 1,
        input,
        cacheRead,
        ...tiers.flatMap(Object.values),
      ];
      expect(
        numbers.every((number) => number >= 0 && Number.isFinite(number)),
        id,
      ).toBe(true);
      expect(cacheRead, id).toBeLessThanOrEqual(input);
    }
  });

  it('has the model behind every profile', () => {
    const providers = new Set(ids.filter((id) => id.split('.').length === 2).map((id) => id.split('.')[0]));
    for (const id of ids) {
      const [first = '', second = ''] = id.split('.');
      if (!providers.has(second)) continue;
      expect(ids, id).toContain(id.slice(first.length + 1));
    }
  });

  it('was not edited by hand', () => {
    const text = readFileSync(`${ROOT}/src/catalog/data.ts`, 'utf8');
    const rows = catalogData.map((section) => section.rows.slice(1)).join('');
    expect(text).toContain(`SHA-256 of the rows: ${createHash('sha256').update(rows).digest('hex')}`);
  });

  it('has its ids, and no others, as a type', () => {
    const text = readFileSync(`${ROOT}/src/types/model-ids.ts`, 'utf8');
    expect([...text.matchAll(/^ {2}\| '(.+)'[;]?$/gm)].map(([, id]) => id)).toEqual([...ids].sort());
    expect(text).toBe(modelIdsFile(readFileSync(`${ROOT}/src/catalog/data.ts`, 'utf8')));
  });

  it('is what the script makes of its sources', (context) => {
    const { status, stderr } = spawnSync('node', ['scripts/make-catalog.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (status === 2) context.skip(`npm did not give the sources: ${stderr}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('make-catalog', () => {
  const zero = { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 };
  const limits = { contextWindow: 100, maxTokens: 10, reasoning: false };
  const rowsOf = (file: string) =>
    file.split('\n').filter((line) => /^[\w.-]+\.\S+ \S+ \S+ [yn-]{3}( |$)/.test(line));

  it('takes a missing rate for unknown, since its source writes 0 for it', () => {
    const [entry] = factsEntries([{ id: 'acme.one', ...limits, cost: zero }]);
    expect(entry).toEqual({ id: 'acme.one', ...limits, tools: true, price: { input: 1, output: 2 } });
  });

  it('prices a model like its profile in the United States, and lists those that only have profiles', () => {
    const facts = factsEntries([
      { id: 'acme.one', ...limits, cost: zero },
      { id: 'us.acme.one', ...limits, cost: { ...zero, input: 1.1 } },
      { id: 'eu.acme.one', ...limits, cost: { ...zero, input: 1.2 } },
      { id: 'acme.v3.2', ...limits, cost: zero },
      { id: 'eu.acme.two', ...limits, cost: { ...zero, input: 6 } },
      { id: 'us.acme.two', ...limits, maxTokens: 20, cost: { ...zero, input: 5 } },
      { id: 'eu.acme.three', ...limits, cost: { ...zero, input: 7 } },
    ]);
    expect(rowsOf(catalogFile(facts, []))).toEqual([
      'acme.one 100 10 ny- 1.1 2',
      'eu.acme.one 100 10 ny- 1.2 2',
      'us.acme.one 100 10 ny- 1.1 2',
      'acme.three 100 10 ny-',
      'eu.acme.three 100 10 ny- 7 2',
      'acme.two 100 20 ny- 5 2',
      'eu.acme.two 100 10 ny- 6 2',
      'us.acme.two 100 20 ny- 5 2',
      'acme.v3.2 100 10 ny- 1 2',
    ]);
  });

  it('adds models of the second source that the first does not have', () => {
    const facts = factsEntries([{ id: 'acme.one-v1:0', ...limits, cost: { ...zero, cacheRead: 0.1 } }]);
    const prices = { input_mtok: 3, output_mtok: 4 };
    const priced = [
      { id: 'acme.one:0', match: { contains: 'acme.one' }, prices },
      {
        id: 'regional.acme.two',
        match: { or: [{ equals: 'acme.two' }] },
        context_window: 8,
        prices: { ...prices, cache_read_mtok: 1 },
      },
      { id: 'acme.embed', match: { starts_with: 'acme.embed' }, prices: { input_mtok: 3 } },
      { id: 'acme.speech', match: { ends_with: 'speech' }, prices: { ...prices, input_audio_mtok: 9 } },
    ];
    expect(rowsOf(catalogFile(facts, priced))).toEqual([
      'acme.one-v1:0 100 10 nyy 1 2 0.1',
      'acme.two 8 - --- 3 4 1',
    ]);
  });

  it('takes from the third source what the others do not have, for every profile of a model', () => {
    const facts = factsEntries([
      { id: 'acme.one', ...limits, cost: zero },
      { id: 'eu.acme.one', ...limits, cost: zero },
      { id: 'acme.cached', ...limits, cost: { ...zero, cacheRead: 0.5 } },
    ]);
    const prices = { input_mtok: 3, output_mtok: 4 };
    const priced = [{ id: 'acme.two', match: { equals: 'acme.two' }, context_window: 8, prices }];
    const third = { contextWindow: 7, maxTokens: 5, reasoning: true, compat: { promptCacheMode: 'none' } };
    const file = catalogFile(facts, priced, {
      'us.acme.one': third,
      'acme.cached': third,
      'us.acme.two': third,
    });
    expect(rowsOf(file).sort()).toEqual([
      'acme.cached 100 10 nyy 1 2 0.5',
      'acme.one 100 10 nyn 1 2',
      'acme.two 8 5 y-n 3 4',
      'eu.acme.one 100 10 nyn 1 2',
    ]);
    const sources = [...file.matchAll(/source: '(.*)'/g)].map(([, source]) => source);
    expect(sources).toEqual([
      expect.stringMatching(/^@earendil-works\/pi-ai [\d.]+ \(MIT\), @oh-my-pi\/pi-catalog [\d.]+ \(MIT\)$/),
      expect.stringMatching(/^@earendil-works\/pi-ai [\d.]+ \(MIT\)$/),
      expect.stringMatching(/^@pydantic\/genai-prices [\d.]+ \(MIT\), @oh-my-pi\/pi-catalog [\d.]+ \(MIT\)$/),
    ]);
  });

  it('corrects single facts, and says so in the row and in the head of the file', () => {
    const facts = factsEntries([
      { id: 'eu.amazon.nova-pro-v1:0', ...limits, cost: { ...zero, cacheWrite: 1 } },
    ]);
    const file = catalogFile(facts, []);
    expect(rowsOf(file)).toContain('eu.amazon.nova-pro-v1:0 100 10 ny- 1 2 - 0');
    expect(file).toMatch(/source: '@earendil-works\/pi-ai [\d.]+ \(MIT\), AWS docs'/);
    const heads = file.split('\n').filter((line) => /^\/\/ .*: .*cacheWrite 0\. /.test(line));
    expect(heads).toEqual([expect.stringMatching(/Price List.*, 2026-07-08$/)]);
  });

  it('stops at forms that it does not know', () => {
    const facts = factsEntries([{ id: 'acme.one', ...limits, cost: zero }]);
    const prices = { input_mtok: { base: 1, tiers: [] }, output_mtok: 2 };
    expect(() => catalogFile(facts, [{ id: 'acme.two', match: { equals: 'acme.two' }, prices }])).toThrow(
      /new form for acme\.two/,
    );
    expect(() =>
      catalogFile(facts, [{ id: 'acme.two', match: { regex: 'x' } as object, prices: {} }]),
    ).toThrow(/rule of a new form/);
  });
});

describe('in a bundle', () => {
  const bundle = async (entry: string): Promise<{ inputs: string[]; bytes: Uint8Array }> => {
    const { metafile, outputFiles } = (await build({
      entryPoints: [`${ROOT}/src/${entry}`],
      absWorkingDir: ROOT,
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      packages: 'external',
      logLevel: 'silent',
    })) as { metafile: Metafile; outputFiles: { contents: Uint8Array }[] };
    return { inputs: Object.keys(metafile.inputs), bytes: outputFiles[0]?.contents ?? new Uint8Array() };
  };

  it('is apart from the core', async () => {
    const { inputs } = await bundle('index.ts');
    expect(inputs).toContain('src/discovery/discover.ts');
    expect(inputs.filter((file) => /catalog\/(?:index|data|facts)\.ts$/.test(file))).toEqual([]);
  });

  it('takes less than 8 KB', async () => {
    const { inputs, bytes } = await bundle('catalog/index.ts');
    expect(inputs).toContain('src/catalog/data.ts');
    expect(gzipSync(bytes).length).toBeLessThan(8 * 1024);
  });
});

describeFixtures('lists', 'of recorded models', () => {
  interface Summary {
    modelId: string;
    outputModalities: string[];
    responseStreamingSupported?: boolean;
    inferenceTypesSupported: string[];
    modelLifecycle: { status: string };
  }

  it('knows those that can be streamed from, but for these', () => {
    const { modelSummaries } = fixtureJson<{ modelSummaries: Summary[] }>(
      'lists/foundation-models.us-east-1.json',
    );
    const models = modelSummaries.filter(
      (model) =>
        model.responseStreamingSupported === true &&
        model.outputModalities.includes('TEXT') &&
        model.modelLifecycle.status === 'ACTIVE' &&
        model.inferenceTypesSupported.some((type) => type !== 'PROVISIONED'),
    );
    expect(models).toHaveLength(62);
    expect(
      models
        .map(({ modelId }) => modelId)
        .filter((id) => catalog(id) === undefined)
        .sort(),
    ).toEqual([
      'ai21.jamba-1-5-large-v1:0',
      'ai21.jamba-1-5-mini-v1:0',
      'amazon.nova-2-sonic-v1:0',
      'amazon.nova-sonic-v1:0',
      'amazon.titan-tg1-large',
      'cohere.command-r-plus-v1:0',
      'cohere.command-r-v1:0',
      'twelvelabs.pegasus-1-2-v1:0',
    ]);
  });

  it('knows the profiles, but for one', () => {
    const list = fixtureText('lists/inference-profiles.us-east-2.json');
    const profiles = [
      ...new Set([...list.matchAll(/"inferenceProfileId": ?"([^"]+)"/g)].map(([, id = '']) => id)),
    ];
    expect(profiles.length).toBeGreaterThan(0);
    expect(profiles.filter((id) => catalog(id)?.price === undefined)).toEqual([
      'us.meta.llama3-1-405b-instruct-v1:0',
    ]);
  });
});
