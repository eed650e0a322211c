import type { ConverseEvent, ConverseStreamRequest } from 'bedrock-anywhere';
import { ensure, equal, matches } from '../check.js';
import { ask, client, failure, MODEL, nothingSent, PING, PONG, REASONING_MODEL } from '../requests.js';
import type { Case } from '../suite.js';

const WEATHER: ConverseStreamRequest & { modelId: string } = {
  ...ask('weather in Bern'),
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: 'get_weather',
          inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } },
        },
      },
    ],
  },
};

/** Answers, in each of the forms that they can be read in. */
export function streaming(): Case[] {
  return [
    {
      name: 'events come in order, with their type',
      async run(context) {
        const events = await all(client(context).stream(PING));
        const types = events.map(({ type }) => type);
        equal(types[0], 'messageStart');
        equal(types.slice(-3), ['contentBlockStop', 'messageStop', 'metadata']);
        ensure(types.filter((type) => type === 'contentBlockDelta').length > 1, types.join(' '));
        ensure(!JSON.stringify(events).includes('"p":'), 'Padding reached the user.');
      },
    },
    {
      name: 'textStream() gives the pieces, result() the whole',
      async run(context) {
        const answer = client(context).stream(PING);
        const pieces: string[] = [];
        for await (const piece of answer.textStream()) pieces.push(piece);
        equal(pieces.join(''), PONG);
        ensure(pieces.length > 1, 'The text came in one piece.');
        const result = await answer.result();
        matches(result, { stopReason: 'end_turn', toolUses: [], warnings: [] });
        equal(result.message, { role: 'assistant', content: [{ text: PONG }] });
      },
    },
    {
      name: 'text() and result() read by themselves',
      async run(context) {
        equal(await client(context).stream(PING).text(), PONG);
        equal((await client(context).stream(PING).result()).message.content, [{ text: PONG }]);
      },
    },
    {
      name: 'usage, metrics, cost and the id of the request',
      async run(context) {
        const price = { input: 1_000_000, output: 2_000_000 };
        const { usage, metrics, cost, requestId } = await client(context).stream(PING, { price }).result();
        const { inputTokens = 0, outputTokens = 0, totalTokens } = usage ?? {};
        ensure(inputTokens > 0 && outputTokens > 0, 'There is no usage.');
        equal(totalTokens, inputTokens + outputTokens);
        equal(cost?.total, inputTokens + 2 * outputTokens, 'The cost');
        equal(typeof metrics?.latencyMs, 'number');
        // CORS hides the header from a page unless the service exposes it.
        equal(typeof requestId, context.setup.crossOrigin ? 'undefined' : 'string', 'The type of requestId');
      },
    },
    {
      name: 'a tool use is parsed, and its result goes back',
      async run(context) {
        const bedrock = client(context);
        const { message, toolUses, stopReason } = await bedrock.stream(WEATHER).result();
        equal(stopReason, 'tool_use');
        const [use] = toolUses;
        matches(use, { name: 'get_weather', input: { city: 'Bern' } });
        const toolResult = { toolUseId: use?.toolUseId ?? '', content: [{ json: { degrees: 21 } }] };
        const messages = [
          ...(WEATHER.messages ?? []),
          message,
          { role: 'user' as const, content: [{ toolResult }] },
        ];
        equal(await bedrock.stream({ ...WEATHER, messages }).text(), 'It is 21 degrees.');
      },
    },
    {
      name: 'reasoning, signed and redacted, can be sent back',
      async run(context) {
        const bedrock = client(context);
        const { message } = await bedrock.stream({ ...ask('think'), modelId: REASONING_MODEL }).result();
        equal(message.content, [
          { reasoningContent: { reasoningText: { text: 'First this, then that.', signature: 'c2ln' } } },
          { reasoningContent: { redactedContent: new Uint8Array([0, 1, 2, 253, 254, 255]) } },
          { text: 'Done.' },
        ]);
        const messages = [...(ask('think').messages ?? []), message, ...(PING.messages ?? [])];
        equal(await bedrock.stream({ modelId: REASONING_MODEL, messages }).text(), PONG);
        const sent = (await context.server.seen()).at(-1)?.body as { messages: { content: object[] }[] };
        equal(sent.messages[1]?.content[1], { reasoningContent: { redactedContent: 'AAEC/f7/' } });
      },
    },
    {
      name: 'an image of 300 KiB and a document arrive as they are',
      async run(context) {
        const bytes = Uint8Array.from({ length: 300 * 1024 }, (_, index) => (index * 7) % 256);
        const content = [
          { text: 'ping' },
          { image: { format: 'png' as const, source: { bytes } } },
          {
            document: { name: 'notes', format: 'txt' as const, source: { bytes: new Uint8Array([72, 105]) } },
          },
        ];
        const request = { modelId: MODEL, messages: [{ role: 'user' as const, content }] };
        equal(await client(context).stream(request).text(), PONG);
        const [seen] = await context.server.seen();
        const { messages } = Object(seen?.body) as { messages: { content: Record<string, Media>[] }[] };
        const sent = messages[0]?.content;
        equal(sent?.[2]?.['document']?.source.bytes, 'SGk=', 'The document');
        ensure(sameBytes(sent?.[1]?.['image']?.source.bytes ?? '', bytes), 'The image is another one.');
      },
    },
    {
      name: 'an answer that comes in pieces of a few bytes is the same',
      async run(context) {
        const whole = await all(client(context).stream(ask('whole')));
        const pieces = await all(client(context).stream(ask('in pieces')));
        equal(pieces, whole);
      },
    },
    {
      name: 'a long answer',
      async run(context) {
        const text = await client(context).stream(ask('long')).text();
        equal(
          [text.length, text.slice(0, 18), text.slice(-10)],
          [20_888, 'word 0, word 1, wo', ' word 1999'],
        );
      },
    },
    {
      name: 'text of many scripts',
      async run(context) {
        equal(
          await client(context).stream(ask('scripts: Zürich')).text(),
          'Zürich, Ελλάδα, 東京, 🇪🇺👩‍👩‍👧 é',
        );
      },
    },
    {
      name: '20 streams at once',
      async run(context) {
        const bedrock = client(context);
        const texts = await Promise.all(Array.from({ length: 20 }, () => bedrock.stream(PING).text()));
        equal([...new Set(texts)], [PONG]);
      },
    },
    {
      name: 'toReadableStream() is a web stream of events',
      async run(context) {
        const reader = client(context).stream(PING).toReadableStream().getReader();
        const types: string[] = [];
        for (let step = await reader.read(); !step.done; step = await reader.read())
          types.push(step.value.type);
        equal([types[0], types.at(-1)], ['messageStart', 'metadata']);
      },
    },
    {
      name: 'toResponse() answers with server-sent events, and with the status of a failure',
      async run(context) {
        const response = await client(context).stream(PING).toResponse();
        equal(
          [response.status, response.headers.get('content-type')],
          [200, 'text/event-stream; charset=utf-8'],
        );
        const events = (await response.text()).trim().split('\n\n');
        ensure(events[0]?.startsWith('event: messageStart\ndata: {'), events[0] ?? 'nothing');
        const failed = await client(context)
          .stream({ ...PING, modelId: 'no.such-model' })
          .toResponse();
        const { error } = (await failed.json()) as { error: { code: string } };
        equal([failed.status, error.code], [500, 'ERR_INPUT']);
      },
    },
    {
      name: 'a guardrail intervenes, with its trace',
      async run(context) {
        const guardrailConfig = {
          guardrailIdentifier: 'localguardrail',
          guardrailVersion: '1',
          trace: 'enabled' as const,
        };
        const { stopReason, trace } = await client(context, { guardrailConfig })
          .stream(ask('swordfish'))
          .result();
        equal([stopReason, typeof trace?.guardrail], ['guardrail_intervened', 'object']);
      },
    },
    {
      name: 'converse() gives the whole answer at once',
      async run(context) {
        const { message, usage, stopReason } = await client(context).converse(PING);
        equal([message.content, stopReason], [[{ text: PONG }], 'end_turn']);
        ensure((usage?.totalTokens ?? 0) > 0, 'There is no usage.');
      },
    },
    {
      name: 'countTokens() counts what the answer is charged for',
      async run(context) {
        const counted = await client(context).countTokens({ ...PING, modelId: REASONING_MODEL });
        const { usage } = await client(context).converse({ ...PING, modelId: REASONING_MODEL });
        equal(counted, usage?.inputTokens);
      },
    },
    {
      name: 'nothing is sent before the stream is read, and it is read once',
      async run(context) {
        const answer = client(context).stream(PING);
        const iterator = answer[Symbol.asyncIterator]();
        await nothingSent(context);
        for (let step = await iterator.next(); !step.done; step = await iterator.next());
        const again = await failure(
          context,
          (async () => {
            for await (const _ of answer);
          })(),
        );
        equal(again.code, 'ERR_INPUT');
        equal(await context.server.lines(), ['Converse 200', 'ConverseStream 200']);
      },
    },
    {
      name: 'a request that is wrong is told by the service',
      async run(context) {
        const error = await failure(context, client(context).converse({ ...PING, modelId: 'no.such-model' }));
        matches(error, { code: 'ERR_INPUT', status: 400, retryable: false, attempts: 1 });
      },
    },
    {
      name: 'only headers that AWS lets pass preflight are sent',
      async run(context) {
        await client(context, { credentials: context.setup.session }).stream(PING).text();
        const [seen] = await context.server.seen();
        const own = Object.keys(seen?.headers ?? {}).filter((name) =>
          /^(x-amz|amz-|auth|content-type)/.test(name),
        );
        equal(own.sort(), ['authorization', 'content-type', 'x-amz-date', 'x-amz-security-token']);
      },
    },
  ];
}

interface Media {
  source: { bytes: string };
}

async function all(events: AsyncIterable<ConverseEvent>): Promise<ConverseEvent[]> {
  const kept: ConverseEvent[] = [];
  for await (const event of events) kept.push(event);
  return kept;
}

function sameBytes(base64: string, bytes: Uint8Array): boolean {
  const text = atob(base64);
  return text.length === bytes.length && bytes.every((byte, index) => text.charCodeAt(index) === byte);
}
