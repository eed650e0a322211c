import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRecorder } from '../../src/cli/serve/usage/recorder.js';
import { addUsage, listRows, readUsage } from '../../src/cli/serve/usage/usage-file.js';
import { manualTimers } from '../gateway/timers.js';
import { environment, run } from './run.js';
import { ASK, CLAUDE, post, serve } from './serving.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = environment();
  file = join(folder, 'keys.json');
  // No minute or day of a budget may end in the middle of a test.
  vi.spyOn(Date, 'now').mockReturnValue(Date.now());
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const NOVA = 'amazon.nova-lite-v1:0';
const today = () => new Date(Date.now()).toISOString().slice(0, 10);
const used = (...args: string[]) => run(['serve', 'usage', '--keys', file, ...args]);
const create = async (name: string, ...more: string[]) =>
  (await run(['serve', 'keys', 'create', name, '--keys', file, ...more])).out.trim();

type Row = Record<'day' | 'key' | 'model', string> & Record<string, number>;
const rows = async (...args: string[]) => JSON.parse((await used('--json', ...args)).out) as Row[];

describe('serve usage', () => {
  it('shows what requests used by day, key and model, and the file has nothing that they said', async () => {
    const [a, b] = [await create('a'), await create('b')];
    const lines = await serve(['--local', '--json', '--keys', file], async ({ url }) => {
      for (const [key, model] of [
        [a, CLAUDE],
        [a, CLAUDE],
        [a, NOVA],
        [b, NOVA],
      ] as const)
        await (await post(url, key, { ...ASK, model })).text();
      await (await post(url, a, ASK, { 'x-local-fault': 'status=503' })).text();
      await (await post(url, a, { ...ASK, model: 'acme.none-v1:0' })).text();
      await post(url, 'wrong', ASK);
    });
    const shown = await rows();
    expect(shown.map(({ day, key, model, requests }) => [day, key, model, requests])).toEqual([
      [today(), 'a', CLAUDE, 2],
      [today(), 'a', NOVA, 1],
      [today(), 'b', NOVA, 1],
    ]);
    const logged = lines.filter(({ model, status }) => model === CLAUDE && status === 200) as unknown as {
      usage: { outputTokens: number };
      cost: { total: number };
    }[];
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
    expect(shown[0]?.outputTokens).toBe(sum(logged.map(({ usage }) => usage.outputTokens)));
    expect(shown[0]?.dollars).toBeCloseTo(sum(logged.map(({ cost }) => cost.total)), 5);
    expect(shown[0]?.dollars).toBeGreaterThan(0);
    const path = join(folder, 'gateway-usage.json');
    expect(readFileSync(path, 'utf8')).not.toContain('ping');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await rows('--key', 'b')).map(({ key }) => key)).toEqual(['b']);
    const { out } = await used();
    expect(out).toMatch(/^Day +Key +Model +Requests +Input +Cached +Output +Cost\n/);
    expect(out).toMatch(new RegExp(`${today()}  b +${NOVA} +1 +\\d+ +0 +\\d+  \\$0\\.\\d{4}\n`));
  });

  it('shows what an answer cost that was not the JSON that the request asked for', async () => {
    const key = await create('a');
    await serve(['--local', '--json', '--keys', file], async ({ url }) => {
      const response = await post(url, key, { ...ASK, response_format: { type: 'json_object' } });
      expect(response.status).toBe(502);
      await response.text();
    });
    const [row] = await rows();
    expect(row).toMatchObject({ key: 'a', model: CLAUDE, requests: 1 });
    expect(row?.['outputTokens']).toBeGreaterThan(0);
  });

  it('goes on counting after a restart, budgets too', async () => {
    const key = await create('a', '--tokens-per-day', '1000');
    const left: number[] = [];
    for (let start = 0; start < 2; start++) {
      await serve(['--local', '--json', '--keys', file], async ({ url }) => {
        const response = await post(url, key, { ...ASK, max_tokens: 100 });
        left.push(Number(response.headers.get('x-ratelimit-remaining-tokens')));
        await response.text();
      });
    }
    const [{ requests, inputTokens = 0, outputTokens = 0 } = {} as Row] = await rows();
    expect(requests).toBe(2);
    const [first = 0, second = 0] = left;
    expect(first - second).toBe((inputTokens + outputTokens) / 2);
  });

  it('says that there is nothing', async () => {
    expect(await used()).toMatchObject({ code: 0, out: '', err: expect.stringContaining('has no usage') });
  });

  it.each([
    ['{', 'is not JSON (line 1'],
    ['[]', 'has no days'],
    ['null', 'has no days'],
  ])('refuses a file that is not its own: %s', async (text, words) => {
    writeFileSync(join(folder, 'gateway-usage.json'), text);
    expect(await used()).toMatchObject({ code: 1, err: expect.stringContaining(words) });
    const { code, err } = await run(['serve', '--local', '--keys', file]);
    expect([code, err]).toEqual([1, expect.stringContaining(words)]);
  });

  it.each([
    ['--days', '0'],
    ['--days', 'x'],
    ['--key', ''],
  ])('refuses %s %j', async (...args) => {
    expect((await used(...args)).code).toBe(2);
  });

  it('shows the last days', async () => {
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const path = join(folder, 'gateway-usage.json');
    const numbers = {
      requests: 1,
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      microDollars: 0,
    };
    await addUsage(
      path,
      [0, 1, 30].map((ago) => ({ day: day(ago), key: '__proto__', model: 'constructor', ...numbers })),
      undefined,
    );
    expect((await rows('--days', '1')).map((row) => row.day)).toEqual([day(0)]);
    expect((await rows()).map((row) => row.day)).toEqual([day(0), day(1)]);
    expect((await rows('--days', '31')).map((row) => [row.key, row.model, row.requests])).toEqual([
      ['__proto__', 'constructor', 1],
      ['__proto__', 'constructor', 1],
      ['__proto__', 'constructor', 1],
    ]);
  });
});

describe('the recorder', () => {
  const entry = {
    status: 200,
    caller: 'a',
    modelId: NOVA,
    usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
    cost: { total: 0.000_001_4 },
  } as never;

  it('writes what came in the meantime at once, and keeps what could not be written', async () => {
    const timers = manualTimers();
    const path = join(folder, 'used', 'usage.json');
    const told: string[] = [];
    const recorder = createRecorder(path, undefined, {
      startTimer: timers.startTimer,
      tell: (reason) => told.push(reason),
      now: Date.now,
    });
    writeFileSync(join(folder, 'used'), 'not a folder');
    recorder.add(entry);
    recorder.add(entry);
    expect(timers.running.size).toBe(1);
    await recorder.flush();
    await recorder.flush();
    expect(told).toEqual([expect.stringContaining('Usage is not recorded: ')]);
    writeFileSync(join(folder, 'usage.json'), '');
    const { rmSync } = await import('node:fs');
    rmSync(join(folder, 'used'));
    recorder.add(entry);
    await recorder.flush();
    expect(timers.running.size).toBe(0);
    expect(listRows(await readUsage(path))).toMatchObject([
      { requests: 3, inputTokens: 9, outputTokens: 12, microDollars: 3 },
    ]);
  });

  it('of several processes lose nothing of each other, and keep 400 days', async () => {
    const path = join(folder, 'usage.json');
    const numbers = {
      requests: 1,
      inputTokens: 1,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      microDollars: 0,
    };
    const row = { key: 'a', model: NOVA, ...numbers };
    const day = (i: number) => new Date(Date.UTC(2025, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
    await addUsage(
      path,
      Array.from({ length: 405 }, (_, i) => ({ day: day(i), ...row })),
      undefined,
    );
    await Promise.all(
      Array.from({ length: 10 }, () => addUsage(path, [{ day: day(404), ...row }], undefined)),
    );
    const found = listRows(await readUsage(path));
    expect([found.length, found[0]?.day, found[0]?.requests, found.at(-1)?.day]).toEqual([
      400,
      day(404),
      11,
      day(5),
    ]);
  });
});
