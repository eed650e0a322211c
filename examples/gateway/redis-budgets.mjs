// @ts-nocheck: rate-limiter-flexible is not installed in the library's repository.
/** Counts budgets in Redis or Valkey, so that several gateways keep the same limits. */
import { fromRateLimiters } from 'bedrock-anywhere/gateway';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';

const { REDIS_URL = 'redis://127.0.0.1:6379' } = process.env;

// Without a queue, requests fail at once while Redis is away.
const redis = new Redis(REDIS_URL, { enableOfflineQueue: false });
redis.on('error', (error) => console.error(`Redis: ${error.message}`));
await new Promise((resolve) => redis.once('ready', resolve));

export default fromRateLimiters((settings) => new RateLimiterRedis({ ...settings, storeClient: redis }));
