import { Readable } from 'node:stream';
import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';

/** The AWS SDK's own client without a network: what it would send is kept, what it reads is given. */

/** A request as the AWS client hands it to its transport, signed. */
export interface SentRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body: unknown;
}

/** What the client is made to read. */
export interface GivenAnswer {
  statusCode?: number;
  headers?: Record<string, string>;
  chunks?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Access keys that belong to nobody. */
export const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

// Nothing of the machine that the tests run on may reach the client: no keys, endpoints or profiles.
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
process.env['AWS_CONFIG_FILE'] = 'none';
process.env['AWS_SHARED_CREDENTIALS_FILE'] = 'none';

/** An AWS client that answers every request alike, and the requests that it has made. */
export function awsClient(
  answer: GivenAnswer = {},
  config: BedrockRuntimeClientConfig = {},
): { client: BedrockRuntimeClient; sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  const requestHandler = {
    handle: async (request: SentRequest) => {
      sent.push(request);
      return {
        response: {
          statusCode: answer.statusCode ?? 200,
          headers: answer.headers ?? {},
          body: Readable.from(answer.chunks ?? [new TextEncoder().encode('{}')]),
        },
      };
    },
  };
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials: KEYS,
    maxAttempts: 1,
    ...config,
    requestHandler,
  });
  return { client, sent };
}

/** The body of a request that the AWS client sent, as text. */
export function bodyText({ body }: SentRequest): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new Error('The AWS client sent neither text nor bytes.');
}
