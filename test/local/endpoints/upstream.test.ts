import { describe, expect, it } from 'vitest';
import {
  answers,
  bodiesOf,
  chunk,
  completion,
  line,
  openStream,
  setUp,
  streams,
  usageChunk,
} from '../upstream/server.js';
import { askMantle, dataOf, framesOf, type Json } from './post.js';

const call = (delta: object) => chunk({ tool_calls: [{ index: 0, ...delta }] });
/** Reasoning, text and a call. */
const WHOLE = answers(
  completion(
    {
      reasoning_content: 'Bern, then.',
      content: 'I look.',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bern"}' } },
      ],
    },
    'tool_calls',
    { usage: { prompt_tokens: 17, completion_tokens: 9, total_tokens: 26 } },
  ),
);

/** The same as a stream. */
const STREAM = streams(
  chunk({ role: 'assistant', reasoning_content: 'Bern, ' }),
  chunk({ reasoning_content: 'then.' }),
  chunk({ content: 'I ' }),
  chunk({ content: 'look.' }),
  call({ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":' } }),
  call({ function: { arguments: '"Bern"}' } }),
  chunk({}, 'tool_calls'),
  usageChunk(17, 9),
);

const schema = { type: 'object', properties: { city: { type: 'string' } } };
const messages = [{ role: 'user', content: 'Weather in Bern?' }];
const VERSION = { headers: { 'anthropic-version': '2023-06-01' } };

/** A request in each protocol, and what its answer says of text, input and tokens. */
const PROTOCOLS = {
  chat: {
    path: '/v1/chat/completions',
    body: {
      model: 'openai.gpt-oss-120b',
      messages,
      temperature: 0.5,
      max_tokens: 50,
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: schema } }],
    },
    read: ({ choices, usage }: Json) => {
      const [{ message }] = choices as [
        { message: { content: string; tool_calls: { function: { arguments: string } }[] } },
      ];
      const { prompt_tokens: input, completion_tokens: output } = usage as Json;
      return {
        text: message.content,
        input: message.tool_calls[0]?.function.arguments,
        tokens: [input, output],
      };
    },
    last: (events: Json[]) => events.at(-1)?.['usage'],
  },
  responses: {
    path: '/v1/responses',
    body: {
      model: 'openai.gpt-oss-120b',
      input: 'Weather in Bern?',
      temperature: 0.5,
      max_output_tokens: 50,
      tools: [{ type: 'function', name: 'get_weather', parameters: schema }],
    },
    read: ({ output, usage }: Json) => {
      const [, message, use] = output as [Json, { content: { text: string }[] }, { arguments: string }];
      const { input_tokens: input, output_tokens: tokens } = usage as Json;
      return { text: message.content[0]?.text, input: use.arguments, tokens: [input, tokens] };
    },
    last: (events: Json[]) => (Object(events.at(-1)?.['response']) as Json)['usage'],
  },
  messages: {
    path: '/anthropic/v1/messages',
    body: {
      model: 'anthropic.claude-haiku-4-5',
      messages,
      temperature: 0.5,
      max_tokens: 50,
      tools: [{ name: 'get_weather', input_schema: schema }],
    },
    read: ({ content, usage }: Json) => {
      const [, text, use] = content as [Json, { text: string }, { input: object }];
      const { input_tokens: input, output_tokens: output } = usage as Json;
      return { text: text.text, input: JSON.stringify(use.input), tokens: [input, output] };
    },
    last: (events: Json[]) => events.at(-2)?.['usage'],
  },
};

describe.each(Object.entries(PROTOCOLS))('a real model behind %s', (_name, { path, body, read, last }) => {
  it('answers, whole', async () => {
    const { local, server } = await setUp(WHOLE);
    const response = await askMantle(local, path, body, VERSION);
    expect(read((await response.json()) as Json)).toEqual({
      text: 'I look.',
      input: '{"city":"Bern"}',
      tokens: [17, 9],
    });
    expect(bodiesOf(server)[0]).toMatchObject({
      model: 'qwen3:8b',
      messages: [{ role: 'user', content: 'Weather in Bern?' }],
      temperature: 0.5,
      tools: [{ function: { name: 'get_weather' } }],
    });
  });

  it('streams, and reports the tokens that it counted', async () => {
    const { local } = await setUp(STREAM);
    const more = path.includes('chat') ? { stream_options: { include_usage: true } } : {};
    const response = await askMantle(local, path, { ...body, ...more, stream: true }, VERSION);
    const events = dataOf(await framesOf(response));
    expect(JSON.stringify(events)).toContain('look.');
    expect(Object.values(last(events) as Json)).toEqual(expect.arrayContaining([17, 9]));
    expect(local.liveConnections()).toBe(0);
  });

  it('fails as Bedrock would', async () => {
    const { local } = await setUp(answers({ error: { message: 'No such model.' } }, 404));
    const response = await askMantle(local, path, body, VERSION);
    expect(response.status).toBe(424);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('No such model.') },
    });
  });

  it('is left when the client leaves', async () => {
    const { local, server } = await setUp((response) => {
      openStream(response);
      response.write(line(chunk({ content: 'One' })));
    });
    const response = await askMantle(local, path, { ...body, stream: true }, VERSION);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await server.clientGone;
    expect(local.liveConnections()).toBe(0);
  });
});
