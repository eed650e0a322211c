/** A Worker in front of Bedrock: `GET /models` lists the models, `POST /chat` streams an answer. */
import { createBedrock, fromEnvironment, type WorkersKv, workersKvStorage } from 'bedrock-anywhere';
import { reject } from './access';
import { readMessages } from './messages';

/** Variables, secrets and bindings, as `wrangler.jsonc` and `wrangler secret put` name them. */
interface Env {
  /** A token for each caller. */
  ACCESS_TOKENS?: string;
  AWS_REGION: string;
  AWS_BEARER_TOKEN_BEDROCK?: string;
  AWS_ACCESS_KEY_ID?: string;
  AWS_SECRET_ACCESS_KEY?: string;
  /** Leads to a local Bedrock. */
  BEDROCK_ENDPOINT?: string;
  /** Where the list of models is cached, for all requests and regions of Cloudflare. */
  MODELS: WorkersKv;
}

/** The models that callers may use. An id from elsewhere could be an expensive model, or lead to another region. */
const MODEL_IDS = ['amazon.nova-micro-v1:0', 'amazon.nova-lite-v1:0'];

const FORM = `Send JSON: { modelId, messages: [{ role, content: [{ text }] }] }. modelId is one of ${MODEL_IDS.join(', ')}.`;

/** Limits what one answer can cost. */
const MOST_TOKENS = 2000;

export default {
  async fetch(request: Request, { MODELS, ACCESS_TOKENS, ...env }: Env): Promise<Response> {
    const rejection = await reject(request, ACCESS_TOKENS);
    if (rejection !== undefined) return rejection;
    const bedrock = createBedrock({
      region: env.AWS_REGION,
      endpoint: env.BEDROCK_ENDPOINT,
      credentials: fromEnvironment(env),
    });
    const { pathname } = new URL(request.url);
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
    return new Response('Not found', { status: 404 });
  },
};
