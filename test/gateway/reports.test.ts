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
