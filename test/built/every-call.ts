import {
  type ClientOptions,
  createBedrock,
  fromCognitoIdentityPool,
  getCallerIdentity,
  memoryStorage,
} from 'bedrock-anywhere';

/** What the calls need, as JSON. */
export interface Setup {
  options: {
    endpoint: string;
    region: string;
    credentials: Exclude<ClientOptions['credentials'], undefined | null>;
  };
  identityPoolId: string;
  guestRoleArn: string;
}

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'ping' }] }],
};

/** Every kind of request that the library makes, by name. */
const everyCall = {
  stream: ({ options }: Setup) => createBedrock(options).stream(request).text(),
  converse: ({ options }: Setup) => createBedrock(options).converse(request),
  countTokens: ({ options }: Setup) => createBedrock(options).countTokens(request),
  discover: ({ options }: Setup) =>
    createBedrock(options).discover({ storage: memoryStorage(), checkAccess: true }),
  getCallerIdentity: ({ options }: Setup) => getCallerIdentity(options),
  cognito: ({ options: { endpoint, region }, identityPoolId, guestRoleArn }: Setup) =>
    fromCognitoIdentityPool({
      identityPoolId,
      guestRoleArn,
      cache: memoryStorage(),
      clientConfig: { endpoint, region },
    })(),
};

/** Makes one of them. */
export async function make(name: keyof typeof everyCall, setup: Setup): Promise<void> {
  await everyCall[name](setup);
}
