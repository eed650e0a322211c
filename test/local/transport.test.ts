import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';

const request = { modelId: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', prompt: 'ping' };
const script = [{ user: 'ping', text: 'pong pong' }];

function start() {
  const local = createLocalBedrock({ script, region: 'eu-central-1' });
  return { local, bedrock: createBedrock({ transport: localTransport(local) }) };
}

describe('localTransport()', () => {
  it('makes every call without a network, signed for the region of the local Bedrock', async () => {
    const { local, bedrock } = start();
    expect(await bedrock.stream(request).text()).toBe('pong pong');
    expect((await bedrock.converse(request)).text).toBe('pong pong');
    expect(await bedrock.countTokens(request)).toBeGreaterThan(0);
    expect(await bedrock.discover()).toMatchObject({ region: 'eu-central-1', source: 'network' });
    expect(local.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(local.requests[0]?.headers['authorization']).toMatch(/eu-central-1\/bedrock\/aws4_request/);
  });

  it('gives failures of the service, and repeats what may be repeated', async () => {
    const { bedrock } = start();
    const headers = { 'x-local-fault': 'throttle=1' };
    expect(await bedrock.stream(request, { headers }).result()).toMatchObject({ attempts: 2 });
    await expect(bedrock.converse({ ...request, modelId: 'acme.none-v1:0' })).rejects.toMatchObject({
      name: expect.stringMatching(/Exception$/),
      attempts: 1,
    });
  });

  it('uses the credentials and the region of a call', async () => {
    const { bedrock } = start();
    await expect(bedrock.converse(request, { credentials: { token: 'wrong' } })).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_CREDENTIALS|ERR_ACCESS_DENIED/),
    });
    await expect(bedrock.converse(request, { region: 'us-west-2' })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('closes the answer when the reader leaves', async () => {
    const { local, bedrock } = start();
    for await (const _event of bedrock.stream(request)) break;
    expect(local.liveConnections()).toBe(0);
  });

  it.each(['endpoint', 'fetch'] as const)(
    'refuses the option %s, which would have no effect',
    async (name) => {
      const { local } = start();
      const value = name === 'fetch' ? globalThis.fetch : 'http://localhost:1';
      const bedrock = createBedrock({ transport: localTransport(local), [name]: value });
      await expect(bedrock.converse(request)).rejects.toMatchObject({
        code: 'ERR_INPUT',
        message: expect.stringContaining(`The option ${name} has no effect with localTransport()`),
      });
    },
  );
});
