import type { LocalBedrockOptions } from 'bedrock-anywhere/local';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { PiContext } from 'bedrock-anywhere/pi';
import type { RuntimeModel, StreamOptions } from 'openclaw/plugin-sdk/plugin-entry';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configOf, register } from './plugin.js';

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'amazon.nova-lite-v1:0';
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234efgh';
const US = configOf({ discovery: { region: 'us-east-1' } });
const CONTEXT: PiContext = { messages: [{ role: 'user', content: 'Hello', timestamp: 1 }] };

let local: LocalServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await local?.close();
  local = undefined;
});

async function start(options: LocalBedrockOptions = {}): Promise<LocalServer> {
  local = await startLocalBedrock({ port: 0, script: [{ text: 'Hello to you.' }], ...options });
  vi.stubEnv('AWS_PROFILE', '');
  vi.stubEnv('AWS_REGION', 'ap-south-1');
  vi.stubEnv('AWS_ENDPOINT_URL', local.url);
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', '');
  vi.stubEnv('AWS_ACCESS_KEY_ID', local.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', local.credentials.secretAccessKey);
  return local;
}

/** The answer to a call through the plugin's stream function. */
async function ask(
  modelId: string,
  {
    config = {},
    options = {},
    model = {},
  }: { config?: object; options?: StreamOptions; model?: Partial<RuntimeModel> } = {},
) {
  const plugin = register();
  const settings = configOf({ discovery: { region: 'us-east-1' }, ...config });
  const resolved = { ...plugin.provider.resolveDynamicModel({ modelId, config: settings }), ...model };
  const stream = plugin.provider.createStreamFn({ config: settings, model: resolved });
  return stream(resolved, CONTEXT, options).result();
}

const sent = () => local?.requests.at(-1)?.body as Record<string, unknown>;

describe('a call', () => {
  it('is answered with text, usage and what it cost', async () => {
    await start();
    const answer = await ask(SONNET);
    expect(answer.content).toEqual([{ type: 'text', text: 'Hello to you.' }]);
    expect(answer.usage.output).toBeGreaterThan(0);
    expect(answer.usage.cost.total).toBeGreaterThan(0);
  });

  it('goes to the region of the address, before that of the environment', async () => {
    await start({ region: 'eu-west-1' });
    const model = { baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com' };
    expect((await ask(NOVA, { model })).stopReason).toBe('stop');
    expect(local?.requests[0]?.headers['authorization']).toContain('eu-west-1');
  });

  it('goes to an address of one’s own', async () => {
    const { url } = await start();
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    expect((await ask(SONNET, { model: { baseUrl: url } })).stopReason).toBe('stop');
  });

  it('carries the guardrail of the settings', async () => {
    await start();
    const guardrail = {
      guardrailIdentifier: 'localguardrail',
      guardrailVersion: 'DRAFT',
      streamProcessingMode: 'sync',
      trace: 'enabled_full',
    };
    await ask(SONNET, { config: { guardrail } });
    expect(sent()['guardrailConfig']).toEqual(guardrail);
  });

  it('that a guardrail stops is answered with the words of the guardrail', async () => {
    await start({ script: [{ guardrail: { message: 'I must not talk of that.' } }] });
    const plugin = register();
    const model = plugin.provider.resolveDynamicModel({ modelId: SONNET, config: US });
    const stream = plugin.provider.createStreamFn({ model })(model, CONTEXT);
    const events = [];
    for await (const event of stream) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'stop' });
    const answer = await stream.result();
    expect(answer).toMatchObject({ stopReason: 'stop', content: [{ text: 'I must not talk of that.' }] });
    expect(answer).not.toHaveProperty('errorMessage');
    expect(answer.diagnostics?.map(({ type }) => type)).toContain('bedrock_trace');
  });

  it('that is left closes its connection', async () => {
    const { liveConnections } = await start({ script: [{ text: 'word '.repeat(500) }], tokensPerSecond: 50 });
    const plugin = register();
    const model = plugin.provider.resolveDynamicModel({ modelId: SONNET, config: US });
    for await (const { type } of plugin.provider.createStreamFn({ model })(model, CONTEXT))
      if (type === 'text_delta') break;
    await expect.poll(() => liveConnections()).toBe(0);
  });

  it('is sent twice at most: OpenClaw retries by itself', async () => {
    await start({ script: [{ error: 'ThrottlingException' }] });
    await ask(SONNET);
    expect(local?.requests).toHaveLength(2);
  });

  it('that a new model refuses because of one field is sent again without the field', async () => {
    const model = {
      modelId: 'acme.brain-v1:0',
      responseStreamingSupported: true,
      rejects: ['inferenceConfig.temperature'],
    };
    await start({ models: [model], profiles: [], script: [{ text: 'Hello to you.' }] });
    const answer = await ask(model.modelId, { options: { temperature: 0.5 } });
    expect(answer.content).toEqual([{ type: 'text', text: 'Hello to you.' }]);
    expect(local?.requests.map(({ status }) => status)).toEqual([400, 200]);
    expect(sent()).not.toHaveProperty('inferenceConfig.temperature');
    expect(answer.diagnostics?.map(({ type }) => type)).toContain('bedrock_repairs');
  });

  it('thinks as hard as OpenClaw says, and not where it is off', async () => {
    await start();
    await ask(SONNET, { options: { reasoning: 'low' } });
    expect(sent()['additionalModelRequestFields']).toMatchObject({ thinking: { budget_tokens: 2048 } });
    await ask(SONNET, { options: { reasoning: 'max' } });
    expect(sent()['additionalModelRequestFields']).toMatchObject({ thinking: { type: 'enabled' } });
    await ask(SONNET, { options: { reasoning: 'off' } });
    expect(sent()['additionalModelRequestFields']).toBeUndefined();
  });

  it('has the tier and the stop sequences that it was given', async () => {
    await start();
    await ask(SONNET, { options: { serviceTier: 'flex', stop: ['END'] } });
    expect(sent()).toMatchObject({
      serviceTier: { type: 'flex' },
      inferenceConfig: { stopSequences: ['END'] },
    });
    await ask(SONNET, { options: { serviceTier: 'standard_only' } });
    expect(sent()).not.toHaveProperty('serviceTier');
  });

  it('reaches a model that no list names, with nothing that only some models take', async () => {
    await start({
      profiles: [
        {
          inferenceProfileId: PROFILE,
          inferenceProfileArn: PROFILE,
          inferenceProfileName: 'For the invoice',
          type: 'APPLICATION',
          status: 'ACTIVE',
          models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}` }],
        },
      ],
    });
    expect((await ask(PROFILE)).content).toEqual([{ type: 'text', text: 'Hello to you.' }]);
    expect(local?.requests.at(-1)?.modelId).toBe(PROFILE);
    expect(Object.keys(sent()).sort()).toEqual(['inferenceConfig', 'messages']);
  });

  it('that fails says so in the stream, in words that OpenClaw can act upon', async () => {
    await start({ script: [{ error: 'ThrottlingException' }] });
    const answer = await ask(SONNET);
    const plugin = register();
    expect(answer.stopReason).toBe('error');
    const errorMessage = answer.errorMessage ?? '';
    expect(plugin.provider.classifyFailoverReason({ errorMessage })).toBe('rate_limit');
    expect(plugin.provider.matchesContextOverflowError({ errorMessage })).toBe(false);
  });
});
