import {
  type ClientOptions,
  createBedrock,
  fromCognitoIdentityPool,
  getCallerIdentity,
  memoryStorage,
} from 'bedrock-anywhere';

/** What the calls need, as JSON. */
export interface Setup {
  endpoint: string;
  region: string;
  credentials: Exclude<ClientOptions['credentials'], undefined | null>;
  identityPoolId: string;
}

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'ping' }] }],
};

/** Every kind of request that the library makes, by name. */
const everyCall = {
  stream: (setup: Setup) => createBedrock(setup).stream(request).text(),
  converse: (setup: Setup) => createBedrock(setup).converse(request),
  countTokens: (setup: Setup) => createBedrock(setup).countTokens(request),
  discover: (setup: Setup) => createBedrock(setup).discover({ storage: memoryStorage(), checkAccess: true }),
  getCallerIdentity: (setup: Setup) => getCallerIdentity(setup),
  cognito: ({ endpoint, region, identityPoolId }: Setup) =>
    fromCognitoIdentityPool({ identityPoolId, cache: memoryStorage(), clientConfig: { endpoint, region } })(),
};

/** Makes one of them. */
export async function make(name: keyof typeof everyCall, setup: Setup): Promise<void> {
  await everyCall[name](setup);
}
