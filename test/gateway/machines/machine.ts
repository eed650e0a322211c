import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createBedrock } from 'bedrock-anywhere';
import { createGateway, fromRateLimiters, type RateLimiter } from 'bedrock-anywhere/gateway';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import Redis from 'ioredis';
import { serveFetch } from '../../../src/gateway/node/server.js';

/** A gateway of several, with its own Bedrock and clock and the Redis of all. */
async function main(): Promise<void> {
  const [redisPath = '', packages = '', budgets = '{}'] = process.argv.slice(2);
  const { RateLimiterRedis } = createRequire(packages)('rate-limiter-flexible') as {
    RateLimiterRedis: new (options: object) => RateLimiter;
  };
  const redis = new Redis({ path: redisPath, enableOfflineQueue: false });
  redis.on('error', () => undefined);
  await once(redis, 'ready');
  const local = createLocalBedrock();
  const clock = { ms: 0 };
  const gateway = createGateway({
    bedrock: createBedrock({ transport: localTransport(local), maxRetryDelayMs: 0 }),
    authorize: (_request, { key }) => (key === undefined ? undefined : { name: key }),
    forwardHeaders: ['x-local-fault'],
    now: () => clock.ms,
    budgets: {
      ...(JSON.parse(budgets) as object),
      store: fromRateLimiters((settings) => new RateLimiterRedis({ ...settings, storeClient: redis })),
    },
  });
  const { url } = await serveFetch(
    async (request, details) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === '/called') return Response.json(local.requests.length);
      if (pathname !== '/clock') return gateway.fetch(request, details);
      clock.ms = Number(searchParams.get('ms'));
      return Response.json(clock.ms);
    },
    0,
    '127.0.0.1',
  );
  console.log(url);
}

void main();
