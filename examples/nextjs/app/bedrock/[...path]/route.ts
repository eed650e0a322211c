/**
 * The gateway behind the playground, below `/bedrock`: it calls Bedrock with the credentials of the deployment, for visitors who have
 * one of the tokens in `ACCESS_TOKENS`.
 */
import { createBedrock } from 'bedrock-anywhere';
import { createGateway } from 'bedrock-anywhere/gateway';
import { findCaller } from '../../api/chat/access';

/** Where this file is: the gateway has paths of its own, such as `/v1/models`. */
const MOUNT = '/bedrock';

/** The models that visitors may use. An id from elsewhere could be an expensive model, or lead to another region. */
const MODEL_IDS = ['amazon.nova-micro-v1:0', 'amazon.nova-lite-v1:0'];

/**
 * For each caller. Every process counts separately and starts from zero, so this stops a caller from running wild, but it is no limit
 * on costs: for that, use a shared store of budgets, and set a budget at AWS.
 */
const BUDGETS = { requestsPerMinute: 20, tokensPerDay: 500_000 };

const gateway = createGateway({
  bedrock: createBedrock(),
  async authorize(request) {
    const name = await findCaller(request, process.env['ACCESS_TOKENS']);
    return name === undefined ? undefined : { name };
  },
  models: { allow: MODEL_IDS },
  budgets: { perCaller: BUDGETS },
  limits: { bodyBytes: 8 * 1024 * 1024 },
  log: ({ caller, model, status, outcome, ms, error }) =>
    console.log(JSON.stringify({ caller, model, status, outcome, ms, reason: error && String(error) })),
});

function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(MOUNT.length);
  return gateway.fetch(new Request(url, request));
}

export { answer as GET, answer as POST };
