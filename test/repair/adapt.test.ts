import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import type { LocalModel } from 'bedrock-anywhere/local';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Bedrock,
  type BedrockError,
  type ConverseStreamRequest,
  createBedrock,
} from '../../src/index.js';
import { startServer } from '../converse/server.js';
import { say, toolNamed, user } from './histories.js';

const MODEL = 'acme.brain-v1:0';
const cachePoint = { cachePoint: { type: 'default' as const } };
const everything: ConverseStreamRequest = {
  modelId: MODEL,
  messages: [user(say('Hi'), cachePoint)],
  system: [say('Be brief.'), cachePoint] as never,
  inferenceConfig: { maxTokens: 50, temperature: 0.5, topP: 0.9, stopSequences: ['x'] },
  toolConfig: { tools: [toolNamed('look_up'), cachePoint], toolChoice: { any: {} } },
  additionalModelRequestFields: { top_k: 5, thinking: { type: 'adaptive', block_binding: 'x' } },
  performanceConfig: { latency: 'standard' },
  serviceTier: { type: 'default' },
};

let local: LocalServer;
let bedrock: Bedrock;
const start = async (rejects: LocalModel['rejects'], modelId = MODEL): Promise<void> => {
  local = await startLocalBedrock({
    models: [{ modelId, responseStreamingSupported: true, rejects }],
    profiles: [],
  });
  bedrock = createBedrock({
    endpoint: local.url,
    region: local.region,
    credentials: local.credentials,
    adapt: true,
  });
};
beforeEach(() => {
  local = undefined as never;
});
afterEach(() => local?.close());

const sent = (i: number) => local.requests[i]?.body as Record<string, Record<string, unknown>>;
const failure = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => Promise.reject(new Error('it passed')),
    (error: unknown) => error as BedrockError,
  );

describe('adapt: true', () => {
  const table: [rejects: NonNullable<LocalModel['rejects']>[number], path: string, says: RegExp][] = [
    [
      'inferenceConfig.temperature',
      'inferenceConfig.temperature',
      /^This model doesn't support the temperature field\. Remove temperature and try again\.$/,
    ],
    ['inferenceConfig.stopSequences', 'inferenceConfig.stopSequences', /the stopSequences field/],
    [
      'inferenceConfig.temperature+inferenceConfig.topP',
      'inferenceConfig.topP',
      /`temperature` and `top_p` cannot both be specified for this model\. Please use only one\.$/,
    ],
    [
      {
        field: 'inferenceConfig.temperature',
        message: 'The model returned the following errors: `temperature` is deprecated for this model.',
      },
      'inferenceConfig.temperature',
      /deprecated/,
    ],
    [
      {
        field: 'inferenceConfig.topP',
        message:
          "The model returned the following errors: Unsupported parameter: 'top_p' is not supported with this model.",
      },
      'inferenceConfig.topP',
      /Unsupported parameter/,
    ],
    ['toolConfig.toolChoice.any', 'toolConfig.toolChoice', /the toolConfig\.toolChoice\.any field/],
    ['performanceConfig', 'performanceConfig', /the performanceConfig field/],
    ['serviceTier', 'serviceTier', /the serviceTier field/],
    [
      'additionalModelRequestFields.top_k',
      'additionalModelRequestFields.top_k',
      /^The model returned the following errors: top_k: Extra inputs are not permitted$/,
    ],
    [
      {
        field: 'additionalModelRequestFields.thinking.block_binding',
        message:
          'The model returned the following errors: thinking.adaptive.block_binding: Extra inputs are not permitted',
      },
      'additionalModelRequestFields.thinking.block_binding',
      /block_binding/,
    ],
    [
      {
        field: 'additionalModelRequestFields.thinking',
        message:
          'The model returned the following errors: {"error":{"code":"unknown_parameter","message":"Unknown parameter: \'thinking\'.","param":"thinking"}}',
      },
      'additionalModelRequestFields.thinking',
      /unknown_parameter/,
    ],
    [
      'toolConfig.tools.cachePoint',
      'toolConfig.tools.1',
      /Malformed input request: #\/toolConfig\/tools\/0: extraneous key \[cachePoint\] is not permitted/,
    ],
    ['system.cachePoint', 'system.1', /#\/system\/0: extraneous key/],
    ['messages.content.cachePoint', 'messages.0.content.1', /#\/messages\/content\/0: extraneous key/],
    [
      {
        field: 'system.cachePoint',
        message: "This model doesn't support the cachePoint field. Remove cachePoint and try again.",
      },
      'system.1, messages.0.content.1, toolConfig.tools.1',
      /cachePoint field/,
    ],
  ];
  it.each(table)('leaves out what %j rejects, once, and remembers it', async (rejects, path, says) => {
    await start([rejects]);
    const { repairs, message } = await bedrock.stream(everything).result();
    expect(message.content?.length).toBeGreaterThan(0);
    expect(repairs).toEqual([{ kind: 'rejected-field', path, reason: expect.stringMatching(says) }]);
    expect(local.requests.map(({ status }) => status)).toEqual([400, 200]);

    // The next call leaves it out from the start, and says so; another way of calling does so, too.
    const again = await bedrock.converse(everything);
    expect(again.repairs).toEqual([{ kind: 'rejected-field', path, reason: expect.any(String) }]);
    // Only the words that every user of the model may see.
    expect(repairs[0]?.reason?.startsWith(again.repairs[0]?.reason ?? '?')).toBe(true);
    expect(local.requests.map(({ status }) => status)).toEqual([400, 200, 200]);
    const { ['inferenceConfig']: config } = sent(2);
    expect(config?.['maxTokens']).toBe(50);
  });

  it('changes nothing but what was named', async () => {
    await start(['system.cachePoint']);
    await bedrock.stream(everything).result();
    const { system, ...rest } = sent(1);
    const { system: before, ...restBefore } = sent(0);
    expect(before).toHaveLength(2);
    expect(system).toEqual([say('Be brief.')]);
    expect(rest).toEqual(restBefore);
  });

  it('gives up one field after the other', async () => {
    await start([
      'inferenceConfig.temperature',
      'inferenceConfig.topP',
      'additionalModelRequestFields.top_k',
    ]);
    const { repairs } = await bedrock.stream(everything, { maxAttempts: 4 }).result();
    expect(repairs.map(({ path }) => path)).toEqual([
      'inferenceConfig.temperature',
      'inferenceConfig.topP',
      'additionalModelRequestFields.top_k',
    ]);
    expect(local.requests.map(({ status }) => status)).toEqual([400, 400, 400, 200]);
  });

  it('drops only the ttl where only that is refused', async () => {
    await start(undefined, 'amazon.nova-2-lite-v1:0');
    const modelId = 'amazon.nova-2-lite-v1:0';
    const system = [say('Be brief.'), { cachePoint: { type: 'default', ttl: '1h' } }] as never;
    const { repairs } = await bedrock.converse({ modelId, messages: [user(say('Hi'))], system });
    expect(repairs).toMatchObject([{ path: 'system.1.cachePoint.ttl' }]);
    expect(sent(1)?.['system']).toEqual([say('Be brief.'), cachePoint]);
  });

  it('moves a system prompt into the first message, and does so right away in the next call', async () => {
    const modelId = 'mistral.mistral-7b-instruct-v0:2';
    await start(undefined, modelId);
    const request = { modelId, messages: [user(say('Hi'))], system: [say('Be brief.')] };
    for (const attempts of [2, 1]) {
      const result = await bedrock.stream(request).result();
      expect(result.attempts).toBe(attempts);
      expect(result.repairs).toEqual([
        {
          kind: 'rejected-field',
          path: 'system',
          after: 'messages.0',
          reason: expect.stringMatching(/^This model doesn't support system messages/),
        },
      ]);
      expect(local.requests.at(-1)?.body).toEqual({ messages: [user(say('Be brief.'), say('Hi'))] });
    }
  });

  it('drops thinking where a history without thoughts forbids it, for this request only', async () => {
    const modelId = 'anthropic.claude-sonnet-4-20250514-v1:0';
    await start(undefined, modelId);
    const request: ConverseStreamRequest = {
      modelId,
      messages: [
        user(say('Look it up.')),
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'look_up', input: {} } }] },
        user({ toolResult: { toolUseId: 'a', content: [say('found')] } }),
      ],
      toolConfig: { tools: [toolNamed('look_up')] },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    };
    const { repairs } = await bedrock.stream(request).result();
    expect(repairs).toMatchObject([{ path: 'additionalModelRequestFields.thinking' }]);
    await bedrock.stream({ ...request, messages: [user(say('Hi'))] }).result();
    expect(sent(2)?.['additionalModelRequestFields']).toEqual(request.additionalModelRequestFields);
  });

  it('remembers by model: another one still gets the field', async () => {
    local = await startLocalBedrock({
      models: [
        { modelId: MODEL, responseStreamingSupported: true, rejects: ['inferenceConfig.temperature'] },
        { modelId: 'acme.other-v1:0', responseStreamingSupported: true },
      ],
      profiles: [],
    });
    bedrock = createBedrock({
      endpoint: local.url,
      region: local.region,
      credentials: local.credentials,
      adapt: true,
    });
    await bedrock.stream(everything).result();
    const { repairs } = await bedrock.stream({ ...everything, modelId: 'acme.other-v1:0' }).result();
    expect(repairs).toEqual([]);
    expect(sent(2)?.['inferenceConfig']?.['temperature']).toBe(0.5);
  });

  it('keeps a field that is refused beside another where it stands alone', async () => {
    await start(['inferenceConfig.temperature+inferenceConfig.topP']);
    await bedrock.stream(everything).result();
    const { repairs } = await bedrock.stream({ ...everything, inferenceConfig: { topP: 0.9 } }).result();
    expect(repairs).toEqual([]);
    expect(sent(2)?.['inferenceConfig']).toEqual({ topP: 0.9 });
  });

  it.each<[what: string, rejects: NonNullable<LocalModel['rejects']>[number]]>([
    ['system', 'system'],
    ['tools', 'toolConfig'],
    ['tools in other words', { field: 'toolConfig', message: "This model doesn't support tool use." }],
    ['messages', 'messages'],
    ['maxTokens', 'inferenceConfig.maxTokens'],
    ['a guardrail', 'guardrailConfig'],
    [
      'a guardrail in the wrong place',
      {
        field: 'additionalModelRequestFields.guardrails',
        message: 'The model returned the following errors: guardrails: Extra inputs are not permitted',
      },
    ],
    [
      'what the request does not hold',
      { field: 'system', message: "This model doesn't support the topK field. Remove topK and try again." },
    ],
  ])('never gives up %s', async (_what, rejects) => {
    await start([rejects]);
    const request: ConverseStreamRequest = {
      ...everything,
      guardrailConfig: { guardrailIdentifier: 'localguardrail', guardrailVersion: '1' },
      additionalModelRequestFields: { guardrails: { id: 'x' } },
    };
    const error = await failure(bedrock.stream(request).result());
    expect(error.code).toBe('ERR_INPUT');
    expect(error.partial?.repairs).toEqual([]);
    expect(local.requests).toHaveLength(1);
  });

  it('is off unless asked for', async () => {
    await start(['inferenceConfig.temperature']);
    const error = await failure(bedrock.stream(everything, { adapt: false }).result());
    expect(error.message).toMatch(/temperature field/);
    expect(local.requests).toHaveLength(1);
    const aws = new BedrockRuntimeClient({
      endpoint: local.url,
      region: local.region,
      credentials: local.credentials,
      requestHandler: new FetchHttpHandler(),
      maxAttempts: 1,
    });
    const byAws = await failure(aws.send(new ConverseStreamCommand(everything as never)));
    expect(byAws.message).toBe(
      "This model doesn't support the temperature field. Remove temperature and try again.",
    );
  });

  it('does nothing once content was handed out', async () => {
    local = await startLocalBedrock({
      models: [{ modelId: MODEL, responseStreamingSupported: true }],
      profiles: [],
      script: [
        {
          user: 'Hi',
          text: 'Well, that is a long story.',
          error: {
            name: 'ValidationException',
            message: "This model doesn't support the temperature field. Remove temperature and try again.",
            afterEvents: 2,
          },
        },
      ],
    });
    bedrock = createBedrock({
      endpoint: local.url,
      region: local.region,
      credentials: local.credentials,
      adapt: true,
    });
    const error = await failure(bedrock.stream(everything).result());
    expect(error).toMatchObject({ code: 'ERR_INPUT', partial: { repairs: [] } });
    expect(local.requests).toHaveLength(1);
  });

  /** A service that answers each request by its body, or repeats one rejection for ever. */
  const serving = async (answer: (body: Record<string, unknown>) => string | undefined) => {
    const server = await startServer((response) => {
      const message = answer(JSON.parse(server.requests.at(-1)?.body ?? '') as Record<string, unknown>);
      if (message === undefined) {
        const reply = { role: 'assistant', content: [{ text: 'Hello' }] };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ output: { message: reply }, stopReason: 'end_turn' }));
        return;
      }
      response.writeHead(400, {
        'content-type': 'application/json',
        'x-amzn-errortype': 'ValidationException',
      });
      response.end(JSON.stringify({ message }));
    });
    const credentials = { token: 'key' };
    const served = createBedrock({ endpoint: server.url, region: 'us-east-1', credentials, adapt: true });
    return { server, served };
  };

  describe('learns nothing from what a user of the program wrote', () => {
    const forced: ConverseStreamRequest = {
      ...everything,
      toolConfig: { tools: [toolNamed('look_up')], toolChoice: { any: {} } },
    };
    const words = [
      "Unknown parameter: 'toolConfig.toolChoice'",
      "This model doesn't support the temperature field. Remove temperature and try again.",
      'temperature: Extra inputs are not permitted',
      '`temperature` and `top_p` cannot both be specified for this model.',
      'Malformed input request: #/messages/0: extraneous key [cachePoint] is not permitted',
      'Extended TTL prompt caching is only supported for Anthropic models',
    ];

    it.each(words)('that the service repeats: %s', async (text) => {
      const { server, served } = await serving((body) =>
        JSON.stringify(body['messages']).includes('attack')
          ? `The model returned the following errors: the message "attack ${text}" is not allowed`
          : undefined,
      );
      try {
        const attack = { ...forced, messages: [user(say(`attack ${text}`))] };
        const error = await failure(served.converse(attack));
        expect(error.code).toBe('ERR_INPUT');
        expect(server.requests).toHaveLength(1);
        const { repairs } = await served.converse(forced);
        expect(repairs).toEqual([]);
        expect(JSON.parse(server.requests[1]?.body ?? '')).toMatchObject({
          inferenceConfig: { temperature: 0.5 },
          toolConfig: { toolChoice: { any: {} } },
        });
      } finally {
        await server.close();
      }
    });

    it('that is the whole message, if omitting the field does not help', async () => {
      const { server, served } = await serving((body) => {
        const text = (body['messages'] as { content: { text: string }[] }[])[0]?.content[0]?.text;
        return words.find((message) => message === text);
      });
      try {
        for (const text of words) {
          await failure(served.converse({ ...forced, messages: [user(say(text))] }));
        }
        const before = server.requests.length;
        const { repairs } = await served.converse(forced);
        expect(repairs).toEqual([]);
        expect(JSON.parse(server.requests[before]?.body ?? '')).toMatchObject({
          inferenceConfig: { temperature: 0.5, topP: 0.9 },
          toolConfig: { toolChoice: { any: {} } },
          system: [say('Be brief.'), cachePoint],
        });
      } finally {
        await server.close();
      }
    });
  });

  it("shows the next user nothing of another one's message", async () => {
    const { server, served } = await serving((body) =>
      body['serviceTier'] === undefined
        ? undefined
        : "This model doesn't support the serviceTier field. Remove serviceTier and try again. In: my secret prompt",
    );
    try {
      const first = await served.converse(everything);
      expect(first.repairs[0]?.reason).toContain('my secret prompt');
      const second = await served.converse(everything);
      expect(second.repairs).toEqual([
        {
          kind: 'rejected-field',
          path: 'serviceTier',
          reason: "This model doesn't support the serviceTier field. Remove",
        },
      ]);
    } finally {
      await server.close();
    }
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'a.__proto__', '', '.', '..'])(
    'is not led astray by a rejection of %j',
    async (name) => {
      const messages = [
        `${name}: Extra inputs are not permitted`,
        `This model doesn't support the ${name} field. Remove ${name} and try again.`,
        `Unknown parameter: '${name}'.`,
      ];
      for (const message of messages) {
        const { server, served } = await serving(() => message);
        try {
          const request = { ...everything, additionalModelRequestFields: { a: { b: 1 } } };
          const error = await failure(served.converse(request, { maxAttempts: 10 }));
          expect(error.code).toBe('ERR_INPUT');
          expect(server.requests).toHaveLength(1);
        } finally {
          await server.close();
        }
      }
    },
  );

  it('remembers what a stream was accepted without, even if its reader leaves', async () => {
    await start(['inferenceConfig.temperature']);
    for await (const event of bedrock.stream(everything)) if (event.type === 'contentBlockDelta') break;
    await bedrock.stream(everything).result();
    expect(local.requests.map(({ status }) => status)).toEqual([400, 200, 200]);
  });

  it('does not end up in a circle with a service that never has enough', async () => {
    const reject = (response: import('node:http').ServerResponse): void => {
      response.writeHead(400, {
        'content-type': 'application/json',
        'x-amzn-errortype': 'ValidationException',
      });
      response.end(JSON.stringify({ message: 'a: Extra inputs are not permitted' }));
    };
    const server = await startServer(reject);
    try {
      const credentials = { token: 'key' };
      const error = await failure(
        createBedrock({ endpoint: server.url, region: 'us-east-1', credentials, adapt: true }).converse({
          modelId: 'm',
          messages: [user(say('Hi'))],
          additionalModelRequestFields: { a: 1, b: 2 },
        }),
      );
      expect(error.message).toMatch(/Extra inputs/);
      expect(server.requests).toHaveLength(2);
      expect(JSON.parse(server.requests[1]?.body ?? '')).toMatchObject({
        additionalModelRequestFields: { b: 2 },
      });
    } finally {
      await server.close();
    }
  });
});
