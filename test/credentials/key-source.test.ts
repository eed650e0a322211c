import { createApiKey, createBedrock, fromBearerToken } from 'bedrock-anywhere';
import { describe, expect, it, vi } from 'vitest';
import { seen, start } from './machine.js';

const question = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
};

/** Asks a local Bedrock with a key: the text, or the error. */
async function ask(local: Awaited<ReturnType<typeof start>>, token: string): Promise<unknown> {
  const bedrock = createBedrock({ endpoint: local.url, region: local.region, credentials: { token } });
  return bedrock
    .stream(question)
    .text()
    .catch((error: unknown) => error);
}

describe('a key of createApiKey()', () => {
  it('is taken until it ends', async () => {
    let now = Date.now();
    const local = await start({ now: () => now, script: [{ text: 'pong' }] });
    const key = await createApiKey(local.credentials, { region: local.region, expiresInSeconds: 60 });
    expect(await ask(local, key)).toBe('pong');
    now += 55_000;
    expect(await ask(local, key)).toBe('pong');
    now += 6_000;
    expect(await ask(local, key)).toMatchObject({ code: 'ERR_CREDENTIALS', status: 403 });
    expect(seen(local)).toEqual(['ConverseStream 200', 'ConverseStream 200', 'ConverseStream 403']);
  });

  it('carries the session token of temporary credentials, and ends with them', async () => {
    let now = Date.now();
    const session = {
      accessKeyId: 'ASIATEMPORARYTEMPORA',
      secretAccessKey: 't3mporary',
      sessionToken: 'FwoGZXIvYXdzEXAMPLE+/=',
      expiration: new Date(now + 600_000),
    };
    const local = await start({ credentials: session, now: () => now, script: [{ text: 'pong' }] });
    const key = await createApiKey(async () => session, { region: local.region });
    expect(await ask(local, key)).toBe('pong');
    now += 601_000;
    expect(await ask(local, key)).toMatchObject({ code: 'ERR_CREDENTIALS' });
  });

  it('is refused in another region', async () => {
    const [local, other] = [
      await start({ script: [{ text: 'pong' }] }),
      await start({ region: 'eu-west-1' }),
    ];
    const key = await createApiKey(local.credentials, { region: 'eu-west-1' });
    expect(await ask(local, key)).toMatchObject({ code: 'ERR_CREDENTIALS', status: 403 });
    expect(await ask(other, key)).toMatchObject({ code: 'ERR_CREDENTIALS', status: 403 });
    const fitting = await createApiKey(other.credentials, { region: 'eu-west-1' });
    expect(typeof (await ask(other, fitting))).toBe('string');
  });

  it('is refused when its text was changed', async () => {
    const local = await start();
    const key = await createApiKey(local.credentials, { region: local.region, expiresInSeconds: 60 });
    const text = Buffer.from(key.slice('bedrock-api-key-'.length), 'base64').toString();
    const longer = Buffer.from(text.replace('X-Amz-Expires=60', 'X-Amz-Expires=43200')).toString('base64');
    expect(await ask(local, `bedrock-api-key-${longer}`)).toMatchObject({ code: 'ERR_CREDENTIALS' });
  });

  it('is asked for anew by fromBearerToken() before it ends', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const local = await start();
    const mint = vi.fn(() =>
      createApiKey(local.credentials, { region: local.region, expiresInSeconds: 900 }),
    );
    const credentials = fromBearerToken(mint);
    const bedrock = createBedrock({ endpoint: local.url, region: local.region, credentials });
    await bedrock.countTokens({ ...question, modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0' });
    vi.setSystemTime(Date.now() + 9 * 60_000);
    await bedrock.countTokens({ ...question, modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0' });
    expect(mint).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + 2 * 60_000);
    await bedrock.countTokens({ ...question, modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0' });
    expect(mint).toHaveBeenCalledTimes(2);
    expect(seen(local)).toEqual(Array(3).fill('CountTokens 200'));
  });
});
