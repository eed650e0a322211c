import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { fromRateLimiters, type RateLimiter } from 'bedrock-anywhere/gateway';
import { build } from 'esbuild';
import Redis from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { startRedis, whyNoRedis } from '../../storage/redis-server.js';
import { NOVA } from '../setup.js';
import { storeConforms } from '../store-conformance.js';

const NOON = Date.UTC(2026, 10, 29, 12, 0, 0);
const { folder } = clientOf('rate-limiter-flexible');
const packages = join(folder, 'package.json');
const whyNoPackage = existsSync(folder)
  ? undefined
  : 'rate-limiter-flexible is not installed; run: node scripts/clients/install.mjs rate-limiter-flexible';
const whyNot = whyNoPackage ?? whyNoRedis();

type LimiterClass = new (options: object) => RateLimiter;
const load = () =>
  createRequire(packages)('rate-limiter-flexible') as Record<
    'RateLimiterMemory' | 'RateLimiterRedis',
    LimiterClass
  >;

storeConforms(
  'rate-limiter-flexible in memory',
  () => {
    const { RateLimiterMemory } = load();
    return { store: fromRateLimiters((options) => new RateLimiterMemory(options)) };
  },
  whyNoPackage,
);

storeConforms(
  'rate-limiter-flexible in Redis',
  async () => {
    const { RateLimiterRedis } = load();
    const { redis, close } = await openRedis();
    return {
      store: fromRateLimiters((options) => new RateLimiterRedis({ ...options, storeClient: redis })),
      close,
    };
  },
  whyNot,
);

async function openRedis() {
  const scratch = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-machines-'));
  const path = join(scratch, 'redis.sock');
  let server = await startRedis(scratch, path);
  const redis = new Redis({ path });
  redis.on('error', () => undefined);
  const stop = async () => {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  };
  return {
    scratch,
    path,
    redis,
    stop,
    async restart() {
      server = await startRedis(scratch, path);
    },
    async close() {
      redis.disconnect();
      await stop();
      await rm(scratch, { recursive: true });
    },
  };
}

/** A gateway in a process of its own. */
interface Machine {
  process: ChildProcess;
  /** Sends a request. `HANG` has its model never answer. */
  ask(fault?: string, signal?: AbortSignal): Promise<number>;
  /** How many calls have reached its Bedrock. */
  called(): Promise<number>;
  setClock(ms: number): Promise<void>;
}

const HANG = 'delay=600000';
const ASK = { model: NOVA, max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
/** How long a reservation counts: `limits.requestMs`, and a minute to settle. */
const LIFE_MS = 3_660_000;

async function startMachine(script: string, args: string[]): Promise<Machine> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    process: child,
    async ask(fault, signal) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: 'Bearer team', ...(fault && { 'x-local-fault': fault }) },
        body: JSON.stringify(ASK),
        ...(signal && { signal }),
      });
      await response.arrayBuffer();
      return response.status;
    },
    called: async () => (await (await fetch(`${url}/called`)).json()) as number,
    async setClock(ms) {
      await fetch(`${url}/clock?ms=${ms}`);
    },
  };
}

describe.skipIf(whyNot !== undefined)(
  `three gateways that share limits${whyNot ? ` (${whyNot})` : ''}`,
  () => {
    let redis: Awaited<ReturnType<typeof openRedis>>;
    let script: string;

    beforeAll(async () => {
      redis = await openRedis();
      script = join(redis.scratch, 'machine.cjs');
      await build({
        entryPoints: [fileURLToPath(new URL('machine.ts', import.meta.url))],
        tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)),
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'es2022',
        outfile: script,
        logLevel: 'error',
      });
    });
    afterAll(async () => redis?.close());

    it('exceed no limit, and get back what a killed one had reserved', async () => {
      const budgets = { perCaller: { tokensPerDay: 1000, requestsPerMinute: 1000 } };
      const args = [redis.path, packages, JSON.stringify(budgets)];
      const machines = await Promise.all([1, 2, 3].map(() => startMachine(script, args)));
      const [doomed, ...others] = machines as [Machine, Machine, Machine];
      const [one] = others;
      try {
        await Promise.all(machines.map((machine) => machine.setClock(NOON)));

        const leaving = new AbortController();
        const sent: Promise<void>[] = [];
        let refused = 0;
        const send = (machine: Machine): void => {
          const answered = machine.ask(HANG, leaving.signal).then(
            (status) => {
              refused += 1;
              expect(status).toBe(429);
            },
            () => undefined,
          );
          sent.push(answered);
        };
        const calls = async () =>
          (await Promise.all(machines.map((machine) => machine.called()))).reduce((a, b) => a + b);
        const allArrived = async () => {
          while ((await calls()) + refused < sent.length);
        };

        // As many as there is room for reach a model; the others are refused.
        for (const machine of [doomed, doomed, doomed, one, one]) send(machine);
        await allArrived();
        for (const machine of machines) for (let i = 0; i < 10; i++) send(machine);
        await allArrived();
        // Of those that come at once, more may be refused than necessary.
        for (const before = refused; refused === before; await allArrived()) send(one);
        const running = await calls();
        const reserved = await reservedOf(redis.redis);
        const perCall = reserved / running;
        expect(Number.isInteger(perCall)).toBe(true);
        expect(running).toBe(Math.floor(1000 / perCall));
        expect(await redis.redis.get(spentKey)).toBe(null);

        // Redis itself forgets what is reserved, even if no gateway is left.
        for (const key of await redis.redis.keys('*tokensPerDay*/reserved/*')) {
          const left = await redis.redis.pttl(key);
          expect(left).toBeGreaterThan(0);
          expect(left).toBeLessThanOrEqual(3 * LIFE_MS);
        }

        const lost = await doomed.called();
        doomed.process.kill('SIGKILL');
        await once(doomed.process, 'exit');
        leaving.abort();
        await Promise.all(sent);
        const known = (running - lost) * perCall;
        while (Number(await redis.redis.get(spentKey)) !== known) await one.called();
        while ((await reservedOf(redis.redis)) !== lost * perCall) await one.called();

        // What the killed one has reserved still counts, and no longer once its requests must be over.
        expect(await one.ask()).toBe(429);
        await Promise.all(others.map((machine) => machine.setClock(NOON + 2 * LIFE_MS)));
        let spent = known;
        let answered = 0;
        for (; (await one.ask()) === 200; answered++) {
          await others[1].called();
          const before = spent;
          while (spent === before) spent = Number(await redis.redis.get(spentKey));
          expect(spent).toBeLessThanOrEqual(1000);
        }
        expect(answered).toBeGreaterThanOrEqual(lost);
        expect([lost, running - lost].map((count) => count >= 2)).toEqual([true, true]);
        expect(spent).toBeGreaterThan(1000 - perCall);
      } finally {
        for (const machine of machines) machine.process.kill('SIGKILL');
      }
    });

    it('refuse requests while Redis is away, and go on when it is back', async () => {
      const args = [redis.path, packages, JSON.stringify({ perCaller: { tokensPerDay: 1_000_000 } })];
      const machine = await startMachine(script, args);
      try {
        await machine.setClock(NOON);
        expect(await machine.ask()).toBe(200);
        await redis.stop();
        const called = await machine.called();
        expect(await machine.ask()).toBe(503);
        expect(await machine.called()).toBe(called);
        await redis.restart();
        while ((await machine.ask()) !== 200) await machine.called();
      } finally {
        machine.process.kill('SIGKILL');
      }
    });
  },
);

const spentKey = 'bedrock-anywhere:caller/team/tokensPerDay/2026-11-29/spent';

async function reservedOf(redis: Redis): Promise<number> {
  const keys = await redis.keys('bedrock-anywhere:caller/team/tokensPerDay/*/reserved/*');
  const counts = await Promise.all(keys.map((key) => redis.get(key)));
  return counts.reduce((sum, count) => sum + Number(count), 0);
}
