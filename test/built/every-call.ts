import {
  type ClientOptions,
  createBedrock,
  fromCognitoIdentityPool,
  getCallerIdentity,
  invokeModel,
  invokeModelStream,
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
  // Nova's tokens cannot be counted.
  countTokens: ({ options }: Setup) =>
    createBedrock(options).countTokens({ ...request, modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0' }),
  invokeModel: ({ options }: Setup) =>
    invokeModel({ modelId: request.modelId, body: { messages: request.messages } }, options),
  invokeModelStream: ({ options }: Setup) =>
    invokeModelStream({ modelId: request.modelId, body: { messages: request.messages } }, options).result(),
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
