/** The gateway behind the page: it calls Bedrock with the credentials of the Worker, for visitors who have an access token. */
import { createBedrock, fromEnvironment } from 'bedrock-anywhere';
import { createGateway, type Gateway } from 'bedrock-anywhere/gateway';
import { findCaller } from './access';

/** What the gateway needs of the variables and secrets. */
export interface GatewayEnv {
  ACCESS_TOKENS?: string;
  AWS_REGION: string;
  AWS_BEARER_TOKEN_BEDROCK?: string;
  AWS_ACCESS_KEY_ID?: string;
  AWS_SECRET_ACCESS_KEY?: string;
  BEDROCK_ENDPOINT?: string;
}

/**
 * For each caller. Every isolate counts separately and starts from zero, so this stops a caller from running wild, but it is no limit
 * on costs: for that, use a store of budgets in a Durable Object, and set a budget at AWS.
 */
const BUDGETS = { requestsPerMinute: 20, tokensPerDay: 500_000 };

/** One for each isolate. */
let gateway: Gateway | undefined;

/** Returns the gateway of this isolate. */
export function gatewayOf(
  { ACCESS_TOKENS, ...env }: GatewayEnv,
  modelIds: readonly string[],
): Pick<Gateway, 'fetch'> {
  gateway ??= createGateway({
    bedrock: createBedrock({
      region: env.AWS_REGION,
      endpoint: env.BEDROCK_ENDPOINT,
      credentials: fromEnvironment({ ...env }),
    }),
    async authorize(request) {
      const name = await findCaller(request, ACCESS_TOKENS);
      return name === undefined ? undefined : { name };
    },
    models: { allow: modelIds },
    budgets: { perCaller: BUDGETS },
    limits: { bodyBytes: 8 * 1024 * 1024, totalBodyBytes: 32 * 1024 * 1024 },
    log: ({ caller, model, status, outcome, ms, error }) =>
      console.log(JSON.stringify({ caller, model, status, outcome, ms, reason: error && String(error) })),
  });
  return gateway;
}
