import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environment, run } from './run.js';

beforeEach(() => void environment());
afterEach(() => vi.unstubAllEnvs());

/** Whether a shell is on this machine. */
function hasShell(name: string): boolean {
  try {
    execFileSync(name, ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
}

/** What bash would offer for a line, whose last word is not finished. */
async function complete(...words: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-completion-'));
  const models = (await run(['completion', '--models'])).out;
  const program = join(folder, 'bedrock-anywhere');
  writeFileSync(program, `#!/bin/sh\ncat <<'END'\n${models}END\n`);
  chmodSync(program, 0o755);
  const script = (await run(['completion', 'bash'])).out;
  const line = words.map((word) => `'${word}'`).join(' ');
  const snippet = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _bedrock_anywhere; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', snippet], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` },
  });
  return out.split('\n').filter((one) => one !== '');
}

describe('bedrock-anywhere completion', () => {
  it('lists models that are known for the region, without a request', async () => {
    const ids = (await run(['completion', '--models'])).out.trim().split('\n');
    expect(ids).toContain('amazon.nova-lite-v1:0');
    expect(ids).toContain('us.amazon.nova-lite-v1:0');
    const european = (await run(['completion', '--models', '--region', 'eu-central-1'])).out;
    expect(european).toContain('eu.amazon.nova-lite-v1:0\n');
    expect(european).not.toContain('us.amazon');
  });

  it.each([[[]], [['fish']], [['bash', 'zsh']]])('with %j says which shells there are', async (shells) => {
    const { code, err } = await run(['completion', ...shells]);
    expect(code).toBe(2);
    expect(err).toMatch(/There are bash and zsh\.\n$/);
  });

  it.each([
    [['bedrock-anywhere', 'mo'], ['models']],
    [
      ['bedrock-anywhere', 'ask', '--s'],
      ['--schema', '--system'],
    ],
    [['bedrock-anywhere', 'ask', '-m', 'amazon.nova-lite'], ['amazon.nova-lite-v1:0']],
    [['bedrock-anywhere', 'chat', '--model', 'us.amazon.nova-l'], ['us.amazon.nova-lite-v1:0']],
    [['bedrock-anywhere', 'completion', 'z'], ['zsh']],
    [['bedrock-anywhere', 'help', 'wh'], ['whoami']],
    [['bedrock-anywhere', 'ask', '-a', '/etc/host'], expect.arrayContaining(['/etc/hosts'])],
  ])('completes %j to %j in bash', async (words, expected) => {
    expect((await complete(...words)).sort()).toEqual(expected);
  });

  it.skipIf(!hasShell('zsh'))('is a script that zsh accepts (skipped without zsh)', async () => {
    const { out } = await run(['completion', 'zsh']);
    execFileSync('zsh', ['-n'], { input: out });
  });

  it('has the same words for zsh', async () => {
    const { out } = await run(['completion', 'zsh']);
    expect(out).toMatch(/^ {4}ask\) compadd -- .*--schema .*;;$/m);
    expect(out).toContain('compdef _bedrock_anywhere bedrock-anywhere\n');
  });
});
