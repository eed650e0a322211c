/** A Worker in front of Bedrock: `GET /models` lists what can be asked, `POST /chat` streams an answer. */
import {
  type ConverseStreamRequest,
  createBedrock,
  fromEnvironment,
  type WorkersKv,
  workersKvStorage,
} from 'bedrock-anywhere';

/** Variables, secrets and bindings, as `wrangler.jsonc` and `wrangler secret put` name them. */
interface Env {
  AWS_REGION: string;
  AWS_BEARER_TOKEN_BEDROCK?: string;
  AWS_ACCESS_KEY_ID?: string;
  AWS_SECRET_ACCESS_KEY?: string;
  /** Leads to a local Bedrock. */
  BEDROCK_ENDPOINT?: string;
  /** Where the list of models is kept, for all requests and regions of Cloudflare. */
  MODELS: WorkersKv;
}

export default {
  async fetch(request: Request, { MODELS, ...env }: Env): Promise<Response> {
    const bedrock = createBedrock({
      region: env.AWS_REGION,
      endpoint: env.BEDROCK_ENDPOINT,
      credentials: fromEnvironment(env),
    });
    const { pathname } = new URL(request.url);
    if (request.method === 'GET' && pathname === '/models') {
      const { models, source } = await bedrock.discover({ storage: workersKvStorage(MODELS) });
      return Response.json({ source, models: models.map(({ id, name }) => ({ id, name })) });
    }
    if (request.method === 'POST' && pathname === '/chat') {
      // Anyone who gets here spends your money: put your own check of the session first.
      const { modelId, messages } = (await request.json()) as ConverseStreamRequest;
      const answer = bedrock.stream({ modelId, messages }, { signal: request.signal });
      // The visitor sees a general message; `wrangler tail` shows what went wrong.
      return answer.toResponse({ onError: (error) => console.error(error) });
    }
    return new Response('Not found', { status: 404 });
  },
};
