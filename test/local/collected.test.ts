import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { expect, it } from 'vitest';
import { turns, until } from '../clock.js';
import { collectGarbage } from '../collect-garbage.js';

const request = { modelId: 'amazon.nova-lite-v1:0', prompt: 'ping' };

it.each([
  ['a whole answer', 'delay=100000'],
  ['a stream', 'stall=3'],
])('%s ends when its client leaves, also after garbage was collected', async (what, fault) => {
  const local = createLocalBedrock();
  const bedrock = createBedrock({ transport: localTransport(local) });
  const left = new AbortController();
  const options = { signal: left.signal, headers: { 'x-local-fault': fault } };
  const call =
    what === 'a stream' ? bedrock.stream(request, options).result() : bedrock.converse(request, options);
  const failed = expect(call).rejects.toBe('enough');
  await until(() => local.liveConnections() === 1);
  await turns();
  collectGarbage();
  left.abort('enough');
  await failed;
  await until(() => local.liveConnections() === 0);
});
