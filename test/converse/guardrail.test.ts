import { describe, expect, it } from 'vitest';
import { type CallOptions, type ConverseStreamRequest, createBedrock } from '../../src/index.js';

const rail = {
  guardrailIdentifier: 'abc123',
  guardrailVersion: '1',
  trace: 'enabled',
  streamProcessingMode: 'async',
} as const;
const other = {
  guardrailIdentifier: 'arn:aws:bedrock:us-east-1:123456789012:guardrail/xyz',
  guardrailVersion: 'DRAFT',
};
const png = new Uint8Array([1, 2, 3]);
const request: ConverseStreamRequest = {
  modelId: 'm',
  messages: [
    { role: 'user', content: [{ text: 'first' }] },
    { role: 'assistant', content: [{ text: 'yes' }] },
    {
      role: 'user',
      content: [
        { text: 'second' },
        { image: { format: 'png', source: { bytes: png } } },
        { image: { format: 'webp', source: { bytes: png } } },
      ],
    },
    { role: 'assistant', content: [{ toolUse: { toolUseId: 't', name: 'n', input: {} } }] },
    { role: 'user', content: [{ toolResult: { toolUseId: 't', content: [{ text: 'r' }] } }] },
  ],
};

type Sent = Record<string, unknown> & { messages: { content: unknown[] }[] };

/** What is sent for a call. */
async function sent(
  call: 'stream' | 'converse' | 'countTokens',
  bound: CallOptions,
  own: object = {},
): Promise<Sent> {
  let body: Sent | undefined;
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    body = JSON.parse(new TextDecoder().decode(init?.body as Uint8Array)) as Sent;
    return Response.json({
      inputTokens: 1,
      stopReason: 'end_turn',
      output: { message: { role: 'assistant', content: [] } },
    });
  };
  const bedrock = createBedrock({ credentials: { token: 'key' }, fetch, ...bound });
  const input = { ...request, ...own };
  await (call === 'stream'
    ? bedrock
        .stream(input)
        .text()
        .catch(() => {})
    : bedrock[call](input));
  if (body === undefined) throw new Error('nothing was sent');
  return body;
}

describe('a default guardrail', () => {
  it('goes with every stream as it is', async () => {
    expect((await sent('stream', { guardrailConfig: rail }))['guardrailConfig']).toEqual(rail);
  });

  it('goes with converse() without streamProcessingMode', async () => {
    const { streamProcessingMode: _, ...rest } = rail;
    expect((await sent('converse', { guardrailConfig: rail }))['guardrailConfig']).toEqual(rest);
  });

  it('does not go with countTokens()', async () => {
    expect(JSON.stringify(await sent('countTokens', { guardrailConfig: rail }))).not.toContain('guardrail');
  });

  it('gives way to the one of the request', async () => {
    expect(
      (await sent('stream', { guardrailConfig: rail }, { guardrailConfig: other }))['guardrailConfig'],
    ).toEqual(other);
  });

  it('is removed by null in the request', async () => {
    expect(await sent('stream', { guardrailConfig: rail }, { guardrailConfig: null })).not.toHaveProperty(
      'guardrailConfig',
    );
  });

  it('takes a trace of enabled, disabled and enabled_full', async () => {
    for (const trace of ['enabled', 'disabled', 'enabled_full'] as const) {
      expect(
        (await sent('stream', { guardrailConfig: { ...rail, trace } }))['guardrailConfig'],
      ).toMatchObject({ trace });
    }
  });
});

describe('guardContent: last-user-message', () => {
  const options: CallOptions = { guardrailConfig: rail, guardContent: 'last-user-message' };

  it('marks text and PNG or JPEG images of the last message of the user that holds any, and nothing else', async () => {
    const { messages } = await sent('stream', options);
    expect(messages[2]?.content).toEqual([
      { guardContent: { text: { text: 'second' } } },
      { guardContent: { image: { format: 'png', source: { bytes: 'AQID' } } } },
      { image: { format: 'webp', source: { bytes: 'AQID' } } },
    ]);
    expect(messages.map(({ content }) => content)).toEqual([
      [{ text: 'first' }],
      [{ text: 'yes' }],
      expect.anything(),
      [{ toolUse: { toolUseId: 't', name: 'n', input: {} } }],
      [{ toolResult: { toolUseId: 't', content: [{ text: 'r' }] } }],
    ]);
    expect(request.messages?.[2]?.content?.[0]).toEqual({ text: 'second' });
  });

  it('leaves a request alone that marks something itself', async () => {
    const messages = [
      { role: 'user', content: [{ guardContent: { text: { text: 'mine' } } }, { text: 'context' }] },
    ];
    expect((await sent('stream', options, { messages })).messages).toEqual(messages);
  });

  it.each<[string, ConverseStreamRequest['messages'], CallOptions]>([
    [
      'to an answer that the model does not continue by itself',
      [
        { role: 'user', content: [{ text: 'asked' }] },
        { role: 'assistant', content: [{ text: '{' }] },
      ],
      { repair: 'all', quirks: () => ({ prefill: false }) },
    ],
    [
      'to a document without text',
      [
        { role: 'user', content: [{ text: 'asked' }] },
        { role: 'assistant', content: [{ text: 'yes' }] },
        { role: 'user', content: [{ document: { format: 'pdf', name: 'a', source: { bytes: png } } }] },
      ],
      {},
    ],
    [
      'in place of a blank message',
      [
        { role: 'user', content: [{ text: 'asked' }] },
        { role: 'assistant', content: [{ text: 'yes' }] },
        { role: 'user', content: [{ text: ' ' }] },
      ],
      {},
    ],
  ])('marks the words of the user, not those that repair adds %s', async (_added, given, more) => {
    const { messages } = await sent('stream', { ...options, ...more }, { messages: given });
    expect(messages[0]?.content).toEqual([{ guardContent: { text: { text: 'asked' } } }]);
    expect(JSON.stringify(messages.slice(1))).not.toContain('guardContent');
    expect(JSON.stringify(messages.at(-1))).toMatch(/Continue\.|\(empty\)/);
  });

  it('marks a message in which the user says the same words', async () => {
    const given = ['asked', 'yes', 'Continue.'].map((text, i) => ({
      role: i === 1 ? 'assistant' : 'user',
      content: [{ text }],
    }));
    const { messages } = await sent('stream', options, { messages: given });
    expect(messages[2]?.content).toEqual([{ guardContent: { text: { text: 'Continue.' } } }]);
  });

  it('does nothing where no guardrail applies', async () => {
    const { messages } = await sent('stream', { guardContent: 'last-user-message' });
    expect(messages[2]?.content[0]).toEqual({ text: 'second' });
  });
});
