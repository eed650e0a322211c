import { getModel, registerApiProvider, streamSimple } from '@earendil-works/pi-ai';
import { fromCognitoIdentityPool } from 'bedrock-anywhere';
import { bedrockFailure, createBedrockProvider } from 'bedrock-anywhere/pi';

/** What a page is given. */
export interface Setup {
  url: string;
  region: string;
  identityPoolId: string;
  guestRoleArn: string;
}

/** What a user of pi-ai does in a page: registers the provider with Cognito's credentials, streams, leaves, and fails. */
async function scenario({ url, region, identityPoolId, guestRoleArn }: Setup): Promise<unknown> {
  const credentials = fromCognitoIdentityPool({
    identityPoolId,
    guestRoleArn,
    clientConfig: { region, endpoint: url },
  });
  registerApiProvider(createBedrockProvider({ region, credentials }));
  const known = getModel('amazon-bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0');
  const model = { ...known, baseUrl: url };
  const ask = (content: string) => ({
    messages: [{ role: 'user' as const, content, timestamp: Date.now() }],
  });

  const types: string[] = [];
  const stream = streamSimple(model, ask('ping'), { reasoning: 'low' });
  for await (const { type } of stream) types.push(type);
  const { content, stopReason, usage } = await stream.result();

  const left = streamSimple(model, ask('long'));
  for await (const { type } of left) if (type === 'text_delta') break;

  const failed = await streamSimple({ ...model, id: 'no.such-model' }, ask('ping')).result();
  return {
    types: [...new Set(types)],
    content,
    stopReason,
    paid: usage.cost.total > 0,
    left: (await left.result()).stopReason,
    failure: bedrockFailure(failed)?.code,
  };
}

(globalThis as unknown as { run: typeof scenario }).run = scenario;
