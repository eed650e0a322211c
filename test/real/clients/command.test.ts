import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { Program } from '../program.js';
import { NOVA } from './bedrock.js';
import type { Looped } from './cases/tools.js';
import { Client, type Environment } from './client.js';
import { findBoto3 } from './python.js';

const COMMAND = fileURLToPath(new URL('../../../dist/node/cli.js', import.meta.url));

const boto3 = findBoto3();

/** What a user pastes into a shell: the lines that export variables. */
function environmentsOf(welcome: string): { keys: Environment; apiKey: Environment } {
  const all = Object.fromEntries(
    [...welcome.matchAll(/^ *export (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const { AWS_BEARER_TOKEN_BEDROCK = '', ...keys } = all;
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: _too, ...place } = keys;
  return { keys, apiKey: { ...place, AWS_BEARER_TOKEN_BEDROCK } };
}

describe('The environment that `bedrock-anywhere local --tools demo` prints:', () => {
  for (const [key, program] of [
    ['aws'],
    ['ai-6', 'ai-sdk.mjs'],
    ['ai-7', 'ai-sdk.mjs'],
    ['langchain'],
    ['mastra'],
    ['strands'],
  ] as const) {
    itIsEnough(clientOf(key).name, () => Client.ofNode(key, program));
  }
  if (boto3 === undefined) it.skip('skipped: no boto3 that knows Converse', () => {});
  else itIsEnough(`boto3 ${boto3}`, () => Client.ofPython('boto.py'));
});

function itIsEnough(name: string, start: () => Client | Promise<Client>): void {
  it(`is enough for ${name}, with access keys or an API key`, async () => {
    await using command = new Program(process.execPath, [COMMAND, 'local', '--tools', 'demo'], '/');
    await command.waitFor(/(Press Ctrl\+C)/);
    const { keys, apiKey } = environmentsOf(command.log);
    using client = await start();
    const input = { model: NOVA, prompt: 'What is the weather in Paris?' };
    for (const env of [keys, apiKey]) {
      const { text, calls } = await client.run<Looped>('loop', env, input);
      expect(calls).toEqual([[{ name: 'get_weather', input: { city: 'Paris' } }]]);
      expect(text).toContain('celsius 18');
    }
  });
}
