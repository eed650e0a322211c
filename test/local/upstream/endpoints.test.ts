import type { LocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { askMantle, dataOf, framesOf, type Json } from '../endpoints/post.js';
import {
  answers,
  bodiesOf,
  chunk,
  completion,
  line,
  setUp,
  streams,
  streamsText,
  usageChunk,
} from './server.js';

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const CALL = {
  id: 'call_first0001',
  type: 'function',
  function: { name: 'get_weather', arguments: '{"city":"Bern"}' },
};
const COUNTED = { usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 } };

/** A request of each protocol that offers a tool. */
const PROTOCOLS: [name: string, path: string, body: Json][] = [
  [
    'Chat Completions',
    '/v1/chat/completions',
    {
      model: 'openai.gpt-oss-120b',
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: SCHEMA } }],
      stream_options: { include_usage: true },
    },
  ],
  [
    'Responses',
    '/v1/responses',
    {
      model: 'openai.gpt-oss-120b',
      input: 'Hi',
      tools: [{ type: 'function', name: 'get_weather', parameters: SCHEMA }],
    },
  ],
  [
    'Messages',
    '/anthropic/v1/messages',
    {
      model: 'anthropic.claude-haiku-4-5',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ name: 'get_weather', input_schema: SCHEMA }],
    },
  ],
];

const ask = (local: LocalBedrock, path: string, body: Json): Promise<Response> =>
  askMantle(local, path, body, {
    ...(path.startsWith('/anthropic') && { headers: { 'anthropic-version': '2023-06-01' } }),
  });

describe.each(PROTOCOLS)('%s', (_name, path, body) => {
  const withoutUsage = ({ stream_options: _ofStreams, ...rest }: Json): Json => rest;

  it('has answers with text, tool calls and tokens from the upstream', async () => {
    const message = { content: 'Let me look.', tool_calls: [CALL] };
    const { local, server } = await setUp(answers(completion(message, 'tool_calls', COUNTED)));
    const response = await ask(local, path, withoutUsage(body));
    const text = JSON.stringify(await response.json());
    expect({ status: response.status, text }).toMatchObject({ status: 200 });
    for (const part of ['Let me look.', 'get_weather', 'Bern']) expect(text).toContain(part);
    expect(text).toMatch(/"(?:prompt|input)_tokens":11/);
    expect(text).toMatch(/"(?:completion|output)_tokens":3/);
    expect(bodiesOf(server)).toMatchObject([
      {
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [{ type: 'function', function: { name: 'get_weather', parameters: SCHEMA } }],
      },
    ]);
  });

  it('streams them', async () => {
    const { local } = await setUp(
      streams(
        chunk({ content: 'Let me ' }),
        chunk({ content: 'look.' }),
        chunk({ tool_calls: [{ ...CALL, index: 0 }] }),
        chunk({}, 'tool_calls'),
        usageChunk(11, 3),
      ),
    );
    const shown = JSON.stringify(dataOf(await framesOf(await ask(local, path, { ...body, stream: true }))));
    expect(shown.indexOf('"look."')).toBeGreaterThan(shown.indexOf('"Let me "'));
    expect(shown.indexOf('"Let me "')).toBeGreaterThan(0);
    expect(shown).toContain('get_weather');
    expect(shown).toContain('Bern');
    expect(shown).toMatch(/"(?:completion|output)_tokens":3/);
  });

  it('has no finished answer where the upstream breaks off', async () => {
    const { local } = await setUp(streamsText(line(chunk({ content: 'Hello' }))));
    const response = await ask(local, path, { ...body, stream: true });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('did not complete its answer: its stream ended before the answer did.');
    expect(text).not.toMatch(/"finish_reason":"\w|response\.completed|message_stop/);
  });

  it('says why the upstream cannot answer', async () => {
    const { local } = await setUp(answers({ error: { message: 'out of memory' } }, 500));
    for (const stream of [true, false]) {
      const response = await ask(local, path, { ...withoutUsage(body), stream });
      expect(response.status).toBe(503);
      expect(await response.text()).toContain('answered with 500: out of memory.');
    }
  });
});
