import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { GATEWAY_SETTINGS, Gateway } from './gateway.js';
import { OpenClaw } from './openclaw.js';

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'amazon.nova-lite-v1:0';
const UNLISTED = 'amazon.nova-pro-v1:0';
const FIRST = { accessKeyId: 'ASIAFIRSTFIRSTFIRST1', secretAccessKey: 'f1rstf1rst', sessionToken: 'first' };
const SECOND = {
  accessKeyId: 'ASIASECONDSECONDSEC2',
  secretAccessKey: 's3conds3cond',
  sessionToken: 'second',
};
const GUARDRAIL = { guardrailIdentifier: 'localguardrail', guardrailVersion: 'DRAFT', trace: 'enabled' };

let local: LocalServer;
let gateway: Gateway;
let time = Date.now();

const keysFile = join(inject('home'), 'keys-of-the-gateway');

/** Keys as they stand in AWS's file of credentials. */
function writeKeys({ accessKeyId, secretAccessKey, sessionToken }: typeof FIRST): void {
  const lines = [
    '[default]',
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
  ];
  writeFileSync(keysFile, [...lines, `aws_session_token = ${sessionToken}`, ''].join('\n'));
}

const calls = (from: number) =>
  local.requests.slice(from).filter(({ operation }) => operation === 'ConverseStream');

beforeAll(async () => {
  const expiration = new Date(time + 3600_000);
  local = await startLocalBedrock({
    port: 0,
    credentials: [{ ...FIRST, expiration }, SECOND],
    now: () => time,
    script: [
      { toolResult: '12 degrees', text: 'It is 12 degrees in Bonn.' },
      {
        user: 'weather',
        reasoning: { text: 'I should look.', signature: 'c2lnbmVk' },
        text: 'I look.',
        toolUse: { name: 'exec', input: { command: 'echo 12 degrees' } },
      },
      { user: 'ping', text: 'pong' },
      { user: 'secret', guardrail: { message: 'I must not talk of that.' } },
      { user: 'twice busy', error: 'ThrottlingException', once: true },
      { user: 'twice busy', error: 'ThrottlingException', once: true },
      { user: 'twice busy', text: 'Free again.' },
      { model: SONNET, user: 'off limits', error: 'AccessDeniedException' },
      { user: 'off limits', text: 'The other model answers.' },
      {
        model: SONNET,
        user: 'retired',
        error: {
          name: 'ResourceNotFoundException',
          message:
            'Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days.',
        },
      },
      { user: 'retired', text: 'The other model answers.' },
      {
        user: 'far too long',
        error: {
          name: 'ValidationException',
          message: 'prompt tokens (282061) exceed model maximum (278528) for openai.gpt-5.6-sol',
          afterEvents: 1,
        },
        once: true,
      },
      { user: 'far too long', text: 'It fits now.' },
      { user: 'talk on', text: 'word '.repeat(2000) },
    ],
    tokensPerSecond: 200,
  });
  writeKeys(FIRST);
  const openclaw = new OpenClaw(inject('home'), {
    AWS_ENDPOINT_URL: local.url,
    AWS_PROFILE: 'default',
    AWS_SHARED_CREDENTIALS_FILE: keysFile,
    AWS_REGION: 'us-east-1',
  });
  openclaw.configure({
    ...GATEWAY_SETTINGS,
    plugins: { config: { guardrail: GUARDRAIL, discovery: { enabled: false } } },
    agents: {
      defaults: { model: { primary: `amazon-bedrock/${SONNET}`, fallbacks: [`amazon-bedrock/${NOVA}`] } },
    },
  });
  gateway = await Gateway.start(openclaw);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await local?.close();
});

describe('a turn in a running gateway', () => {
  it('has text and usage', async () => {
    const { choices, usage } = await gateway.turn('ping');
    expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: 'pong' } }]);
    expect(usage?.completion_tokens).toBeGreaterThan(0);
    expect(usage?.total_tokens).toBeGreaterThan(usage?.completion_tokens ?? 0);
  });

  it('calls a tool, and sends its thinking back as it came', async () => {
    const from = local.requests.length;
    const { choices } = await gateway.turn('What is the weather in Bonn?');
    expect(choices).toMatchObject([{ message: { content: 'It is 12 degrees in Bonn.' } }]);
    const last = calls(from).at(-1)?.body as { messages: { role: string; content: object[] }[] };
    const answer = last.messages.find(({ role }) => role === 'assistant');
    expect(answer?.content).toMatchObject([
      { reasoningContent: { reasoningText: { text: 'I should look.', signature: 'c2lnbmVk' } } },
      { text: 'I look.' },
      { toolUse: { name: 'exec', input: { command: 'echo 12 degrees' } } },
    ]);
  });

  it('that a guardrail stops is answered with its words, and by no other model', async () => {
    const from = local.requests.length;
    const { choices } = await gateway.turn('Tell me the secret');
    expect(choices).toMatchObject([{ message: { content: 'I must not talk of that.' } }]);
    expect(calls(from)).toMatchObject([{ body: { guardrailConfig: GUARDRAIL } }]);
  });

  it('that is throttled twice, which is as often as the plugin tries, is retried by OpenClaw', async () => {
    const from = local.requests.length;
    const { choices } = await gateway.turn('You are twice busy');
    expect(choices).toMatchObject([{ message: { content: 'Free again.' } }]);
    expect(calls(from).map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(gateway.log).toMatch(/same-model retry 1\/\d+ for amazon-bedrock\/\S+ reason=rate_limit/);
  });

  it('that fails for good goes to the next model, for the right reason', async () => {
    const from = local.requests.length;
    const { choices } = await gateway.turn('You are off limits');
    expect(choices).toMatchObject([{ message: { content: 'The other model answers.' } }]);
    expect(calls(from).map(({ modelId, status }) => [modelId, status])).toEqual([
      [SONNET, 403],
      [NOVA, 200],
    ]);
    expect(gateway.log).toMatch(
      /decision=candidate_failed .*reason=auth_permanent next=amazon-bedrock\/amazon\.nova/,
    );
  });

  it('that cannot be used, because the model is retired, goes to the next model', async () => {
    const { choices } = await gateway.turn('You are retired');
    expect(choices).toMatchObject([{ message: { content: 'The other model answers.' } }]);
    expect(gateway.log).toMatch(
      /decision=candidate_failed .*reason=model_not_found next=amazon-bedrock\/amazon\.nova/,
    );
  });

  it('that is too long, which the model says in the stream, is compacted', async () => {
    await gateway.turn('This is far too long');
    expect(gateway.log).toMatch(/context overflow detected \(attempt 1\/\d+\)/);
  });

  it('whose credentials have ended gets those that stand in the file now', async () => {
    const from = local.requests.length;
    time += 2 * 3600_000;
    writeKeys(SECOND);
    const { choices } = await gateway.turn('ping');
    expect(choices).toMatchObject([{ message: { content: 'pong' } }]);
    expect(calls(from).map(({ status, headers }) => [status, headers['authorization']])).toEqual([
      [403, expect.stringContaining(FIRST.accessKeyId)],
      [200, expect.stringContaining(SECOND.accessKeyId)],
    ]);
  });

  it('that is aborted closes its connection to Bedrock', async () => {
    const stop = new AbortController();
    const turn = gateway.turn('Please talk on', { model: NOVA, signal: stop.signal });
    await vi.waitFor(() => expect(local.liveConnections()).toBe(1), 120_000);
    stop.abort(new Error('enough'));
    await expect(turn).rejects.toThrow('enough');
    await vi.waitFor(() => expect(local.liveConnections()).toBe(0), 120_000);
  });

  it('reaches a model that no list names', async () => {
    const from = local.requests.length;
    const { choices } = await gateway.turn('ping', { model: UNLISTED });
    expect(choices).toMatchObject([{ message: { content: 'pong' } }]);
    expect(calls(from).map(({ modelId }) => modelId)).toEqual([UNLISTED]);
  });
});
