import type { ConverseEvent, ConverseStream } from 'bedrock-anywhere';
import { ensure, equal, matches, rejection, until } from '../check.js';
import { ask, client, failure, fault, MODEL, PING, PONG, REASONING_MODEL } from '../requests.js';
import type { Case, Context } from '../suite.js';

const SCRIPTS = 'Zürich, Ελλάδα, 東京, 🇪🇺👩‍👩‍👧 é';

/** Firefox closes the connection of a body that was cancelled only when more of it arrives. */
const SLOWLY = { fault: 'delay=50' };

/** Answers that reach this runtime through a server of the user's own, and those that leave it as responses. */
export function responses(): Case[] {
  return [
    {
      name: 'fromResponse() has the events and bytes of the endpoint',
      async run(context) {
        const direct = await all(client(context).stream({ ...ask('think'), modelId: REASONING_MODEL }));
        const events = await all(await visit(context, 'think', { modelId: REASONING_MODEL }));
        equal(withoutTimes(events), withoutTimes(direct));
        ensure(JSON.stringify(events).includes('"redactedContent":{'), 'The bytes are not bytes.');
      },
    },
    {
      name: 'fromResponse() gives text, pieces and the whole answer',
      async run(context) {
        equal(await (await visit(context, 'scripts: Zürich')).text(), SCRIPTS);
        const answer = await visit(context, 'ping');
        const pieces: string[] = [];
        for await (const piece of answer.textStream()) pieces.push(piece);
        ensure(pieces.length > 1, 'The text came in one piece.');
        equal(pieces.join(''), PONG);
        matches(await answer.result(), { stopReason: 'end_turn', warnings: [] });
      },
    },
    {
      name: 'leaving the loop of fromResponse() closes the connection to Bedrock',
      async run(context) {
        const answer = await visit(context, 'on and on', SLOWLY);
        for await (const { type } of answer) {
          if (type !== 'contentBlockDelta') continue;
          await isOpen(context);
          break;
        }
        await context.server.untilQuiet();
        matches(await failure(context, answer.result()), { code: 'ERR_CANCELLED' });
      },
    },
    {
      name: 'cancel() of fromResponse() closes the connection to Bedrock, and its readers hear of it',
      async run(context) {
        const answer = await visit(context, 'on and on', SLOWLY);
        const reading = failure(context, all(answer));
        await isOpen(context);
        await answer.cancel('enough');
        matches(await reading, { code: 'ERR_CANCELLED' });
        await context.server.untilQuiet();
      },
    },
    {
      name: 'an abort of fromResponse() is the own reason and closes the connection to Bedrock',
      async run(context) {
        const controller = new AbortController();
        const reason = { own: 'reason' };
        const { signal } = controller;
        const answer = await visit(context, 'on and on', SLOWLY, signal);
        const reading = rejection(all(answer));
        await isOpen(context);
        controller.abort(reason);
        ensure((await reading) === reason, 'It rejected with something else.');
        await context.server.untilQuiet();
      },
    },
    {
      name: 'a failure before the head arrives with its code, and words for end users',
      async run(context) {
        const error = await failure(
          context,
          (await visit(context, 'ping', { modelId: 'no.such-model' })).text(),
        );
        matches(error, {
          code: 'ERR_INPUT',
          message: 'The server is not set up correctly for this request.',
          status: 500,
          retryable: false,
        });
        ensure(typeof error.requestId === 'string', 'The id of the request is missing.');
      },
    },
    {
      name: 'a failure in mid-stream arrives with its code and what had arrived',
      async run(context) {
        for (const [how, code] of [
          ['exception=modelStreamErrorException@3', 'ERR_MODEL'],
          ['truncate=500', 'ERR_TRUNCATED'],
        ] as const) {
          const answer = await visit(context, 'ping', { fault: how });
          matches(await failure(context, answer.text()), { code, status: 200 });
          const [block] = answer.partial.message.content ?? [];
          ensure(block?.text !== undefined && PONG.startsWith(block.text), `It had given "${block?.text}"`);
        }
      },
    },
    {
      name: 'a page of HTML in the place of an answer is ERR_PROTOCOL',
      async run(context) {
        const page = new Response('<h1>Log in</h1>', { headers: { 'content-type': 'text/html' } });
        const error = await failure(context, context.lib.fromResponse(page).text());
        matches(error, { code: 'ERR_PROTOCOL', status: 200 });
        ensure(error.message.includes('Log in'), error.message);
      },
    },
    {
      name: 'toResponse() tells onError alone what went wrong, and fromResponse() reads it in the same program',
      async run(context) {
        const told: unknown[] = [];
        const onError = (error: unknown) => void told.push(error);
        const response = await client(context)
          .stream(PING, fault('exception=modelStreamErrorException@3'))
          .toResponse({ onError });
        const error = await failure(context, context.lib.fromResponse(response).result());
        matches(error, { code: 'ERR_MODEL', message: 'The service failed.' });
        equal(told.length, 1, 'How often onError was called');
        matches(told[0], { name: 'ModelStreamErrorException' });
      },
    },
    {
      name: 'toTextResponse() is the text, and breaks off at a failure',
      async run(context) {
        const whole = await client(context).stream(ask('scripts: Zürich')).toTextResponse();
        equal(
          [whole.status, whole.headers.get('content-type'), await whole.text()],
          [200, 'text/plain; charset=utf-8', SCRIPTS],
        );
        const broken = await client(context).stream(PING, fault('truncate=500')).toTextResponse();
        await rejection(broken.text());
      },
    },
    {
      name: 'cancelling the body of toTextResponse() closes the connection to Bedrock',
      async run(context) {
        const response = await client(context).stream(PING, fault('stall=3')).toTextResponse();
        await isOpen(context);
        await response.body?.cancel();
        await context.server.untilQuiet();
      },
    },
  ];
}

/** The stream of a visitor of the user's server. */
async function visit(
  { lib, server }: Context,
  text: string,
  { modelId = MODEL, fault }: { modelId?: string; fault?: string } = {},
  signal?: AbortSignal,
): Promise<ConverseStream> {
  const response = await server.chat({ text, modelId, ...(fault !== undefined && { fault }) });
  return lib.fromResponse(response, { signal });
}

async function all(events: AsyncIterable<ConverseEvent>): Promise<ConverseEvent[]> {
  const kept: ConverseEvent[] = [];
  for await (const event of events) kept.push(event);
  return kept;
}

/** What differs from call to call is left out. */
function withoutTimes(events: readonly ConverseEvent[]): object[] {
  return events.map((event) => (event.type === 'metadata' ? { ...event, metrics: undefined } : event));
}

function isOpen({ server }: Context): Promise<void> {
  return until(async () => (await server.live()) === 1, 'The server has no connection to close.');
}
