import type {
  ContentBlock,
  ConverseStreamCommandInput,
  CountTokensCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { type ConverseStreamRequest, isBedrockError } from '../../src/index.js';
import { readCountRequest, readRequest } from '../../src/input/request.js';
import fc from '../property.js';
import { converseRequest } from '../wire/requests.js';

const modelId = 'amazon.nova-lite-v1:0';
const hi = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];

/** The message of the error that a request is refused with. */
function refusal(request: unknown, read: (given: never) => unknown = readRequest): string {
  let error: unknown;
  try {
    error = `it gave ${JSON.stringify(read(request as never))}`;
  } catch (thrown) {
    error = thrown;
  }
  if (!isBedrockError(error)) throw error;
  expect(error).toMatchObject({ code: 'ERR_INPUT', phase: 'prepare' });
  return error.message;
}

/** A request whose only message holds a block. */
const withBlock = (block: unknown) => ({ modelId, messages: [{ role: 'user', content: [block] }] });

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const item of Object.values(value)) deepFrozen(item);
  return Object.freeze(value);
}

describe('a string stands for { text }', () => {
  it.each<[where: string, given: object, means: object]>([
    ['as the system', { system: 'Be brief' }, { system: [{ text: 'Be brief' }] }],
    ['among the system', { system: ['a', { text: 'b' }] }, { system: [{ text: 'a' }, { text: 'b' }] }],
    ['as prompt', { prompt: 'Hi' }, { messages: hi }],
    ['as the content of a message', { messages: [{ role: 'user', content: 'Hi' }] }, { messages: hi }],
    [
      'among the content of a message',
      { messages: [{ role: 'user', content: ['Hi', { cachePoint: { type: 'default' } }] }] },
      { messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }] },
    ],
    [
      "as a tool's result",
      withBlock({ toolResult: { toolUseId: 'a', content: '21' } }),
      withBlock({ toolResult: { toolUseId: 'a', content: [{ text: '21' }] } }),
    ],
    [
      "among a tool's result",
      withBlock({ toolResult: { toolUseId: 'a', content: ['21', { json: { c: 21 } }], status: 'success' } }),
      withBlock({
        toolResult: { toolUseId: 'a', content: [{ text: '21' }, { json: { c: 21 } }], status: 'success' },
      }),
    ],
    [
      'for a guardrail',
      { system: [{ guardContent: 'a' }], ...withBlock({ guardContent: { text: 'b' } }) },
      {
        system: [{ guardContent: { text: { text: 'a' } } }],
        ...withBlock({ guardContent: { text: { text: 'b' } } }),
      },
    ],
    [
      'in a document, inside a result too',
      withBlock({
        toolResult: {
          toolUseId: 'a',
          content: [{ document: { name: 'n', source: { content: ['p', { text: 'q' }] } } }],
        },
      }),
      withBlock({
        toolResult: {
          toolUseId: 'a',
          content: [{ document: { name: 'n', source: { content: [{ text: 'p' }, { text: 'q' }] } } }],
        },
      }),
    ],
    [
      'in a search result',
      withBlock({ searchResult: { source: 's', title: 't', content: 'p' } }),
      withBlock({ searchResult: { source: 's', title: 't', content: [{ text: 'p' }] } }),
    ],
    [
      'in citations',
      withBlock({ citationsContent: { content: ['a'], citations: [{ sourceContent: 'b' }] } }),
      withBlock({
        citationsContent: { content: [{ text: 'a' }], citations: [{ sourceContent: [{ text: 'b' }] }] },
      }),
    ],
    [
      'as the variable of a prompt',
      { messages: hi, promptVariables: { city: 'Bern', land: { text: 'CH' } } },
      { messages: hi, promptVariables: { city: { text: 'Bern' }, land: { text: 'CH' } } },
    ],
  ])('%s', (_where, given, means) => {
    const request = deepFrozen({ modelId, ...given });
    expect(readRequest(request as never)).toEqual({ modelId, ...means });
  });

  it('and nothing that needs no change is copied', () => {
    const image = { image: { format: 'png' as const, source: { bytes: new Uint8Array([1]) } } };
    const history = [{ role: 'user' as const, content: ['a', image] }, ...hi];
    const read = readRequest({ modelId, messages: history });
    expect(read.messages?.[1]).toBe(history[1]);
    expect(read.messages?.[0]?.content?.[1]).toBe(image);
    expect(history[0]?.content[0]).toBe('a');
  });
});

describe('prompt', () => {
  it.each([[[]], [hi]])('and messages %o are refused', (messages) => {
    expect(refusal({ modelId, prompt: 'Hi', messages })).toBe(
      'prompt and messages are both set. Pass one of them.',
    );
  });

  it.each([undefined, null])('takes the place of messages that are %s', (messages) => {
    expect(readRequest({ modelId, prompt: 'Hi', messages } as never)).toEqual({ modelId, messages: hi });
  });

  it('that is undefined leaves no trace', () => {
    const read = readRequest({ modelId, prompt: undefined, messages: hi });
    expect(Object.keys(read)).toEqual(['modelId', 'messages']);
  });

  it.each(['', ' \n'])('%o is refused, as it would be billed without a question', (prompt) => {
    expect(refusal({ modelId, prompt })).toBe('prompt is a string. Pass a string that is not blank.');
  });

  it.each([5, [], {}])('%o is refused', (prompt) => {
    expect(refusal({ modelId, prompt })).toMatch(/^prompt is (5|an array|an object)\. Pass a string/);
  });
});

describe("AWS's own request", () => {
  it('comes back as it is, whatever the types of AWS allow', () => {
    fc.assert(
      fc.property(converseRequest, (request) => {
        expect(readRequest(request as ConverseStreamRequest)).toBe(request);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[what: string, more: object]>([
    ['a member', { futureConfig: { level: 3 } }],
    ['a member with underscores', { future_config: {} }],
    ['a member of a member', { inferenceConfig: { topK: 3 } }],
    ['a kind of block', withBlock({ hologram: { size: 3 } })],
    ['a kind of block, as the client of AWS gives it', withBlock({ $unknown: ['hologram', { size: 3 }] })],
    [
      'a member of a block',
      withBlock({ image: { format: 'png', source: { bytes: 'AAAA' }, detail: 'low' } }),
    ],
    ['a source', withBlock({ image: { format: 'png', source: { url: 'https://a.example' } } })],
    ['a kind of tool', { toolConfig: { tools: [{ webSearch: {} }], toolChoice: { none: {} } } }],
    ['a kind of system block', { system: [{ hologram: {} }] }],
    ['a kind of result', withBlock({ toolResult: { toolUseId: 'a', content: [{ hologram: {} }] } })],
  ])('may have %s that AWS adds later', (_what, more) => {
    const request = { modelId, messages: hi, ...more };
    expect(readRequest(request as never)).toBe(request);
  });

  it('may have what a database adds to messages', () => {
    const request = { modelId, messages: [{ _id: 1, created_at: 'today', ...hi[0] }] };
    expect(readRequest(request as never)).toBe(request);
  });

  it('may have null where the service reads none', () => {
    const request = {
      modelId,
      messages: hi,
      system: null,
      toolConfig: null,
      inferenceConfig: { topP: null },
    };
    expect(JSON.stringify(readRequest(request as never))).toBe(
      JSON.stringify({ modelId, messages: hi, inferenceConfig: {} }),
    );
  });

  it('may have null as the JSON of a result, and beside another kind of result', () => {
    const result = (...content: unknown[]) => withBlock({ toolResult: { toolUseId: 'a', content } });
    const request = result({ json: null }, { json: { a: null } }, { text: 'a', json: null });
    expect(JSON.stringify(readRequest(request as never))).toBe(
      JSON.stringify(result({ json: null }, { json: { a: null } }, { text: 'a' })),
    );
  });

  it('keeps a guardrail that is null', () => {
    const request = { modelId, messages: hi, guardrailConfig: null };
    expect(readRequest(request)).toBe(request);
  });

  it('may be of classes, with getters, without prototypes, or write itself', () => {
    class Turn {
      #text: string;
      constructor(text: string) {
        this.#text = text;
      }
      get role() {
        return 'user' as const;
      }
      get content() {
        return [this.#text];
      }
    }
    class Written {
      toJSON() {
        return { role: 'user', content: 'b' };
      }
    }
    const bare = Object.assign(Object.create(null), { role: 'user', content: 'c' });
    const read = readRequest({ modelId, messages: [new Turn('a'), new Written() as never, bare] });
    expect(JSON.parse(JSON.stringify(read.messages))).toEqual(
      ['a', 'b', 'c'].map((text) => ({ role: 'user', content: [{ text }] })),
    );
  });

  it('may have members that are undefined, of any name, and symbols', () => {
    const request = { modelId, messages: hi, temperature: undefined, [Symbol('x')]: 1 };
    expect(readRequest(request as never)).toBe(request);
  });
});

describe('a name that is a mistake says what was meant', () => {
  it.each<[name: string, says: string]>([
    ['model', 'Pass modelId.'],
    ['model_id', 'Pass modelId.'],
    ['mesages', 'Pass messages.'],
    ['sytsem', 'Pass system.'],
    ['input', 'Pass messages or prompt.'],
    ['maxTokens', 'Pass inferenceConfig: { maxTokens }.'],
    ['max_tokens', 'Pass inferenceConfig: { maxTokens }.'],
    ['temperature', 'Pass inferenceConfig: { temperature }.'],
    ['top_p', 'Pass inferenceConfig: { topP }.'],
    ['stop', 'Pass inferenceConfig: { stopSequences }.'],
    ['stopSequences', 'Pass inferenceConfig: { stopSequences }.'],
    ['thinking', 'Pass additionalModelRequestFields.'],
    ['tools', 'Pass toolConfig: { tools: [{ toolSpec: { name, inputSchema: { json: schema } } }] }.'],
    ['tool_choice', 'Pass toolConfig: { tools, toolChoice }.'],
    ['tool_config', 'Pass toolConfig.'],
    ['inference_config', 'Pass inferenceConfig.'],
    ['system_prompt', 'Pass system.'],
    ['systemPrompt', 'Pass system.'],
    ['metadata', 'Pass requestMetadata.'],
    ['region', 'Pass region in the options, the second argument.'],
    ['signal', 'Pass signal in the options, the second argument.'],
    ['headers', 'Pass headers in the options, the second argument.'],
    ['credentials', 'Pass credentials in the options, the second argument.'],
    ['endpoint', 'Pass endpoint in the options, the second argument.'],
    ['timeoutMs', 'Pass timeoutMs in the options, the second argument.'],
    ['apiKey', 'Pass credentials: fromBearerToken(…) in the options, the second argument.'],
    ['abortSignal', 'Pass signal: controller.signal in the options, the second argument.'],
  ])('%s', (name, says) => {
    expect(refusal({ modelId, messages: hi, [name]: 's3cret' })).toBe(
      `${name} is not a known member. ${says}`,
    );
  });

  it.each(['apiKey', 'token', 'credentials', 'region', 'signal', 'timeoutMs', 'abortSignal', 'url'])(
    '%s, even without a value',
    (name) => {
      for (const read of [readRequest, readCountRequest]) {
        const [given, unset] = ['s3cret', undefined].map((value) =>
          refusal({ modelId, messages: hi, [name]: value }, read),
        );
        expect(unset).toBe(given);
        expect(refusal({ modelId, messages: hi, [name]: null }, read)).toBe(given);
      }
      const converse = { messages: hi, [name]: undefined };
      expect(refusal({ modelId, input: { converse } }, readCountRequest)).toContain(
        `input.converse.${name} is`,
      );
    },
  );

  it.each([undefined, null])('but not a guardrail that is %s', (guardrailConfig) => {
    const request = { modelId, messages: hi, guardrailConfig };
    expect(readRequest(request as never)).toEqual(request);
    expect(readCountRequest(request as never)).toMatchObject({ input: { converse: { messages: hi } } });
  });

  it.each<[name: string, value: unknown]>([
    ['apiKey', 's3cret'],
    ['region', undefined],
    ['max_tokens', 5],
    ['tools', []],
  ])('%s, from a getter or an object that is extended', (name, value) => {
    class Request {
      readonly modelId = modelId;
      readonly messages = hi;
    }
    const given = refusal({ modelId, messages: hi, [name]: value ?? 's3cret' });
    Object.defineProperty(Request.prototype, name, { get: () => value });
    expect(refusal(new Request())).toBe(given);
    expect(refusal(Object.assign(Object.create({ [name]: value }), { modelId, messages: hi }))).toBe(given);
  });

  it('but not a method, nor what a class has for itself', () => {
    class Request {
      readonly modelId = modelId;
      readonly messages = hi;
      get length(): number {
        return 1;
      }
      get temperature(): undefined {
        return undefined;
      }
      fetch(): void {}
    }
    expect(JSON.parse(JSON.stringify(readRequest(new Request())))).toEqual({ modelId, messages: hi });
  });

  it('before the modelId that is missing for it', () => {
    expect(refusal({ model: modelId, messages: hi })).toContain('Pass modelId');
  });
});

describe('a structure that is wrong is refused with its path', () => {
  const tool = (given: unknown) => ({ modelId, messages: hi, toolConfig: { tools: [given] } });
  it.each<[request: object, says: RegExp]>([
    [{ system: 5 }, /^system is 5\. Pass a string, or a list of strings or \{ text \}/],
    [{ system: { text: 'a' } }, /^system is an object\. Pass a string, or a list/],
    [{ system: [5] }, /^system\.0 is 5\. Pass \{ text \}/],
    [{ messages: {} }, /^messages is an object\. Pass a list of \{ role, content \}/],
    [{ messages: 'Hi' }, /^messages is a string/],
    [{ messages: [null] }, /^messages\.0 is null\. Pass \{ role, content \}/],
    [{ messages: [undefined] }, /^messages\.0 is missing/],
    [{ messages: new Array(1) }, /^messages\.0 is missing/],
    [{ messages: ['Hi'] }, /^messages\.0 is a string\. Pass \{ role, content \}/],
    [{ messages: [{ content: 'Hi' }] }, /^messages\.0\.role is missing\. Pass "user" or "assistant"/],
    [{ messages: [{ role: 5, content: 'Hi' }] }, /^messages\.0\.role is 5/],
    [
      { messages: [{ role: 'User', content: 'Hi' }] },
      /^messages\.0\.role is the string "User"\. Pass "user" or/,
    ],
    [
      { messages: [...hi, { role: 'tool', content: 'Hi' }] },
      /^messages\.1\.role is the string "tool".*\{ toolResult: /,
    ],
    [
      { messages: [{ role: 'developer', content: 'Hi' }] },
      /^messages\.0\.role .*instructions go into the request's system/,
    ],
    [{ messages: [{ role: 'user' }] }, /^messages\.0\.content is missing\. Pass a string, or a list/],
    [{ messages: [{ role: 'user', content: null }] }, /^messages\.0\.content is missing/],
    [{ messages: [{ role: 'user', content: 5 }] }, /^messages\.0\.content is 5/],
    [
      { messages: [{ role: 'user', content: { text: 'Hi' } }] },
      /^messages\.0\.content is an object\. Pass a string, or/,
    ],
    [
      { messages: [{ role: 'user', content: 'a', tool_calls: [] }] },
      /^messages\.0\.tool_calls is not a known member/,
    ],
    [withBlock(null), /^messages\.0\.content\.0 is null\. Pass \{ text \}, \{ image \}/],
    [withBlock(5), /^messages\.0\.content\.0 is 5/],
    [withBlock([]), /^messages\.0\.content\.0 is an array/],
    [withBlock(new Uint8Array(3)), /^messages\.0\.content\.0 is a Uint8Array/],
    [withBlock({}), /^messages\.0\.content\.0 has no member\. Pass one of \{ text \}, \{ image \}/],
    [withBlock({ text: undefined }), /^messages\.0\.content\.0 has no member/],
    [withBlock({ text: 'a', image: {} }), /^messages\.0\.content\.0\.image\.source is missing/],
    [withBlock({ text: 'a', json: {} }), /^messages\.0\.content\.0 has text and json\. Pass one of/],
    [
      withBlock({ type: 'text', text: 'a' }),
      /^messages\.0\.content\.0\.type is not a known member\. Pass \{ text \}/,
    ],
    [
      withBlock({ type: 'image_url', image_url: { url: 'x' } }),
      /^messages\.0\.content\.0\.type is not a known member/,
    ],
    [withBlock({ image_url: { url: 'x' } }), /^messages\.0\.content\.0\.image_url is not a known member/],
    [withBlock({ tool_result: {} }), /^messages\.0\.content\.0\.tool_result .*Pass toolResult\./],
    [withBlock({ text: 5 }), /^messages\.0\.content\.0\.text is 5\. Pass a string/],
    [withBlock({ text: () => 'a' }), /^messages\.0\.content\.0\.text is a function/],
    [
      withBlock({ toolUse: { name: 'a', input: {} } }),
      /^messages\.0\.content\.0\.toolUse\.toolUseId is missing/,
    ],
    [
      withBlock({ toolUse: { toolUseId: 'a', input: {} } }),
      /^messages\.0\.content\.0\.toolUse\.name is missing/,
    ],
    [withBlock({ toolUse: { tool_use_id: 'a', name: 'b' } }), /toolUse\.tool_use_id .*Pass toolUseId\./],
    [
      withBlock({ toolResult: { toolUseId: 'a', content: 21 } }),
      /^messages\.0\.content\.0\.toolResult\.content is 21\. Pass a string, or/,
    ],
    [withBlock({ toolResult: { toolUseId: 'a' } }), /toolResult\.content is missing/],
    [withBlock({ toolResult: { content: 'a' } }), /toolResult\.toolUseId is missing/],
    [withBlock({ toolResult: { toolUseId: 'a', content: [21] } }), /toolResult\.content\.0 is 21/],
    [
      withBlock({ image: 'data:image/png;base64,AAAA' }),
      /^messages\.0\.content\.0\.image is a string\. Pass \{ format, source \}/,
    ],
    [
      withBlock({ image: { format: 'png', source: 'cat.png' } }),
      /image\.source is a string\. Pass \{ bytes \}, \{ s3Location \}/,
    ],
    [
      withBlock({ image: { format: 'png', source: { bytes: './cat.png' } } }),
      /image\.source\.bytes is a string\..*not a path/,
    ],
    [
      withBlock({ image: { format: 'png', source: { bytes: new Blob(['a']) } } }),
      /image\.source\.bytes is a Blob\..*blob\.arrayBuffer\(\)/,
    ],
    [
      withBlock({ image: { format: 'png', source: new Uint8Array(2) } }),
      /image\.source is a Uint8Array\. Pass \{ bytes \}/,
    ],
    [
      { inferenceConfig: { maxTokens: '100' } },
      /^inferenceConfig\.maxTokens is the string "100"\. Pass a whole number\.$/,
    ],
    [{ inferenceConfig: { maxTokens: Number.NaN } }, /^inferenceConfig\.maxTokens is NaN/],
    [{ inferenceConfig: { maxTokens: 10n } }, /^inferenceConfig\.maxTokens is a bigint/],
    [{ inferenceConfig: { temperature: true } }, /^inferenceConfig\.temperature is true\. Pass a number/],
    [{ inferenceConfig: { max_tokens: 1 } }, /^inferenceConfig\.max_tokens .*Pass maxTokens\./],
    [
      { inferenceConfig: { stopSequences: 'END' } },
      /^inferenceConfig\.stopSequences is a string\. Pass a list of strings/,
    ],
    [
      { inferenceConfig: 100 },
      /^inferenceConfig is 100\. Pass \{ maxTokens, temperature, topP, stopSequences \}/,
    ],
    [
      { guardrailConfig: 'id' },
      /^guardrailConfig is a string\. Pass \{ guardrailIdentifier, guardrailVersion/,
    ],
    [{ toolConfig: [] }, /^toolConfig is an array\. Pass \{ tools, toolChoice \}/],
    [{ toolConfig: {} }, /^toolConfig\.tools is missing\. Pass a list of \{ toolSpec/],
    [{ toolConfig: { tools: {} } }, /^toolConfig\.tools is an object\. Pass a list of \{ toolSpec: \{ name/],
    [
      { toolConfig: { tools: [], toolChoice: 'auto' } },
      /^toolConfig\.toolChoice is a string\. Pass \{ auto \}, \{ any \}/,
    ],
    [
      tool({ type: 'function', function: { name: 'a', parameters: {} } }),
      /^toolConfig\.tools\.0\.type .*Pass \{ toolSpec: \{ name, description, inputSchema: \{ json: schema \} \} \}/,
    ],
    [tool({ function: { name: 'a' } }), /^toolConfig\.tools\.0\.function is not a known member/],
    [
      tool({ name: 'a', description: 'b', inputSchema: {} }),
      /^toolConfig\.tools\.0 has name and description and inputSchema\. Pass one of \{ toolSpec/,
    ],
    [
      tool({ name: 'a', input_schema: {} }),
      /^toolConfig\.tools\.0 has name and input_schema\. Pass one of \{ toolSpec/,
    ],
    [tool({ toolSpec: { inputSchema: { json: {} } } }), /^toolConfig\.tools\.0\.toolSpec\.name is missing/],
    [tool({ toolSpec: { name: 'a' } }), /toolSpec\.inputSchema is missing\. Pass \{ json \}/],
    [
      tool({ toolSpec: { name: 'a', inputSchema: { type: 'object' } } }),
      /toolSpec\.inputSchema\.json is missing\. Pass a JSON Schema/,
    ],
    [
      tool({ toolSpec: { name: 'a', inputSchema: { json: '{}' } } }),
      /toolSpec\.inputSchema\.json is a string\. Pass a JSON Schema/,
    ],
    [
      tool({ toolSpec: { name: 'a', inputSchema: { json: { safeParse() {} } } } }),
      /toolSpec\.inputSchema\.json .*z\.toJSONSchema\(schema\)/,
    ],
    [{ requestMetadata: { a: 5 } }, /^requestMetadata\.a is 5\. Pass a string/],
    [{ requestMetadata: new Map([['a', 'b']]) }, /^requestMetadata is a Map\. Pass \{ name: value \}/],
    [{ inferenceConfig: new Map() }, /^inferenceConfig is a Map/],
    [{ inferenceConfig: Promise.resolve({}) }, /^inferenceConfig is a Promise/],
    [{ performanceConfig: 'optimized' }, /^performanceConfig is a string\. Pass \{ latency \}/],
  ])('%o', (given, says) => {
    const request = { modelId, messages: hi, ...given };
    const message = refusal(request);
    expect(message).toMatch(says);
    // Read by converse() and countTokens() alike.
    expect(refusal(request, readCountRequest)).toBe(message);
  });

  it('what a getter throws has the path and the cause', () => {
    const cause = new RangeError('gone');
    const request = withBlock({
      get text(): string {
        throw cause;
      },
    });
    let thrown: unknown;
    try {
      readRequest(request as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'ERR_INPUT',
      message: 'messages.0.content.0.text cannot be read: gone',
      cause,
    });
  });

  it('a proxy that was revoked too', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusal(withBlock(proxy))).toMatch(/^messages\.0\.content\.0 cannot be read: /);
  });
});

describe('countTokens()', () => {
  const whole: CountTokensCommandInput = {
    modelId,
    input: { converse: { messages: hi, system: [{ text: 'a' }] } },
  };

  it.each<[given: object, means: object]>([
    [{ prompt: 'Hi', system: 'a' }, whole],
    [
      { messages: [{ role: 'user', content: 'Hi' }], system: ['a'], inferenceConfig: { maxTokens: 5 } },
      whole,
    ],
    [{ input: { converse: { prompt: 'Hi', system: 'a' } } }, whole],
    [{ input: { converse: { messages: [{ role: 'user', content: ['Hi'] }], system: 'a' } } }, whole],
    [
      { input: { invokeModel: { body: new Uint8Array([1]) } } },
      { modelId, input: { invokeModel: { body: new Uint8Array([1]) } } },
    ],
    [{ ...whole, system: undefined, toolConfig: null, guardrailConfig: null }, whole],
  ])('reads %o', (given, means) => {
    expect(readCountRequest(deepFrozen({ modelId, ...given }) as never)).toEqual(means);
  });

  it.each<[given: object, says: RegExp]>([
    [{ input: 'Hi' }, /^input is a string\. Pass \{ converse \}, \{ invokeModel \}/],
    [{ input: {} }, /^input has no member/],
    [
      { input: { converse: { messages: hi, prompt: 'Hi' } } },
      /^input\.converse\.prompt and input\.converse\.messages are both set/,
    ],
    [
      { input: { converse: { messages: hi } }, prompt: 'Hi' },
      /^input is set together with prompt, which would not be counted\. Put it into input\.converse\.$/,
    ],
    [{ input: { converse: { messages: hi } }, system: 'a' }, /^input is set together with system, which/],
    [
      { input: { converse: { messages: hi } }, additionalModelRequestFields: { top_k: 5 } },
      /^input is set together with additionalModelRequestFields, which/,
    ],
    [
      { input: { converse: { messages: hi } }, toolConfig: { tools: [] } },
      /^input is set together with toolConfig, which/,
    ],
    [
      { input: { converse: { messages: hi } }, inferenceConfig: { maxTokens: 5 } },
      /^input is set together with inferenceConfig, which/,
    ],
    [
      { input: { converse: { messages: [{ role: 'user', content: 5 }] } } },
      /^input\.converse\.messages\.0\.content is 5/,
    ],
    [{ input: { converse: { messages: hi, region: 'x' } } }, /^input\.converse\.region .*in the options/],
    [{ input: { invokeModel: { body: {} } } }, /^input\.invokeModel\.body is an object\. Pass a Uint8Array/],
  ])('refuses %o', (given, says) => {
    expect(refusal({ modelId, ...given }, readCountRequest)).toMatch(says);
  });
});

it('a request of AWS is one of ours, and a block of an answer goes back in', () => {
  const block: ContentBlock = { text: 'a' };
  const request: ConverseStreamCommandInput = {
    modelId,
    messages: [{ role: 'assistant', content: [block] }],
  };
  expect(readRequest(request)).toBe(request);
});
