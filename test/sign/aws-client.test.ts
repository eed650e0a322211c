import { ConverseCommand, ConverseStreamCommand, CountTokensCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { parseModelId } from '../../src/catalog/model-id.js';
import { hashPayload, signHeaders } from '../../src/sign/sigv4.js';
import type { AwsCredentials } from '../../src/types.js';
import fc from '../property.js';
import { awsClient, bodyText, KEYS, type SentRequest } from '../wire/aws-client.js';

/** Ids of every kind that Bedrock takes as `modelId`. */
const MODEL_IDS = [
  'amazon.nova-lite-v1:0',
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'anthropic.claude-3-haiku-20240307-v1:0:200k',
  'us.anthropic.claude-sonnet-4-20250514-v1:0',
  'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'us-gov.anthropic.claude-3-haiku-20240307-v1:0',
  'meta.llama3-1-8b-instruct-v1:0',
  'a1b2c3d4e5f6',
  'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
  'arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3d4e5f6',
  'arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abcdefghijkl',
  'arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdef123456',
  'arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdef123456',
  'arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:2',
  'arn:aws:bedrock:us-east-1:123456789012:prompt-router/a1b2c3d4e5f6',
  'arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1',
  'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.titan-text-express-v1',
  'arn:aws-cn:bedrock:cn-north-1:123456789012:inference-profile/cn.amazon.nova-lite-v1:0',
  'arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint',
];

const COMMANDS = {
  converse: ConverseCommand,
  'converse-stream': ConverseStreamCommand,
};

const MESSAGES = [{ role: 'user' as const, content: [{ text: 'Grüße, 世界 — "quotes" and \\ 🌍' }] }];

describe('against the requests that the AWS client signs', () => {
  it.each(MODEL_IDS)('%s: same path and same signature', async (modelId) => {
    for (const route of ['converse', 'converse-stream'] as const) {
      const { client, sent } = awsClient();
      await client.send(new COMMANDS[route]({ modelId, messages: MESSAGES }) as ConverseCommand);
      const request = only(sent);
      expect(`/model/${parseModelId(modelId).segment}/${route}`).toBe(request.path);
      expect(await signedAgain(request, KEYS)).toBe(request.headers['authorization']);
    }
  });

  it('same path and same signature for any id', async () => {
    const character = fc.constantFrom(...'abcXYZ0189.-_:/~!\'()*+,;=@$&%[]{}|"<>^`é漢🌍');
    const anyId = fc
      .string({ unit: character, minLength: 1, maxLength: 40 })
      .filter((id) => !id.startsWith('arn:') && id !== '.' && id !== '..');
    await fc.assert(
      fc.asyncProperty(anyId, async (modelId) => {
        const { client, sent } = awsClient();
        await client.send(new ConverseCommand({ modelId, messages: MESSAGES }));
        const request = only(sent);
        expect(`/model/${parseModelId(modelId).segment}/converse`).toBe(request.path);
        expect(await signedAgain(request, KEYS)).toBe(request.headers['authorization']);
      }),
      { numRuns: 100 },
    );
  });

  it('same signature with a session token, another region and an endpoint that has a port and a path', async () => {
    const credentials = { ...KEYS, sessionToken: 'FwoGZXIvYXdzEXAMPLE/token+with=signs' };
    const { client, sent } = awsClient(
      {},
      { credentials, region: 'ap-southeast-7', endpoint: 'https://gateway.example:8443/base/path' },
    );
    await client.send(
      new CountTokensCommand({
        modelId: 'amazon.nova-lite-v1:0',
        input: { converse: { messages: MESSAGES } },
      }),
    );
    const request = only(sent);
    expect(request.path).toBe('/base/path/model/amazon.nova-lite-v1%3A0/count-tokens');
    expect(request.headers['host']).toBe('gateway.example:8443');
    expect(await signedAgain(request, credentials)).toBe(request.headers['authorization']);
  });

  it('another signature when anything that is signed differs', async () => {
    const { client, sent } = awsClient();
    await client.send(new ConverseCommand({ modelId: 'amazon.nova-lite-v1:0', messages: MESSAGES }));
    const request = only(sent);
    const { authorization } = request.headers;
    const changed: SentRequest[] = [
      { ...request, path: `${request.path}x` },
      { ...request, method: 'PUT' },
      { ...request, query: { a: 'b' } },
      { ...request, body: `${bodyText(request)} ` },
      { ...request, headers: { ...request.headers, host: 'other.example' } },
      { ...request, headers: { ...request.headers, 'content-type': 'text/plain' } },
    ];
    for (const other of changed) expect(await signedAgain(other, KEYS)).not.toBe(authorization);
    expect(await signedAgain(request, { ...KEYS, secretAccessKey: 'wrong' })).not.toBe(authorization);
  });
});

function only(sent: SentRequest[]): SentRequest {
  const [request] = sent;
  if (request === undefined || sent.length !== 1)
    throw new Error(`The AWS client sent ${sent.length} requests.`);
  return request;
}

/** The authorization that our signer gives a request of the AWS client: its clock, scope and choice of headers. */
async function signedAgain(request: SentRequest, credentials: AwsCredentials): Promise<string | undefined> {
  const { authorization = '' } = request.headers;
  const scope = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization);
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const added = ['x-amz-date', 'x-amz-security-token'];
  const headers = names
    .filter((name) => !added.includes(name))
    .map((name) => [name, request.headers[name] ?? `no header ${name}`] as const);
  const signed = signHeaders(
    {
      method: request.method,
      path: request.path,
      query: new URLSearchParams(request.query as Record<string, string>).toString(),
      headers: Object.fromEntries(headers),
      payloadHash: await hashPayload(new TextEncoder().encode(bodyText(request))),
    },
    credentials,
    {
      amzDate: request.headers['x-amz-date'] ?? '',
      region: scope?.[1] ?? '',
      service: scope?.[2] ?? '',
    },
  );
  return signed['authorization'];
}
