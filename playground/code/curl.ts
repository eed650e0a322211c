import { awsOrigin } from '../connection/aws-host.js';
import type { CodeRequest } from './code-request.js';
import { replaceBytes } from './files.js';

/** The request as a command. The answer is whole: a stream of Bedrock is binary. */
export function writeCurl({ connection, frame, messages }: CodeRequest): string {
  const { modelId, system, ...rest } = frame;
  const { kind, region, endpoint } = connection;
  const host = endpoint === '' ? awsOrigin('bedrock-runtime', region) : endpoint.replace(/\/$/, '');
  const body = {
    ...(typeof system === 'string' && { system: [{ text: system }] }),
    messages: messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? [{ text: content }] : content,
    })),
    ...rest,
  };
  let hasFiles = false;
  const json = replaceBytes(body, (name) => {
    hasFiles = true;
    return `<base64 of ${name}>`;
  });
  const variable = kind === 'gateway' ? 'GATEWAY_KEY' : 'AWS_BEARER_TOKEN_BEDROCK';
  const lines = [
    ...(kind === 'gateway' ? [] : [`# A key for some hours: export ${variable}=$(npx bedrock-anywhere key)`]),
    ...(hasFiles ? ['# Put the files in as base64.'] : []),
    `curl '${host}/model/${encodeURIComponent(String(modelId))}/converse' \\`,
    `  -H "Authorization: Bearer $${variable}" -H 'Content-Type: application/json' \\`,
    "  --data-binary @- <<'JSON'",
    JSON.stringify(json, null, 2),
    'JSON',
  ];
  return `${lines.join('\n')}\n`;
}
