import type { BedrockFetch, BedrockFetchOptions } from 'bedrock-anywhere';
import { ensure, equal, rejection } from '../check.js';
import { PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

const MESSAGES = [{ role: 'user', content: 'ping' }];
const LONG = [{ role: 'user', content: 'on and on' }];
const CLAUDE = 'anthropic.claude-opus-5';

/** The clients of OpenAI and Anthropic through `createBedrockFetch()`: Chat Completions, Responses and Messages. */
export function protocols(): Case[] {
  return [
    {
      name: 'Chat Completions, signed, whole and as a stream',
      async run(context) {
        const model = 'openai.gpt-oss-120b-1:0';
        const bedrock = create(context, { protocol: 'openai', model });
        const body = { model, messages: MESSAGES };
        const whole = await (await post(bedrock, '/chat/completions', body)).json();
        equal(whole.choices[0].message.content, PONG);
        const response = await post(bedrock, '/chat/completions', { ...body, stream: true });
        const lines = dataOf(await response.text());
        equal(lines.at(-1), '[DONE]');
        const pieces = lines.slice(0, -1).map((line) => JSON.parse(line).choices[0]?.delta.content ?? '');
        equal(pieces.join(''), PONG);
      },
    },
    {
      name: 'Responses of the host mantle, with an API key',
      async run(context) {
        const model = 'openai.gpt-5.6-sol';
        const credentials = context.lib.fromBearerToken(context.setup.apiKey);
        const bedrock = create(context, { protocol: 'openai', model, credentials });
        const response = await post(bedrock, '/responses', { model, input: 'ping', stream: true });
        const events = dataOf(await response.text()).map((line) => JSON.parse(line));
        equal(events.at(-1).type, 'response.completed');
        const pieces = events.filter(({ type }) => type === 'response.output_text.delta');
        equal(pieces.map(({ delta }) => delta).join(''), PONG);
      },
    },
    {
      name: 'Messages of the host mantle, signed; leaving the stream closes the connection',
      async run(context) {
        const bedrock = create(context, { protocol: 'anthropic', model: CLAUDE });
        const body = { model: CLAUDE, max_tokens: 50_000 };
        const whole = await (await post(bedrock, '/v1/messages', { ...body, messages: MESSAGES })).json();
        equal(whole.content, [{ type: 'text', text: PONG }]);
        const response = await post(bedrock, '/v1/messages', { ...body, messages: LONG, stream: true });
        const reader = response.body?.getReader();
        const { value } = (await reader?.read()) ?? {};
        ensure(
          new TextDecoder().decode(value).startsWith('event: message_start'),
          'The stream did not start.',
        );
        await reader?.cancel();
        await context.server.untilQuiet();
      },
    },
    {
      name: 'a refusal reaches the client as it came',
      async run(context) {
        const bedrock = create(context, { protocol: 'anthropic', model: CLAUDE });
        const response = await post(bedrock, '/v1/messages', { model: CLAUDE, messages: MESSAGES });
        const { type, error } = await response.json();
        equal([response.status, type, error.type], [400, 'error', 'invalid_request_error']);
      },
    },
    {
      name: 'nothing is signed for another host',
      async run(context) {
        const { fetch } = create(context, { protocol: 'anthropic', model: CLAUDE });
        const error = await rejection(
          fetch('https://other.example/v1/messages', { method: 'POST', body: '{}' }),
        );
        ensure(context.lib.isBedrockError(error) && error.code === 'ERR_INPUT', `It gave ${String(error)}`);
        equal(await context.server.lines(), []);
      },
    },
  ];
}

function create({ lib, setup }: Context, options: BedrockFetchOptions): BedrockFetch {
  const { url: endpoint, region, keys: credentials } = setup;
  const client = lib.createBedrock({ endpoint, region, credentials: options.credentials ?? credentials });
  const { credentials: _bound, ...rest } = options;
  return lib.createBedrockFetch({ ...rest, client });
}

function post({ baseURL, fetch }: BedrockFetch, path: string, body: object): Promise<Response> {
  return fetch(baseURL + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body),
  });
}

/** What is behind `data:` in each event. */
function dataOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.startsWith('data:') ? line.slice(5).trim() : []));
}
