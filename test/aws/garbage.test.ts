import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { createBedrock } from 'bedrock-anywhere';
import { eventStreamSerdeProvider, sdkTransport } from 'bedrock-anywhere/aws';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { describe, expect, it } from 'vitest';
import { configOf, HANDLERS } from './clients.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

describe.each(HANDLERS)('a garbage collection in the middle of a call with %s', (_handler, handler) => {
  it.each([
    ['its own decoder', 'before the first event', 'stall=0', {}],
    ['its own decoder', 'between events', 'stall=3', {}],
    ['our decoder', 'before the first event', 'stall=0', { eventStreamSerdeProvider }],
    ['our decoder', 'between events', 'stall=3', { eventStreamSerdeProvider }],
  ])('and %s leaves no connection behind after a timeout %s', async (_decoder, _when, fault, decoder) => {
    const local = await startLocalBedrock({});
    const client = new BedrockRuntimeClient({ ...configOf(local), ...handler(), ...decoder });
    const stream = createBedrock({ transport: sdkTransport({ client }) }).stream(
      { modelId: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: [{ text: 'ping' }] }] },
      { idleTimeoutMs: 200, headers: { 'x-local-fault': fault } },
    );
    const collecting = setInterval(collectGarbage, 20);
    try {
      await expect(stream.text()).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
      await expect.poll(() => local.liveConnections()).toBe(0);
    } finally {
      clearInterval(collecting);
      await local.close();
    }
  });
});
