/**
 * Hands pages a Bedrock API key that ends by itself: a fetch handler for any edge runtime. The access keys stay here.
 * What the page does with the key goes straight to Bedrock, so that no stream passes through this server.
 */
import { createApiKey, fromEnvironment } from 'bedrock-anywhere';

/** What the runtime passes in. */
export interface Env {
  AWS_ACCESS_KEY_ID: string;
  AWS_SECRET_ACCESS_KEY: string;
  AWS_SESSION_TOKEN?: string;
  AWS_REGION: string;
  /** Files of the page, where the runtime serves them in this way, as Cloudflare's Workers do. */
  ASSETS?: { fetch(request: Request): Promise<Response> };
}

/** Life of a key. The page asks for the next one shortly before. */
const KEY_SECONDS = 15 * 60;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname !== '/bedrock-key') {
      return env.ASSETS?.fetch(request) ?? new Response('Not found', { status: 404 });
    }
    if (request.method !== 'POST') {
      return new Response('Use POST', { status: 405, headers: { allow: 'POST' } });
    }
    if (!mayAsk(request)) return new Response('Not allowed', { status: 403 });
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = env;
    const credentials = fromEnvironment({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN });
    const key = await createApiKey(credentials, { region: AWS_REGION, expiresInSeconds: KEY_SECONDS });
    return new Response(key, { headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' } });
  },
};

/**
 * Anyone who gets a key spends your money: put your own check of the session here. This one only keeps the pages of
 * other sites out.
 */
function mayAsk(request: Request): boolean {
  return request.headers.get('origin') === new URL(request.url).origin;
}
