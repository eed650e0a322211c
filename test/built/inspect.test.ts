import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findNpmRuntime, whyNot } from '../../scripts/runtimes.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const PROGRAM = `
import { stream } from './dist/index.js';
const answer = stream({ modelId: 'amazon.nova-lite-v1:0', messages: [] });
console.log(answer);
await answer.cancel();
await answer.result().catch((error) => console.log(error));
`;

const RUNTIMES = [
  ['Node', process.execPath, ['--input-type=module', '-'], ''],
  ['Bun', await findNpmRuntime('bun'), ['run', '-'], whyNot('bun')],
  ['Deno', await findNpmRuntime('deno'), ['run', '--no-remote', '-'], whyNot('deno')],
] as const;

describe.each(RUNTIMES)('the console of %s', (_name, executable, args, why) => {
  const isMissing = executable === undefined && process.env['BEDROCK_EVERYWHERE'] !== 'all';

  it.skipIf(isMissing)(
    `shows how to read a stream, and no empty answer of an error${isMissing ? ` (skipped: ${why})` : ''}`,
    () => {
      const { stdout, stderr } = spawnSync(executable ?? 'missing', args, {
        cwd: ROOT,
        input: PROGRAM,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      const [stream, ...error] = stdout.split('\n');
      expect(stream).toMatch(/^ConverseStream \(unread\): for await \(const event of stream\) …/);
      expect(error.join('\n')).toContain('ERR_CANCELLED');
      expect(error.filter((line) => /^\s*partial:/.test(line))).toEqual([]);
    },
  );
});
