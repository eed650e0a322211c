import { type LocalServer, type LocalServerOptions, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { onTestFinished } from 'vitest';
import type { Environment } from './client.js';

export const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const SONNET_BASE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
export const NOVA = 'us.amazon.nova-lite-v1:0';

/** A local Bedrock of the built package, for one test. */
export async function startBedrock(options: LocalServerOptions = {}): Promise<LocalServer> {
  const bedrock = await startLocalBedrock(options);
  onTestFinished(() => bedrock.close());
  return bedrock;
}

/** What the command `bedrock-anywhere local` tells its user to export. */
export function environmentOf(bedrock: LocalServer): Environment {
  return {
    ...placeOf(bedrock),
    AWS_ACCESS_KEY_ID: bedrock.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: bedrock.credentials.secretAccessKey,
  };
}

/** The same with an API key. */
export function bearerOf(bedrock: LocalServer): Environment {
  return { ...placeOf(bedrock), AWS_BEARER_TOKEN_BEDROCK: bedrock.apiKey };
}

function placeOf({ url, region }: LocalServer): Environment {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Without credentials, a client would look for those of an EC2 instance.
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** The bodies of the requests to a model, in their order. */
export function bodiesOf(bedrock: LocalServer): RequestBody[] {
  return bedrock.requests
    .filter(({ modelId }) => modelId !== undefined)
    .map(({ body }) => body as RequestBody);
}

/** What the tests look at in a request. */
export interface RequestBody {
  system?: { text?: string }[];
  messages: { role: string; content: RequestBlock[] }[];
  toolConfig?: { toolChoice?: object };
  guardrailConfig?: object;
  dimensions?: number;
}

interface RequestBlock {
  text?: string;
  image?: { format: string; source: { bytes?: string } };
  document?: { format: string; name: string; source: { bytes?: string; text?: string } };
  toolUse?: { toolUseId: string; name: string };
  toolResult?: { toolUseId: string };
  reasoningContent?: { reasoningText?: { text: string; signature?: string } };
}
