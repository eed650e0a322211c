/** What people reported of other gateways, tried on this one. */
import { describe, expect, it } from 'vitest';
import { collectChat } from './collect-chat.js';
import { collectMessages } from './collect-messages.js';
import { CLAUDE, GPT_OSS, json, setUp } from './setup.js';

const CHAT_TOOL = { type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } };
const TOOL = { name: 'look_up', input_schema: { type: 'object' } };
const PING = [{ role: 'user', content: 'ping' }];

// https://github.com/strands-agents/harness-sdk/issues/644 (live, gpt-oss), /1810 (live, Claude),
// https://github.com/strands-rl/strands-env/pull/252 (the other way round)
describe.each([
  ['end_turn', { toolUse: { name: 'look_up' } }, 'tool_calls', 'tool_use'],
  ['tool_use', { text: 'Hello.' }, 'stop', 'end_turn'],
])('an answer that Bedrock ends with %s, and that has %j,', (stopReason, answer, ofChat, ofMessages) => {
  it('ends so that clients run its calls, and nothing else', async () => {
    const gateway = await setUp({ local: { script: [{ ...answer, stopReason }] } });
    const chat = { model: GPT_OSS, messages: PING, tools: [CHAT_TOOL] };
    const whole = await json(await gateway.send('/v1/chat/completions', chat));
    expect(whole.choices[0].finish_reason).toBe(ofChat);
    const streamed = await gateway.send('/v1/chat/completions', { ...chat, stream: true });
    expect(collectChat(await streamed.text())).toMatchObject({ finish: ofChat });
    const messages = { model: CLAUDE, max_tokens: 100, messages: PING, tools: [TOOL] };
    expect(await json(await gateway.send('/v1/messages', messages))).toMatchObject({
      stop_reason: ofMessages,
    });
    const events = await gateway.send('/v1/messages', { ...messages, stream: true });
    expect(collectMessages(await events.text()).message).toMatchObject({ stop_reason: ofMessages });
  });
});

// https://github.com/Portkey-AI/gateway/issues/1191, https://github.com/BerriAI/litellm/pull/13640; opencode marks its last tool call:
// https://github.com/anomalyco/opencode/issues/3077
describe('the prompt is cached up to a mark that a client puts', () => {
  const cache_control = { type: 'ephemeral', ttl: '1h' };
  const point = { cachePoint: { type: 'default', ttl: '1h' } };
  const use = { toolUse: { toolUseId: 'call_1', name: 'look_up', input: {} } };
  const result = { toolResult: { toolUseId: 'call_1', content: [{ text: 'found' }] } };
  const call = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{}' } };

  function chat(ofCall: object, ofResult: object, ofPart: object): object {
    return {
      model: CLAUDE,
      tools: [CHAT_TOOL],
      messages: [
        ...PING,
        { role: 'assistant', content: null, tool_calls: [{ ...call, ...ofCall }] },
        {
          role: 'tool',
          tool_call_id: 'call_1',
          content: [{ type: 'text', text: 'found', ...ofPart }],
          ...ofResult,
        },
      ],
    };
  }
  const mark = { cache_control };
  const other = { cache_control: { type: 'ephemeral' } };

  it.each([
    ['on a tool call', '/v1/chat/completions', chat(mark, {}, {}), [use, point], [result]],
    ['in the content of a result', '/v1/chat/completions', chat({}, {}, mark), [use], [result, point]],
    ['on a result and in it', '/v1/chat/completions', chat({}, mark, other), [use], [result, point]],
    [
      'in the output of a call',
      '/v1/responses',
      {
        model: CLAUDE,
        tools: [{ type: 'function', name: 'look_up' }],
        input: [
          ...PING,
          { type: 'function_call', call_id: 'call_1', name: 'look_up', arguments: '{}' },
          {
            type: 'function_call_output',
            call_id: 'call_1',
            output: [{ type: 'input_text', text: 'found', cache_control }],
          },
        ],
      },
      [use],
      [result, point],
    ],
  ])('%s (%s)', async (_where, path, body, assistant, user) => {
    const gateway = await setUp();
    const response = await gateway.send(path, body);
    expect(response.status, await response.text()).toBe(200);
    const [, ...messages] = gateway.sent()['messages'] as object[];
    expect(messages).toEqual([
      { role: 'assistant', content: assistant },
      { role: 'user', content: user },
    ]);
  });
});
