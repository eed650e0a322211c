/**
 * Gives pages a Bedrock API key that expires after minutes: a fetch handler for any edge runtime. The access keys stay here.
 * The page calls Bedrock itself with the key, so no stream passes through this server.
 *
 * With the key a page may do whatever the access keys may, until it expires. So use access keys that may do little: those of a
 * role or user with the policy that `npx bedrock-anywhere policy --stream --api-key --model amazon.nova-lite-v1:0` prints.
 */
import { createApiKey, fromEnvironment } from 'bedrock-anywhere';
import { reject } from './access';

/** What the runtime passes in. */
export interface Env {
  /** A token for each caller. */
  ACCESS_TOKENS?: string;
  AWS_ACCESS_KEY_ID: string;
  AWS_SECRET_ACCESS_KEY: string;
  AWS_SESSION_TOKEN?: string;
  AWS_REGION: string;
  /** Files of the page, where the runtime serves them in this way, as Cloudflare's Workers do. */
  ASSETS?: { fetch(request: Request): Promise<Response> };
}

/** Lifetime of a key. The page fetches the next one shortly before. */
const KEY_SECONDS = 15 * 60;
/** A page needs one key, and another after ten minutes; visitors reload pages. */
const KEYS_PER_MINUTE = 5;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname !== '/bedrock-key') {
      return env.ASSETS?.fetch(request) ?? new Response('Not found', { status: 404 });
    }
    if (request.method !== 'POST') {
      return new Response('Use POST', { status: 405, headers: { allow: 'POST' } });
    }
    const rejection = await reject(request, env.ACCESS_TOKENS, KEYS_PER_MINUTE);
    if (rejection !== undefined) return rejection;
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = env;
    const credentials = fromEnvironment({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN });
    const key = await createApiKey(credentials, { region: AWS_REGION, expiresInSeconds: KEY_SECONDS });
    return new Response(key, { headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' } });
  },
};
