/** The gateway as a Worker: every tool that speaks OpenAI or Anthropic reaches Bedrock from the edge. */
import { createBedrock, fromEnvironment } from 'bedrock-anywhere';
import { createGateway, fromKeys, type Gateway, type GatewayKey } from 'bedrock-anywhere/gateway';

/** Variables and secrets, as `wrangler.jsonc` and `wrangler secret put` name them. */
export interface Env {
  /** The file that `serve keys create` writes: `wrangler secret put GATEWAY_KEYS < keys.json`. */
  GATEWAY_KEYS: string;
  AWS_REGION: string;
  AWS_BEARER_TOKEN_BEDROCK?: string;
  AWS_ACCESS_KEY_ID?: string;
  AWS_SECRET_ACCESS_KEY?: string;
  /** Leads to a local Bedrock. */
  BEDROCK_ENDPOINT?: string;
}

const MODELS = {
  aliases: {
    'gpt-4o': 'us.amazon.nova-pro-v1:0',
    'claude-*': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  },
  default: 'us.amazon.nova-lite-v1:0',
};

/** One for each isolate. Its limits count the requests of this isolate only. */
let gateway: Gateway | undefined;

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    gateway ??= open(env);
    const remoteAddress = request.headers.get('cf-connecting-ip') ?? undefined;
    return gateway.fetch(request, { remoteAddress });
  },
};

function open({ GATEWAY_KEYS, ...env }: Env): Gateway {
  return createGateway({
    bedrock: createBedrock({
      region: env.AWS_REGION,
      endpoint: env.BEDROCK_ENDPOINT,
      credentials: fromEnvironment(env),
    }),
    authorize: fromKeys((JSON.parse(GATEWAY_KEYS) as { keys: GatewayKey[] }).keys),
    models: MODELS,
    // A Worker cannot tell private addresses from public ones, so images behind URLs are refused: without `fetchImage`.
    limits: { bodyBytes: 8 * 1024 * 1024, totalBodyBytes: 32 * 1024 * 1024 },
    log: ({ caller, model, status, outcome, ms, error }) =>
      console.log(JSON.stringify({ caller, model, status, outcome, ms, reason: error && String(error) })),
  });
}
