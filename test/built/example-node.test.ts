import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../examples/node/chat.mjs', import.meta.url));

let account: LocalServer;
beforeAll(async () => {
  account = await startLocalBedrock({ script: [{ text: 'This is the account.' }] });
});
afterAll(() => account.close());

/** Runs the example with nothing of this machine's AWS settings. */
function chat(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | string; out: string; error: string }> {
  const { PATH = '' } = process.env;
  const nowhere = {
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { env: { PATH, ...nowhere, ...env } },
      (failure, out, error) => {
        resolve({
          code: failure?.code ?? 0,
          out: stripVTControlCharacters(out),
          error: stripVTControlCharacters(error),
        });
      },
    );
  });
}
const asTheAccount = () => ({
  AWS_ENDPOINT_URL: account.url,
  AWS_REGION: account.region,
  AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
});

describe('the example in Node', () => {
  it('lists models, thinks, calls a tool, answers, and tells what it took, without an account', async () => {
    const { code, out, error } = await chat([], {});
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/^Local Bedrock at http:\/\/127\.0\.0\.1:\d+/m);
    for (const part of ['us.anthropic.claude-sonnet-4-5', 'get_weather', 'end_turn', 'tokens'])
      expect(out).toContain(part);
  });

  it.each([
    ['BEDROCK=aws', [], { BEDROCK: 'aws' }],
    ['--aws', ['--aws'], {}],
  ])('asks the account that the environment names with %s', async (_way, args, env) => {
    const before = account.requests.length;
    const { code, out, error } = await chat([...args, '--model', 'amazon.nova-lite-v1:0', 'Who is there?'], {
      ...env,
      ...asTheAccount(),
    });
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(new RegExp(`^Amazon Bedrock, ${account.region}`, 'm'));
    expect(out).toContain('This is the account.');
    const sent = account.requests.slice(before);
    expect(sent.at(-1)).toMatchObject({ operation: 'ConverseStream', status: 200 });
    expect(JSON.stringify(sent.at(-1)?.body)).toContain('Who is there?');
  });

  it('names every source of credentials when there are none', async () => {
    const { code, error } = await chat([], { BEDROCK: 'aws', AWS_REGION: account.region });
    expect(code).toBe(1);
    expect(error).toMatch(/^\nERR_CREDENTIALS: /);
  });
});
