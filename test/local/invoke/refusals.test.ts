import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, send } from '../request.js';
import { INVOKE_REFUSALS } from './refusals.js';

describe('InvokeModel refuses in the words of the service', () => {
  const local = createLocalBedrock();

  it.each(INVOKE_REFUSALS.map((refusal) => [refusal.what, refusal] as const))(
    '%s',
    async (_what, refusal) => {
      const {
        modelId,
        body,
        operation = 'invoke',
        status = 400,
        exception,
        message,
        source,
        ...more
      } = refusal;
      const response = await send(local, { path: modelPath(operation, modelId), body, ...more });
      expect(await failure(response)).toEqual({ status, name: exception ?? 'ValidationException', message });
      expect(source).toMatch(/20\d\d|not recorded|as (?:with )?Converse/);
    },
  );
});

describe('what applies to Converse applies to InvokeModel', () => {
  const body = { prompt: 'Hi' };
  const path = modelPath('invoke', 'meta.llama3-8b-instruct-v1:0');
  const streamed = modelPath('invoke-with-response-stream', 'meta.llama3-8b-instruct-v1:0');

  it('credentials and the policy', async () => {
    const local = createLocalBedrock({ deny: ['bedrock:InvokeModel'] });
    const { status, message } = await failure(await send(local, { path, body }));
    expect(status).toBe(403);
    expect(message).toContain(
      'bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/meta.llama3',
    );
    expect((await send(local, { path: streamed, body })).status).toBe(200);
    const keys = { ...local.credentials, secretAccessKey: 'wrong' };
    expect((await send(local, { path, body, credentials: keys })).status).toBe(403);
  });

  it('the policy on guardrails names the guardrail, or nothing but a star', async () => {
    const local = createLocalBedrock({ deny: ['bedrock:ApplyGuardrail', 'bedrock:InvokeGuardrailChecks'] });
    const said = async (route: string) =>
      (await failure(await send(local, { path: route, body: {} }))).message;
    expect(await said('/guardrail/localguardrail/version/1/apply')).toContain(
      'bedrock:ApplyGuardrail on resource: arn:aws:bedrock:us-east-1:123456789012:guardrail/localguardrail because',
    );
    expect(await said('/guardrail-checks/invoke')).toContain(
      'bedrock:InvokeGuardrailChecks on resource: * because',
    );
  });

  it('faults, before an answer and in a stream', async () => {
    const local = createLocalBedrock({ faults: ['status=503', 'exception=modelStreamErrorException@2'] });
    expect(await failure(await send(local, { path, body }))).toMatchObject({
      name: 'ServiceUnavailableException',
    });
    const bytes = Buffer.from(await (await send(local, { path: streamed, body })).arrayBuffer()).toString(
      'latin1',
    );
    expect(bytes).toContain('modelStreamErrorException');
    expect(bytes.split(':event-type').length - 1).toBe(2);
  });

  it('the request log', async () => {
    const local = createLocalBedrock();
    await send(local, { path, body });
    await send(local, {
      path: '/guardrail/localguardrail/version/1/apply',
      body: { source: 'INPUT', content: [] },
    });
    expect(local.requests.map(({ operation, modelId, status }) => [operation, modelId, status])).toEqual([
      ['InvokeModel', 'meta.llama3-8b-instruct-v1:0', 200],
      ['ApplyGuardrail', undefined, 200],
    ]);
  });

  it('a script: its failures, its events and its tools', async () => {
    const tools = [{ name: 'look', input_schema: { type: 'object' } }];
    const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const ask = (content: string) => ({
      path: modelPath('invoke', claude),
      body: {
        anthropic_version: 'bedrock-2023-05-31',
        max_tokens: 9,
        tools,
        messages: [{ role: 'user', content }],
      },
    });
    const local = createLocalBedrock({
      script: [
        { user: 'fail', error: 'ModelErrorException' },
        { user: 'look', toolUse: { name: 'look', input: { at: 'it' }, toolUseId: 'toolu_7' } },
        {
          user: 'events',
          events: [
            { messageStart: { role: 'assistant' } },
            { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'by event' } } },
            { contentBlockStop: { contentBlockIndex: 0 } },
            { messageStop: { stopReason: 'end_turn' } },
          ],
        },
      ],
    });
    expect(await failure(await send(local, ask('fail')))).toMatchObject({
      status: 424,
      name: 'ModelErrorException',
    });
    expect(await (await send(local, ask('look'))).json()).toMatchObject({
      content: [{ type: 'tool_use', id: 'toolu_7', name: 'look', input: { at: 'it' } }],
      stop_reason: 'tool_use',
    });
    expect(await (await send(local, ask('events'))).json()).toMatchObject({
      content: [{ type: 'text', text: 'by event' }],
    });
  });

  it('a guardrail, which says in the body what it did', async () => {
    const local = createLocalBedrock();
    const headers = {
      'x-amzn-bedrock-guardrailidentifier': 'localguardrail',
      'x-amzn-bedrock-guardrailversion': '1',
      'x-amzn-bedrock-trace': 'ENABLED',
    };
    const answer = async (prompt: string) =>
      (await (await send(local, { path, body: { prompt }, headers })).json()) as Record<string, unknown>;
    expect(await answer('The classified word')).toMatchObject({
      generation: expect.stringContaining('the guardrail of this local Bedrock'),
      'amazon-bedrock-guardrailAction': 'INTERVENED',
      'amazon-bedrock-trace': { guardrail: { input: { localguardrail: { wordPolicy: expect.anything() } } } },
    });
    expect(await answer('Good morning')).toMatchObject({ 'amazon-bedrock-guardrailAction': 'NONE' });
  });

  it('what newer models of Claude accept: versions of the API of Anthropic, and instructions in between', async () => {
    const local = createLocalBedrock({ script: [{ user: 'Hi', text: 'Brief.' }] });
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Be brief.' },
    ];
    const body = { anthropic_version: '2026-10-21', max_tokens: 9, messages };
    const response = await send(local, { path: modelPath('invoke', 'us.anthropic.claude-opus-5-5'), body });
    expect(await response.json()).toMatchObject({ content: [{ type: 'text', text: 'Brief.' }] });
  });

  it('the cache: what was written once is read the next time', async () => {
    const local = createLocalBedrock();
    const system = [{ type: 'text', text: 'Rules. '.repeat(500), cache_control: { type: 'ephemeral' } }];
    const body = {
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 9,
      system,
      messages: [{ role: 'user', content: 'Hi' }],
    };
    const ask = async () => {
      const { headers } = await send(local, {
        path: modelPath('invoke', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
        body,
      });
      return [
        headers.get('x-amzn-bedrock-cache-write-input-token-count'),
        headers.get('x-amzn-bedrock-cache-read-input-token-count'),
      ];
    };
    expect(await ask()).toEqual(['875', '0']);
    expect(await ask()).toEqual(['0', '875']);
  });
});
