import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiKeyExpiration, converse, fromBearerToken } from '../../src/index.js';
import { type LocalServer, startLocalBedrock } from '../../src/local/node.js';
import { environment, run, variablesFor } from './run.js';

let local: LocalServer;
beforeEach(async () => {
  local = await startLocalBedrock({ script: [{ text: 'pong' }] });
  environment(variablesFor(local));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

describe('bedrock-anywhere key', () => {
  it('prints a key that works, and nothing else, to standard output', async () => {
    const { code, out, err } = await run(['key']);
    expect(code).toBe(0);
    expect(out).toMatch(/^bedrock-api-key-\S+\n$/);
    expect(err).toMatch(/^Valid in us-east-1, expires in (?:59|60) minutes\. Keep it secret: .+\n$/);
    const key = out.trim();
    const { text } = await converse(
      { modelId: 'amazon.nova-lite-v1:0', prompt: 'ping' },
      { credentials: fromBearerToken(key) },
    );
    expect(text).toBe('pong');
  });

  it('is made from access keys even if the environment has an API key', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'ABSKofSomeoneElse');
    expect((await run(['key'])).out).toMatch(/^bedrock-api-key-/);
  });

  it('says in JSON where and how long it is valid', async () => {
    const { out } = await run(['key', '--json', '--expires', '15m', '--region', 'eu-west-1']);
    const { key, region, expiration } = JSON.parse(out) as Record<string, string>;
    expect(region).toBe('eu-west-1');
    expect(expiration).toBe(apiKeyExpiration(key ?? '')?.toISOString());
    expect(Date.parse(expiration ?? '') - Date.now()).toBeLessThanOrEqual(15 * 60_000);
  });

  it.each(['13h', '0m', '5', 'soon', '-1h'])('refuses a lifetime of %s', async (lifetime) => {
    const { code, out, err } = await run(['key', `--expires=${lifetime}`]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/is not a lifetime\. Pass one such as 15m or 2h, at most 12h\.\n$/);
  });
});
