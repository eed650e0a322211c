import { modelQuirks } from 'bedrock-anywhere';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { CODE_FORMS } from '../../playground/code/code-forms.js';
import type { CodeRequest } from '../../playground/code/code-request.js';
import { quote, toSource } from '../../playground/code/source.js';
import { type ConnectionKind, KINDS, LOCAL } from '../../playground/connection/connection.js';
import { composeRequest } from '../../playground/request/compose.js';
import { DEFAULT_SETTINGS } from '../../playground/request/settings.js';

const MODEL = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const CONNECTION = {
  ...LOCAL,
  region: 'eu-central-1',
  identityPoolId: 'eu-central-1:01234567-89ab-cdef-0123-456789abcdef',
  guestRoleArn: 'arn:aws:iam::123456789012:role/guests',
  loginProvider: 'accounts.google.com',
};

function requestOf(kind: ConnectionKind): CodeRequest {
  const settings = {
    ...DEFAULT_SETTINGS,
    modelId: MODEL,
    system: "It's `brief`,\nwith \u0024{care}.",
    isThinking: true,
    maxTokens: 4096,
    guardrailId: 'g1',
    schema: '{"type":"object","properties":{"a":{"type":"string"}}}',
  };
  return {
    connection: { ...CONNECTION, kind, endpoint: kind === 'gateway' ? 'https://gateway.example' : '' },
    frame: composeRequest(settings, { model: undefined, quirks: modelQuirks(MODEL) }),
    messages: [
      {
        role: 'user',
        content: [
          { image: { format: 'png', source: { bytes: new Uint8Array(3) } } },
          { text: "What's '\\u0041' on it?" },
        ],
      },
    ],
    tools: ['calculate'],
  };
}

describe.each(KINDS)('the code for the connection %s', (kind) => {
  it.each(CODE_FORMS.filter(({ language }) => language === 'ts'))('is valid: $title', async ({ write }) => {
    const code = write(requestOf(kind));
    await expect(transform(code, { loader: 'ts', format: 'esm' })).resolves.toBeDefined();
    expect(code).toContain(MODEL);
    expect(code).toContain("readFile('file-1.png')");
  });
});

it('curl gets the request as Converse takes it', () => {
  const command = CODE_FORMS[2]?.write(requestOf('api-key')) ?? '';
  expect(command).toContain(
    `https://bedrock-runtime.eu-central-1.amazonaws.com/model/${encodeURIComponent(MODEL)}/converse'`,
  );
  expect(command).toContain('Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK');
  const [, json = ''] = /<<'JSON'\n([\s\S]*)\nJSON\n$/.exec(command) ?? [];
  expect(JSON.parse(json)).toMatchObject({
    system: [{ text: "It's `brief`,\nwith \u0024{care}." }],
    messages: [{ role: 'user', content: [{ image: { source: { bytes: '<base64 of file-1.png>' } } }, {}] }],
    inferenceConfig: { maxTokens: 4096 },
  });
});

it.each(["a'b", 'a\\b', 'a\nb`\u0024{c}\\', '\u2028', 'a\rb\nc', '</script>'])(
  'a string is written as it is: %j',
  (text) => {
    expect(new Function(`return ${quote(text)}`)()).toBe(text);
  },
);

it('long values take several lines', () => {
  const value = { list: Array.from({ length: 30 }, (_, i) => `item ${i}`), 'a-b': { c: 1 }, none: undefined };
  const source = toSource(value);
  expect(source.split('\n').length).toBeGreaterThan(30);
  expect(new Function(`return (${source})`)()).toEqual({ list: value.list, 'a-b': { c: 1 } });
});
