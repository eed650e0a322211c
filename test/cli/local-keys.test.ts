import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBedrock } from 'bedrock-anywhere';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.js';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-keys-'));
  vi.stubEnv('XDG_STATE_HOME', state);
});
afterEach(() => vi.unstubAllEnvs());

/** Starts `local`, uses it, and ends it; resolves to what it has printed. */
async function run(args: string[], use: (out: string) => Promise<void> = async () => {}): Promise<string> {
  let out = '';
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const code = await main(['local', ...args], {
    out: (text) => {
      out += text;
      void use(out).finally(end);
    },
    err: (text) => {
      out += text;
    },
    ended: () => ended,
  });
  expect({ code, out }).toEqual({ code: 0, out });
  return out;
}

interface Facts {
  url: string;
  accessKeyId: string;
  secretAccessKey: string;
  apiKey: string;
}

async function keysOf(args: string[]): Promise<Omit<Facts, 'url'>> {
  const { accessKeyId, secretAccessKey, apiKey } = JSON.parse(await run(['--json', ...args])) as Facts;
  return { accessKeyId, secretAccessKey, apiKey };
}

const folder = (): string => join(state, 'bedrock-anywhere', 'local-keys');

function onlyFile(): string {
  const [file = '', ...more] = readdirSync(folder());
  expect(more).toEqual([]);
  return join(folder(), file);
}

describe('bedrock-anywhere local --keep-keys', () => {
  it('uses the same keys at each start, and others without it', async () => {
    const kept = await keysOf(['--keep-keys']);
    expect(await keysOf(['--keep-keys', '--region', 'eu-west-1'])).toEqual(kept);
    const other = await keysOf([]);
    for (const name of ['accessKeyId', 'secretAccessKey', 'apiKey'] as const)
      expect(other[name]).not.toBe(kept[name]);
    expect(Object.values(kept).join(' ')).toMatch(/^ASIA[A-Z2-7]{16} [\w+/]{40} local-[\w-]{40}$/);
  });

  it('accepts them', async () => {
    await keysOf(['--keep-keys']);
    let calls = 0;
    await run(['--json', '--keep-keys'], async (out) => {
      const { url: endpoint, apiKey, ...credentials } = JSON.parse(out) as Facts;
      for (const one of [credentials, { token: apiKey }]) {
        const bedrock = createBedrock({ endpoint, region: 'us-east-1', credentials: one });
        await bedrock.converse({ modelId: 'amazon.nova-lite-v1:0', prompt: 'Hi' });
        calls += 1;
      }
    });
    expect(calls).toBe(2);
  });

  it('keeps them in a file that only this user can read', async () => {
    const { secretAccessKey } = await keysOf(['--keep-keys']);
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(readFileSync(onlyFile(), 'utf8')).toContain(secretAccessKey);
  });

  it('says where they are', async () => {
    const out = await run(['--keep-keys']);
    expect(out).toContain(
      `The keys are valid whenever it runs with --keep-keys. To get new ones, delete ${folder()}. Press`,
    );
  });

  it('prefers keys that are given, and does not keep them', async () => {
    const kept = await keysOf(['--keep-keys']);
    expect(await keysOf(['--keep-keys', '--api-key', 'mine'])).toEqual({ ...kept, apiKey: 'mine' });
    expect(await keysOf(['--keep-keys'])).toEqual(kept);
  });

  it('replaces a file that is damaged', async () => {
    const kept = await keysOf(['--keep-keys']);
    const entry = JSON.parse(readFileSync(onlyFile(), 'utf8')) as { key: string; value: string };
    for (const value of ['{', 'null', '{"credentials":{"accessKeyId":"A"},"apiKey":"k"}', '[]']) {
      writeFileSync(onlyFile(), JSON.stringify({ ...entry, value }));
      const made = await keysOf(['--keep-keys']);
      expect(made).not.toEqual(kept);
      expect(await keysOf(['--keep-keys'])).toEqual(made);
    }
  });
});
