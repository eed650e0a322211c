import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { type ConverseRequest, createBedrock, type Message } from '../../src/index.js';
import { say, user } from './histories.js';

const MODEL = 'anthropic.claude-opus-5-5';
const system = [say('Be brief.')];

/** A model that has thought once, and the history with its thought. */
async function afterOneTurn(modelId = MODEL) {
  const local = createLocalBedrock({ models: [{ modelId, responseStreamingSupported: true }], profiles: [] });
  const bedrock = createBedrock({ transport: localTransport(local) });
  const fields = { additionalModelRequestFields: { thinking: { type: 'adaptive' } } };
  const first = user(say('Hi'));
  const { message } = await bedrock.converse({ modelId, system, messages: [first], ...fields });
  expect(message.content?.[0]?.reasoningContent?.reasoningText?.signature).toBeTruthy();
  const request = (messages: Message[], more: object = {}): ConverseRequest =>
    ({ modelId, system, messages, ...fields, ...more }) as ConverseRequest;
  return { local, bedrock, request, history: [first, message, user(say('And?'))] };
}

describe('a thought that is bound to its conversation', () => {
  it('is accepted behind it, by the same model and from a stream too', async () => {
    const { bedrock, request, history } = await afterOneTurn();
    const { message } = await bedrock.stream(request(history)).result();
    const longer = [...history, message, user(say('And then?'))];
    expect((await bedrock.converse(request(longer))).repairs).toEqual([]);
  });

  const changes: [what: string, change: (history: Message[]) => { messages?: Message[] } & object][] = [
    ['another system prompt', () => ({ system: [say('Be long.')] })],
    [
      'other tools',
      () => ({
        toolConfig: { tools: [{ toolSpec: { name: 'a', inputSchema: { json: { type: 'object' } } } }] },
      }),
    ],
    ['a summary of what was before', ([, ...rest]) => ({ messages: [user(say('Summary: hi.')), ...rest] })],
  ];
  it.each(changes)('is rejected with %s, and adapt gets past it', async (_what, change) => {
    const { local, bedrock, request, history } = await afterOneTurn();
    const changed = request(history, change(history));
    await expect(bedrock.converse(changed, { repair: 'all' })).rejects.toMatchObject({
      message: expect.stringContaining('The block is bound to a different conversation.'),
    });
    const { repairs } = await bedrock.converse(changed, { adapt: true });
    expect(repairs).toMatchObject([
      { kind: 'reasoning', path: 'additionalModelRequestFields.thinking.block_binding' },
    ]);
    // The next call knows.
    const before = local.requests.length;
    await bedrock.converse(changed, { adapt: true });
    expect(local.requests.length).toBe(before + 1);
  });

  it('is omitted where thinking is off', async () => {
    const { bedrock, request, history } = await afterOneTurn('anthropic.claude-haiku-5-5');
    const fields = { additionalModelRequestFields: { thinking: { type: 'disabled' } }, system: [] };
    const { repairs } = await bedrock.converse(request(history, fields), { adapt: true });
    expect(repairs).toMatchObject([{ kind: 'reasoning', path: 'messages.1.content.0' }]);
  });

  it('does not concern older models', async () => {
    const { bedrock, request, history } = await afterOneTurn('anthropic.claude-opus-5');
    const { repairs } = await bedrock.converse(request(history, { system: [say('Be long.')] }));
    expect(repairs).toEqual([]);
  });
});
