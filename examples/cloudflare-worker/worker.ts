/**
 * A Worker in front of Bedrock. For a page of your own, `GET /models` lists the models and `POST /chat` streams an answer. Everything
 * else is the playground of the package, and the gateway that it talks to.
 */
import { createBedrock, fromEnvironment, type WorkersKv, workersKvStorage } from 'bedrock-anywhere';
import { reject } from './access';
import { type GatewayEnv, gatewayOf } from './gateway';
import { readMessages } from './messages';
import { type Assets, servePage } from './page';

/**
 * Variables, secrets and bindings, as `wrangler.jsonc` and `wrangler secret put` name them. `ACCESS_TOKENS` has a token for each
 * caller; `BEDROCK_ENDPOINT` is the address of a local Bedrock.
 */
interface Env extends GatewayEnv {
  /** The files of the playground. */
  ASSETS: Assets;
  /** Where the list of models is cached, for all requests and regions of Cloudflare. */
  MODELS: WorkersKv;
}

/** The models that callers may use. An id from elsewhere could be an expensive model, or lead to another region. */
const MODEL_IDS = ['amazon.nova-micro-v1:0', 'amazon.nova-lite-v1:0'];

const FORM = `Send JSON: { modelId, messages: [{ role, content: [{ text }] }] }. modelId is one of ${MODEL_IDS.join(', ')}.`;

/** Limits what one answer can cost. */
const MOST_TOKENS = 2000;

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

export default {
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    const { ASSETS, MODELS, ...variables } = env;
    const { pathname } = new URL(request.url);
    if (/^\/(?:v1|model)\//.test(pathname)) {
      const waitUntil = (promise: Promise<unknown>) => context.waitUntil(promise);
      return gatewayOf(variables, MODEL_IDS).fetch(request, { waitUntil });
    }
    if (pathname !== '/models' && pathname !== '/chat') return servePage(request, ASSETS);
    const rejection = await reject(request, variables.ACCESS_TOKENS);
    if (rejection !== undefined) return rejection;
    const bedrock = createBedrock({
      region: variables.AWS_REGION,
      endpoint: variables.BEDROCK_ENDPOINT,
      credentials: fromEnvironment({ ...variables }),
    });
    if (request.method === 'GET' && pathname === '/models') {
      const { models, source } = await bedrock.discover({ storage: workersKvStorage(MODELS) });
      const offered = models.filter(({ id }) => MODEL_IDS.includes(id));
      return Response.json({ source, models: offered.map(({ id, name }) => ({ id, name })) });
    }
    if (request.method === 'POST' && pathname === '/chat') {
      const body: unknown = await request.json().catch(() => undefined);
      const messages = readMessages(body);
      const modelId = MODEL_IDS.find((id) => id === (Object(body) as { modelId?: unknown }).modelId);
      if (messages === undefined || modelId === undefined) return new Response(FORM, { status: 400 });
      const answer = bedrock.stream(
        { modelId, messages, inferenceConfig: { maxTokens: MOST_TOKENS } },
        { signal: request.signal },
      );
      // The visitor sees a general message; `wrangler tail` shows what went wrong.
      return answer.toResponse({ onError: (error) => console.error(error) });
    }
    return new Response('Use GET /models and POST /chat', { status: 405 });
  },
};
