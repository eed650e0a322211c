import { Miniflare } from 'miniflare';
import { expect, it } from 'vitest';
import { bundle } from './bundle.js';

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const MESSAGES = [{ role: 'user', content: 'Hi' }];

it('runs in workerd, in every protocol, streamed and whole', async () => {
  const script = await bundle(
    `import { createBedrock } from 'bedrock-anywhere';
     import { createGateway, fromKeys, hashKey } from 'bedrock-anywhere/gateway';
     import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
     let gateway;
     export default {
       async fetch(request) {
         gateway ??= createGateway({
           bedrock: createBedrock({ transport: localTransport(createLocalBedrock()) }),
           authorize: fromKeys([{ name: 'a', hash: await hashKey('k') }]),
         });
         return gateway.fetch(request);
       },
     };`,
    'esm',
    ['workerd', 'worker', 'browser'],
  );
  const miniflare = new Miniflare({ modules: true, script, compatibilityDate: '2025-09-01' });
  try {
    for (const [path, body, whole, end] of [
      ['/v1/chat/completions', { messages: MESSAGES }, 'chat.completion', 'data: [DONE]\n\n'],
      ['/v1/messages', { messages: MESSAGES, max_tokens: 50 }, '"type":"message"', '"message_stop"}\n\n'],
      ['/v1/responses', { input: 'Hi' }, '"object":"response"', 'data: [DONE]\n\n'],
    ] as const) {
      const send = async (stream: boolean) => {
        const response = await miniflare.dispatchFetch(`http://gateway.test${path}`, {
          method: 'POST',
          headers: { authorization: 'Bearer k' },
          body: JSON.stringify({ model: MODEL, stream, ...body }),
        });
        return response.text();
      };
      expect(await send(false)).toContain(whole);
      expect((await send(true)).endsWith(end), path).toBe(true);
    }
  } finally {
    await miniflare.dispose();
  }
});
