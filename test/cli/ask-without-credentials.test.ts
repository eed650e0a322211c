import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environment, run } from './run.js';

let home: string;
beforeEach(() => {
  home = environment();
});
afterEach(() => vi.unstubAllEnvs());

const NOTE =
  /^No AWS credentials were found, so the local Bedrock makes up what it answers\. .*: npx bedrock-anywhere doctor\n/;

describe('without credentials', () => {
  it('a terminal gets a made-up answer, after one line that says so', async () => {
    const { code, out, err } = await run(['Why is the sky blue?'], { columns: 80 });
    expect(code).toBe(0);
    expect(out).toMatch(/^Hello from the local Bedrock.*"Why is the sky blue\?"/);
    expect(err).toMatch(NOTE);
    expect(err).toMatch(/^amazon\.nova-lite-v1:0, local · \d+ tokens in, \d+ out · free/m);
  });

  it.each([
    ['a pipe', {}, []],
    ['a script on a terminal', { columns: 80 }, ['--json']],
    ['a plan of the request', { columns: 80 }, ['--dry-run']],
  ])('%s gets an error, and no text that could be mistaken for an answer', async (_what, terminal, args) => {
    const { code, out, err } = await run(['ask', ...args, 'Why is the sky blue?'], terminal);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^bedrock-anywhere: No AWS credentials were found\. .* add --local\.\n$/);
  });

  it('--local answers into a pipe, too', async () => {
    const { code, out, err } = await run(['ask', '--local', 'Why?']);
    expect(code).toBe(0);
    expect(out).toContain('You wrote: "Why?"');
    expect(err).toMatch(/^amazon\.nova-lite-v1:0, local · /);
  });

  it('credentials that fail are an error on a terminal, too', async () => {
    writeFileSync(
      join(home, 'config'),
      '[default]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = r\n',
    );
    const { code, out, err } = await run(['Why is the sky blue?'], { columns: 80 });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).not.toMatch(NOTE);
  });
});
