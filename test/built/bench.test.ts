import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RESULTS = `${ROOT}/bench/RESULTS.md`;

/** A machine that does much else takes long to start a dozen processes. */
const LIMIT_MS = 240_000;

/** The bench over the build at hand, without the peers: what it measures is nothing to test, that it works is. */
function bench(...args: string[]): Promise<Ended> {
  return run('bench/main.mjs', ...args);
}

interface Ended {
  stdout: string;
  stderr: string;
  status: number | null;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: ROOT }, (_error, stdout, stderr) =>
      resolve({ stdout, stderr, status: child.exitCode }),
    );
  });
}

const HERE = ['--no-install', '--no-build', '--quick', '--node', 'this'];
const results = () => (existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : undefined);

describe('npm run bench', () => {
  it(
    'reads whole answers with ours and the bare ones, and sets them side by side',
    async () => {
      const before = results();
      const { stdout, stderr, status } = await bench(
        ...HERE,
        '--scenario=deltas-random,first,bundle',
        '--contender=fetch,floor,ours,ours-sigv4',
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toContain(`Node ${process.versions.node}`);
      const figure = String.raw`\d+\.\d\d +`;
      expect(stdout).toMatch(new RegExp(`^bare fetch, bytes counted +${figure}`, 'm'));
      expect(stdout).toMatch(new RegExp(`^floor: split \\+ JSON\\.parse, no CRC +${figure}reference$`, 'm'));
      expect(stdout).toMatch(new RegExp(`^bedrock-anywhere +${figure}${figure.trim()}×$`, 'm'));
      expect(stdout).toMatch(new RegExp(`^bedrock-anywhere, SigV4 +${figure}[+-]\\d`, 'm'));
      expect(stdout).toMatch(/^Bundle: stream, SigV4, bearer, KB +≤ \d+\.\d\d +\d+\.\d\d +(?:yes|NO)/m);
      expect(results()).toBe(before);
    },
    LIMIT_MS,
  );

  it(
    'measures a Worker from outside, with and without the sharing of its loop',
    async () => {
      const before = results();
      const { stdout, stderr, status } = await bench(...HERE, '--scenario=runtimes', '--runtime=workerd');
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const row = String.raw`workerd [\d.]+ +\d+ +\d+ +\d+\.\d\d × +\d+ +\d+\.\d\d ×`;
      for (const replies of ['replies as they come', 'all replies released at once']) {
        const title = `200 streams × 500 events, ${replies}: longest block of the event loop, ms`;
        expect(stdout).toMatch(new RegExp(`^${title}\\n${row}$`, 'm'));
      }
      expect(stdout).toMatch(/^workerd is measured from outside.* including the \d+\.\d ms/m);
      expect(results()).toBe(before);
    },
    LIMIT_MS,
  );

  it(
    'paces streams and counts what is left of faulty ones',
    async () => {
      const { stdout, stderr, status } = await bench(
        'load',
        ...HERE,
        '--part=paced,faulty',
        '--contender=ours',
        '--streams=80',
        '--seconds=1',
        '--minutes=0.01',
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toMatch(/, bedrock-anywhere +\d+\.\d +\d+\.\d +/);
      expect(stdout).toMatch(/ 80 +\d+ +0 +0 +\d+\.\d +too short a run/);
      for (const end of [
        'none: whole 72',
        'throttle: ERR_THROTTLED 1',
        'cut: ERR_TRUNCATED 1',
        'reset: ERR_NETWORK 1',
      ]) {
        expect(stdout).toContain(end);
      }
      expect(stdout).toContain('stall: ERR_TIMEOUT 1');
    },
    LIMIT_MS,
  );

  it('says which names it knows when it is given another', async () => {
    const { stderr, status } = await bench('--scenario=everything');
    expect(status).toBe(2);
    expect(stderr).toContain('There is no scenario everything. Known are deltas-64k');
  });
});

describe('node bench/gateway.mjs', () => {
  it(
    'measures whole answers, streams and slow clients of each contender',
    async () => {
      const { stdout, stderr, status } = await run(
        'bench/gateway.mjs',
        '--quick',
        '--no-install',
        '--no-build',
        '--contender=direct,proxy,ours',
        '--requests=20',
        '--streams=4',
        '--seconds=1',
      );
      expect([stderr, status]).toEqual(['', 0]);
      for (const title of ['direct: Converse', 'a proxy that copies bytes', 'bedrock-anywhere, Chat'])
        expect(stdout).toMatch(new RegExp(`^${title}.*\\n  whole answer, p50, ms +\\d+\\.\\d\\d `, 'm'));
      expect(stdout.match(/^ {2}requests per second +\d+ /gm)).toHaveLength(3);
      expect(stdout.match(/^ {2}memory with slow streams, last third, MB +\d+ /gm)).toHaveLength(2);
      expect(stdout).toMatch(/^added to the first word, p50, ms +≤ 1 +-?\d+\.\d\d +(?:yes|NO)$/m);
      // Portkey is not among the contenders.
      expect(stdout).not.toContain("Portkey's");
    },
    LIMIT_MS,
  );

  it('says which contenders it knows when it is given another', async () => {
    const { stderr, status } = await run('bench/gateway.mjs', '--contender=nobody');
    expect([status === 0, stderr.includes('There is no contender nobody.')]).toEqual([false, true]);
  });
});
