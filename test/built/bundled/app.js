import { createBedrock, fromCognitoIdentityPool, memoryStorage } from 'bedrock-anywhere';
import { createCatalog } from 'bedrock-anywhere/catalog';

/**
 * What a page and a Worker do with the package: keys of an identity pool, the list of models, an answer, and one that
 * is left in the middle.
 *
 * @param {{ url: string, region: string, identityPoolId: string, guestRoleArn: string }} setup
 */
export async function run({ url, region, identityPoolId, guestRoleArn }) {
  const bedrock = createBedrock({
    endpoint: url,
    region,
    catalog: createCatalog(),
    credentials: fromCognitoIdentityPool({
      identityPoolId,
      guestRoleArn,
      cache: memoryStorage(),
      clientConfig: { endpoint: url },
    }),
  });
  const { models } = await bedrock.discover({ providerFilter: ['amazon'], storage: memoryStorage() });
  const request = {
    modelId: models[0]?.id ?? '',
    messages: [{ role: /** @type {const} */ ('user'), content: [{ text: 'ping' }] }],
  };
  const { message, cost } = await bedrock.stream(request).result();
  /** @type {string[]} */
  const left = [];
  for await (const event of bedrock.stream(request, { headers: { 'x-local-fault': 'stall=3' } })) {
    left.push(event.type);
    if (event.type === 'contentBlockDelta') break;
  }
  return { modelId: request.modelId, text: message.content?.[0]?.text, isPriced: cost !== undefined, left };
}
