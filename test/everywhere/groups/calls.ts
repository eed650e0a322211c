import type { InvokeRequest, InvokeStream } from 'bedrock-anywhere';
import { ensure, equal, matches } from '../check.js';
import { ask, client, failure, fault, MODEL, PING, PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

const INVOKE: InvokeRequest = {
  modelId: MODEL,
  body: { messages: [{ role: 'user', content: [{ text: 'ping' }] }] },
};
/** What Nova answers. */
interface Answer {
  output: { message: { content: unknown[] } };
}

const EMBEDDINGS = 'amazon.titan-embed-text-v2:0';

/** Calls that are functions of their own. */
export function calls(): Case[] {
  return [
    {
      name: 'invokeModel() returns the answer of the model, with its counts',
      async run(context) {
        const { lib } = context;
        const { body, contentType, json, usage } = await lib.invokeModel(INVOKE, given(context));
        equal(contentType, 'application/json');
        equal(json<Answer>().output.message.content, [{ text: PONG }]);
        ensure(body instanceof Uint8Array && body.length > 0, 'There are no bytes.');
        // A page of another origin does not see the headers that count.
        const isCounted = (usage?.outputTokens ?? 0) > 0;
        equal(isCounted, !context.setup.crossOrigin, 'Whether there is usage');
      },
    },
    {
      name: 'invokeModelStream() gives parsed chunks and bytes, up to the end that the model says',
      async run(context) {
        const chunks = await all(context.lib.invokeModelStream(INVOKE, given(context)));
        const text = chunks.map(({ json }) => textOf(json)).join('');
        equal(text, PONG);
        for (const { bytes, json } of chunks) equal(JSON.parse(new TextDecoder().decode(bytes)), json);
      },
    },
    {
      name: 'invokeModelStream() is truncated where its bytes end, and has the chunks so far',
      async run(context) {
        const options = { ...given(context), ...fault('truncate=400') };
        const error = await failure(context, context.lib.invokeModelStream(INVOKE, options).result());
        equal(error.code, 'ERR_TRUNCATED');
        ensure((error.chunks?.length ?? 0) > 0, 'The chunks are lost.');
      },
    },
    {
      name: 'leaving the loop of invokeModelStream() closes the connection',
      async run(context) {
        const long = { ...INVOKE, body: { messages: [{ role: 'user', content: [{ text: 'on and on' }] }] } };
        for await (const _ of context.lib.invokeModelStream(long, given(context))) break;
        await context.server.untilQuiet();
      },
    },
    {
      name: 'embed() embeds any number of values, in their order',
      async run(context) {
        const { embed } = context.lib;
        const values = Array.from({ length: 12 }, (_, i) => `text ${i}`);
        const request = { modelId: EMBEDDINGS, dimensions: 256 };
        const { embeddings } = await embed({ ...request, values }, given(context));
        equal(await context.server.lines(), Array(12).fill('InvokeModel 200'));
        const [last] = (await embed({ ...request, values: ['text 11'] }, given(context))).embeddings;
        equal([embeddings.length, embeddings[0]?.length, embeddings[11]], [12, 256, last]);
      },
    },
    {
      name: 'rerank() ranks all documents',
      async run(context) {
        const documents = ['Sheep eat grass.', 'High water is at noon.', 'It rains.'];
        const request = { modelId: 'cohere.rerank-v3-5:0', query: 'When is high water?', documents };
        const { results } = await context.lib.rerank(request, given(context));
        equal([results.length, results[0]?.index], [3, 1]);
      },
    },
    {
      name: 'runTools() runs the tools that the model calls, until it answers',
      async run(context) {
        const { lib } = context;
        const cities: unknown[] = [];
        const run = lib.runTools(
          {
            ...ask('weather in Bern'),
            tools: {
              get_weather: lib.tool({
                description: 'The weather in a city.',
                input: { type: 'object', properties: { city: { type: 'string' } } },
                run: (input) => {
                  cities.push(input);
                  return '21';
                },
              }),
            },
          },
          given(context),
        );
        matches(await run.result(), { text: 'It is 21 degrees.', isFinished: true });
        equal(cities, [{ city: 'Bern' }]);
      },
    },
    {
      name: 'fallback: the next model answers where the first is not accessible',
      async run(context) {
        const answer = await client(context).converse(
          { ...PING, modelId: 'amazon.nova-pro-v1:0' },
          { fallback: [MODEL] },
        );
        matches(answer, { text: PONG, modelId: MODEL, attempts: 2 });
      },
    },
  ];
}

/** The options of a call that is a function of its own. */
function given(context: Context): { client: ReturnType<typeof client> } {
  return { client: client(context) };
}

async function all<T>(stream: InvokeStream<T>) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function textOf(json: unknown): string {
  const { contentBlockDelta } = json as { contentBlockDelta?: { delta?: { text?: string } } };
  return contentBlockDelta?.delta?.text ?? '';
}
