import type { ClientOptions } from 'bedrock-anywhere';
import { ensure, equal, matches, until } from '../check.js';
import { ALWAYS_THROTTLED, client, MODEL, PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };
const CITY = { city: 'Bern' };

// biome-ignore lint/suspicious/noExplicitAny: answers of three protocols are read by their members.
type Json = any;

/** One of the protocols that the gateway speaks. */
interface Spoken {
  path: string;
  /** A request with this text, and with a tool. */
  ask(text: string): object;
  /** The same with a call of the tool that was answered, and its result. */
  answerCall(call: Call): object;
  textOf(answer: Json): string;
  callOf(answer: Json): Call;
  /** The text of a whole stream. */
  textOfStream(events: Json[]): string;
  /** What the last event is at the end of a complete answer, and of one that failed. */
  isEnd(event: Json): boolean;
  isFailure(event: Json): boolean;
  /** Error of an answer with a status. */
  errorOf(answer: Json): { type: string; message: string };
}

interface Call {
  id: string;
  name: string;
  input: unknown;
}

const SPOKEN: Readonly<Record<string, Spoken>> = {
  'Chat Completions': {
    path: '/v1/chat/completions',
    ask: (text) => ({
      messages: [{ role: 'user', content: text }],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: SCHEMA } }],
    }),
    answerCall: ({ id, name, input }) => ({
      messages: [
        { role: 'user', content: 'weather' },
        {
          role: 'assistant',
          tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }],
        },
        { role: 'tool', tool_call_id: id, content: '21' },
      ],
    }),
    textOf: ({ choices }) => choices[0].message.content,
    callOf({ choices }) {
      const { id, function: called } = choices[0].message.tool_calls[0];
      return { id, name: called.name, input: JSON.parse(called.arguments) };
    },
    textOfStream: (events) => events.map(({ choices }) => choices?.[0]?.delta.content ?? '').join(''),
    isEnd: (event) => event === '[DONE]',
    isFailure: ({ error }) => error !== undefined,
    errorOf: ({ error }) => error,
  },
  Responses: {
    path: '/v1/responses',
    ask: (text) => ({ input: text, tools: [{ type: 'function', name: 'get_weather', parameters: SCHEMA }] }),
    answerCall: ({ id, name, input }) => ({
      input: [
        { role: 'user', content: 'weather' },
        { type: 'function_call', call_id: id, name, arguments: JSON.stringify(input) },
        { type: 'function_call_output', call_id: id, output: '21' },
      ],
    }),
    textOf: ({ output }) => output.find(({ type }: Json) => type === 'message').content[0].text,
    callOf({ output }) {
      const { call_id, name, arguments: json } = output.find(({ type }: Json) => type === 'function_call');
      return { id: call_id, name, input: JSON.parse(json) };
    },
    textOfStream: (events) =>
      events
        .filter(({ type }) => type === 'response.output_text.delta')
        .map(({ delta }) => delta)
        .join(''),
    isEnd: (event) => event === '[DONE]',
    isFailure: ({ type }) => type === 'error',
    errorOf: ({ error }) => error,
  },
  Messages: {
    path: '/v1/messages',
    ask: (text) => ({
      max_tokens: 1000,
      messages: [{ role: 'user', content: text }],
      tools: [{ name: 'get_weather', input_schema: SCHEMA }],
    }),
    answerCall: ({ id, name, input }) => ({
      max_tokens: 1000,
      tools: [{ name: 'get_weather', input_schema: SCHEMA }],
      messages: [
        { role: 'user', content: 'weather' },
        { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: '21' }] },
      ],
    }),
    textOf: ({ content }) => content[0].text,
    callOf: ({ content }) => content.find(({ type }: Json) => type === 'tool_use'),
    textOfStream: (events) => events.map(({ delta }) => delta?.text ?? '').join(''),
    isEnd: ({ type }) => type === 'message_stop',
    isFailure: ({ type }) => type === 'error',
    errorOf: ({ error }) => error,
  },
};

/** The gateway as a fetch handler of this runtime. */
export function gateway(): Case[] {
  return [
    ...Object.entries(SPOKEN).flatMap(([name, spoken]) => casesOf(name, spoken)),
    {
      name: 'a request without the key never reaches Bedrock',
      async run(context) {
        const { send } = open(context);
        const { status } = await send('/v1/messages', {}, { key: 'wrong' });
        equal([status, await context.server.lines()], [401, []]);
      },
    },
    {
      name: 'close() lets a stream end by itself, and refuses what comes after it',
      async run(context) {
        const { send, close } = open(context);
        const body = { messages: [{ role: 'user', content: 'ping' }], stream: true };
        const response = await send('/v1/chat/completions', body);
        const closed = close();
        equal((await send('/v1/chat/completions', body)).status, 503);
        equal(eventsOf(await response.text()).at(-1), '[DONE]');
        await closed;
      },
    },
  ];
}

function casesOf(name: string, spoken: Spoken): Case[] {
  const { path, ask, answerCall, textOf, callOf, textOfStream, isEnd, isFailure, errorOf } = spoken;
  return [
    {
      name: `${name}: an answer, whole and as a stream`,
      async run(context) {
        const { send } = open(context);
        const whole = await send(path, ask('ping'));
        equal([whole.status, textOf(await whole.json())], [200, PONG]);
        const response = await send(path, { ...ask('ping'), stream: true });
        equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
        const events = eventsOf(await response.text());
        equal(textOfStream(events), PONG);
        ensure(isEnd(events.at(-1)), `It ends with ${JSON.stringify(events.at(-1))}`);
      },
    },
    {
      name: `${name}: a tool call, and its result`,
      async run(context) {
        const { send } = open(context);
        const call = callOf(await (await send(path, ask('weather'))).json());
        matches(call, { name: 'get_weather', input: CITY });
        equal(textOf(await (await send(path, answerCall(call))).json()), 'It is 21 degrees.');
      },
    },
    {
      name: `${name}: failures before and in the answer`,
      async run(context) {
        const { send } = open(context);
        const refused = await send(path, ask('ping'), { fault: ALWAYS_THROTTLED });
        equal([refused.status, refused.headers.get('retry-after') !== null], [429, true]);
        ensure(
          errorOf(await refused.json()).message.includes('Please try again'),
          'It does not say what to do.',
        );
        const response = await send(path, { ...ask('ping'), stream: true }, { fault: 'truncate=500' });
        const events = eventsOf(await response.text());
        ensure(isFailure(events.at(-1)), `It ends with ${JSON.stringify(events.at(-1))}`);
        ensure(!events.some(isEnd), 'It looks complete.');
      },
    },
    {
      name: `${name}: a client that leaves closes the connection to Bedrock`,
      async run(context) {
        const { send, close } = open(context);
        const response = await send(path, { ...ask('ping'), stream: true }, { fault: 'stall=3' });
        const reader = (response.body as ReadableStream<Uint8Array>).getReader();
        await reader.read();
        await isOpen(context);
        await reader.cancel();
        await context.server.untilQuiet();

        const left = new AbortController();
        const whole = send(path, ask('ping'), { fault: 'delay=60000', signal: left.signal });
        await isOpen(context);
        left.abort();
        equal((await whole).status, 499);
        await context.server.untilQuiet();
        await close();
      },
    },
  ];
}

function open(context: Context, options: ClientOptions = {}) {
  const { fetch, close } = context.lib.createGateway({
    bedrock: client(context, { maxAttempts: 1, ...options }),
    authorize: (_request, { key }) => (key === 'k' ? { name: 'me' } : undefined),
    forwardHeaders: ['x-local-fault'],
  });
  const send = (
    path: string,
    body: object,
    { fault, key = 'k', signal }: { fault?: string; key?: string; signal?: AbortSignal } = {},
  ): Promise<Response> =>
    fetch(
      new Request(`http://gateway.test${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...(fault !== undefined && { 'x-local-fault': fault }),
        },
        body: JSON.stringify({ model: MODEL, ...body }),
        ...(signal && { signal }),
      }),
    );
  return { send, close };
}

/** What is behind `data:` in each event. */
function eventsOf(text: string): Json[] {
  return text
    .split('\n\n')
    .flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? [])
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)));
}

function isOpen({ server }: Context): Promise<void> {
  return until(async () => (await server.live()) === 1, 'The server has no connection to close.');
}
