import { request as httpRequest } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type Bedrock, createBedrock } from 'bedrock-anywhere';
import { sdkTransport } from 'bedrock-anywhere/aws';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { type Dispatcher, EnvHttpProxyAgent, ProxyAgent, fetch as viaUndici } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeCertificate, startProxy, startTls, type TunnelProxy } from './tunnel.js';

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'ping' }] }],
};
const certificate = makeCertificate();
const stalled = { headers: { 'x-local-fault': 'stall=3' } };

let local: LocalServer;
let tls: Awaited<ReturnType<typeof startTls>>;
let proxy: TunnelProxy;
const dispatchers: Dispatcher[] = [];
beforeAll(async () => {
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
  if (certificate !== undefined) tls = await startTls(certificate, Number(new URL(local.url).port));
});
afterAll(async () => {
  await tls?.close();
  await local.close();
});
beforeEach(async () => {
  proxy = await startProxy();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(dispatchers.splice(0).map((dispatcher) => dispatcher.destroy()));
  await proxy.close();
});

/** As docs/proxies.md shows it: undici's fetch, with the dispatcher that knows the proxy. */
function through(dispatcher: Dispatcher, endpoint: string): Bedrock {
  dispatchers.push(dispatcher);
  const proxied = (url: string, init: object) => viaUndici(url, { ...init, dispatcher });
  return createBedrock({
    fetch: proxied as unknown as typeof fetch,
    endpoint,
    region: local.region,
    credentials: local.credentials,
    maxAttempts: 1,
  });
}

const trusted = { requestTls: { ca: certificate?.cert ?? '' } };

(certificate === undefined ? describe.skip : describe)(
  `behind a proxy${certificate === undefined ? ' (skipped: openssl is missing)' : ''}`,
  () => {
    it('a stream comes through the tunnel as it is sent, over TLS', async () => {
      const bedrock = through(new ProxyAgent({ uri: proxy.url, ...trusted }), tls.url);
      // The answer never ends: a proxy that waited for its end would let nothing through.
      const types: string[] = [];
      for await (const { type } of bedrock.stream(request, stalled)) if (types.push(type) === 3) break;
      expect(types).toEqual(['messageStart', 'contentBlockDelta', 'contentBlockDelta']);
      expect(await bedrock.stream(request).text()).toBe('pong pong pong');
      expect(new Set(proxy.asked)).toEqual(new Set([new URL(tls.url).host]));
    });

    it.each([
      [
        'leaving the loop',
        async (bedrock: Bedrock) => {
          for await (const { type } of bedrock.stream(request, stalled))
            if (type === 'contentBlockDelta') break;
        },
      ],
      [
        'an abort',
        async (bedrock: Bedrock) => {
          const controller = new AbortController();
          const reading = (async () => {
            const stream = bedrock.stream(request, { ...stalled, signal: controller.signal });
            for await (const { type } of stream) if (type === 'contentBlockDelta') controller.abort('enough');
          })();
          await expect(reading).rejects.toBe('enough');
        },
      ],
    ])('%s closes both sides of the tunnel', async (_how, leave) => {
      const bedrock = through(new ProxyAgent({ uri: proxy.url, ...trusted }), tls.url);
      await leave(bedrock);
      await expect.poll(() => local.liveConnections()).toBe(0);
      await expect.poll(() => proxy.tunnels()).toBe(0);
      expect(proxy.asked).toContain(new URL(tls.url).host);
    });

    it('HTTPS_PROXY is followed, and NO_PROXY goes past it', async () => {
      vi.stubEnv('HTTPS_PROXY', proxy.url);
      vi.stubEnv('NO_PROXY', '');
      expect(await through(new EnvHttpProxyAgent(trusted), tls.url).stream(request).text()).toBe(
        'pong pong pong',
      );
      expect(proxy.asked).toEqual([new URL(tls.url).host]);

      vi.stubEnv('NO_PROXY', 'localhost');
      const direct = new EnvHttpProxyAgent({ ...trusted, connect: trusted.requestTls });
      expect(await through(direct, tls.url).stream(request).text()).toBe('pong pong pong');
      expect(proxy.asked).toHaveLength(1);
    });

    it('a proxy that wants a password gets it, and says so where it does not', async () => {
      const guarded = await startProxy('me:open sesame');
      try {
        const bedrock = through(new ProxyAgent({ uri: guarded.url, ...trusted }), tls.url);
        await expect(bedrock.converse(request)).rejects.toMatchObject({
          code: 'ERR_NETWORK',
          phase: 'request',
          message: expect.stringMatching(/^No answer from localhost:\d+: .*Proxy response \(407\)/),
        });
        const token = `Basic ${Buffer.from('me:open sesame').toString('base64')}`;
        const known = new ProxyAgent({ uri: guarded.url, token, ...trusted });
        expect((await through(known, tls.url).converse(request)).stopReason).toBe('end_turn');
      } finally {
        await guarded.close();
      }
    });

    it('a proxy that is not there is a failure of the network', async () => {
      const bedrock = through(new ProxyAgent({ uri: 'http://127.0.0.1:9', ...trusted }), tls.url);
      await expect(bedrock.converse(request)).rejects.toMatchObject({
        code: 'ERR_NETWORK',
        message: expect.stringContaining('ECONNREFUSED'),
      });
    });

    it('a certificate that nobody trusts is a failure of the network, and says which', async () => {
      const bedrock = through(new ProxyAgent({ uri: proxy.url }), tls.url);
      await expect(bedrock.converse(request)).rejects.toMatchObject({
        code: 'ERR_NETWORK',
        message: expect.stringMatching(/self-signed certificate|DEPTH_ZERO_SELF_SIGNED_CERT/),
      });
    });

    it('the AWS client goes through its own agent, with our streams', async () => {
      const httpsAgent = new TunnelAgent(proxy.url, { ca: certificate?.cert ?? '' });
      const client = new BedrockRuntimeClient({
        endpoint: tls.url,
        region: local.region,
        credentials: local.credentials,
        requestHandler: new NodeHttpHandler({ httpsAgent }),
      });
      const bedrock = createBedrock({ transport: sdkTransport({ client }) });
      expect(await bedrock.stream(request).text()).toBe('pong pong pong');
      for await (const { type } of bedrock.stream(request, stalled)) if (type === 'contentBlockDelta') break;
      await expect.poll(() => local.liveConnections()).toBe(0);
      expect(new Set(proxy.asked)).toEqual(new Set([new URL(tls.url).host]));
      client.destroy();
      httpsAgent.destroy();
      await expect.poll(() => proxy.tunnels()).toBe(0);
    });
  },
);

/** What packages such as https-proxy-agent do: connections of Node's http client through a proxy. */
class TunnelAgent extends HttpsAgent {
  readonly #proxy: URL;

  constructor(proxyUrl: string, options: AgentOptions) {
    super(options);
    this.#proxy = new URL(proxyUrl);
  }

  override createConnection(
    options: AgentOptions & { host?: string; port?: number },
    done: (error: Error | null, socket?: Duplex) => void,
  ): undefined {
    const { hostname, port } = this.#proxy;
    const to = `${options.host}:${options.port}`;
    const tunnel = httpRequest({ host: hostname, port, method: 'CONNECT', path: to, agent: false });
    tunnel.on('error', done);
    tunnel.on('connect', (_response, socket) => {
      done(null, connectTls({ ...options, socket, servername: String(options.host) }));
    });
    tunnel.end();
    return undefined;
  }
}
