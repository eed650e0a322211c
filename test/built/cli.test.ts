import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../dist/node/cli.js', import.meta.url));

function start(...args: string[]): ChildProcess {
  if (!existsSync(CLI)) throw new Error('dist/node/cli.js is missing: run npm run build first');
  return spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** All that a stream says until it has a line, or has ended. */
async function said(child: ChildProcess, pipe: 'stdout' | 'stderr', untilLine = false): Promise<string> {
  let text = '';
  for await (const chunk of child[pipe] ?? []) {
    text += String(chunk);
    if (untilLine && text.includes('\n')) break;
  }
  return text;
}

describe('the bedrock-anywhere command as it is published', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves the AWS client and ends with 0 on %s', async (signal) => {
    const child = start('local', '--port', '0', '--json');
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
    const { url, region, accessKeyId, secretAccessKey } = JSON.parse(await said(child, 'stdout', true)) as {
      [name: string]: string;
    };
    const client = new BedrockRuntimeClient({
      endpoint: url ?? '',
      region: region ?? '',
      credentials: { accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '' },
    });
    const { stopReason } = await client.send(
      new ConverseCommand({
        modelId: 'amazon.nova-lite-v1:0',
        messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
      }),
    );
    expect(stopReason).toBe('end_turn');
    const page = await fetch(`${url}/foundation-models`, { headers: { 'x-local-fault': 'html' } });
    expect(page.status).toBe(502);
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
    client.destroy();
  });

  it('serves a gateway and ends with 0 on SIGTERM', async () => {
    const child = start('serve', '--port', '0', '--json', '--local');
    const exit = once(child, 'exit');
    const { url, apiKey } = JSON.parse(await said(child, 'stdout', true)) as { url: string; apiKey: string };
    const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${apiKey}` } });
    expect(await response.json()).toMatchObject({ object: 'list' });
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('tells its version, and ends with 2 when the command line is wrong', async () => {
    const version = start('--version');
    expect(await said(version, 'stdout')).toMatch(/^\d+\.\d+\.\d+\S*\n$/);

    const wrong = start('local', '--nonsense');
    const exit = once(wrong, 'exit');
    expect(await said(wrong, 'stderr')).toMatch(/^bedrock-anywhere: Unknown option '--nonsense'.*\n$/);
    expect(await exit).toEqual([2, null]);
  });
});
