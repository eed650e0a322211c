import type { ConverseStream } from 'bedrock-anywhere';
import { ensure, equal, matches, pause, rejection, until } from '../check.js';
import { ALWAYS_THROTTLED, client, failure, fault, nothingSent, PING, PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

/** How a reader may leave a stream that has more to come. */
const WAYS: Readonly<Record<string, (answer: ConverseStream, context: Context) => Promise<void>>> = {
  async 'leaving the loop with break'(answer, { server }) {
    for await (const { type } of answer) {
      if (type !== 'contentBlockDelta') continue;
      await isOpen(server);
      break;
    }
  },
  async 'leaving the loop with an error'(answer, { server }) {
    const thrown = new Error('of the caller');
    const leave = async () => {
      for await (const { type } of answer) {
        if (type !== 'contentBlockDelta') continue;
        await isOpen(server);
        throw thrown;
      }
    };
    ensure((await rejection(leave())) === thrown, 'The caller got another error.');
  },
  async 'break in textStream()'(answer, { server }) {
    for await (const _ of answer.textStream()) {
      await isOpen(server);
      break;
    }
  },
  async 'return() of the iterator'(answer, { server }) {
    const iterator = answer[Symbol.asyncIterator]();
    await iterator.next();
    await isOpen(server);
    equal(await iterator.return?.(), { done: true });
    equal(await iterator.next(), { done: true });
  },
  async 'cancel() while it is being read'(answer, { server }) {
    const told = rejection(
      (async () => {
        for await (const _ of answer);
      })(),
    );
    await isOpen(server);
    await answer.cancel('enough');
    matches(await told, { code: 'ERR_CANCELLED', cause: 'enough' });
  },
  async 'disposing of it'(answer, { server }) {
    const iterator = answer[Symbol.asyncIterator]();
    await iterator.next();
    await isOpen(server);
    // Where the symbol is missing, the library and compilers agree on this one.
    const key: symbol = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
    await (answer as unknown as Record<symbol, () => Promise<void>>)[key]?.();
  },
  async 'cancelling the web stream'(answer, { server }) {
    const reader = answer.toReadableStream().getReader();
    await reader.read();
    await isOpen(server);
    await reader.cancel();
  },
  async 'cancelling the body of toResponse()'(answer, { server }) {
    const response = await answer.toResponse();
    const reader = response.body?.getReader();
    await reader?.read();
    await isOpen(server);
    await reader?.cancel();
  },
};

/** Leaving a stream and aborting a call: the server sees it. */
export function cancel(): Case[] {
  return [
    ...Object.entries(WAYS).map(([way, leave]) => ({
      name: `${way} closes the connection`,
      async run(context: Context) {
        const answer = client(context).stream(PING, fault('stall=3'));
        await leave(answer, context);
        await context.server.untilQuiet();
        const error = await failure(context, answer.result());
        matches(error, { code: 'ERR_CANCELLED' });
        ensure(typeof error.partial === 'object', 'What had arrived is gone.');
      },
    })),
    {
      name: 'an abort during the stream closes the connection and is the own reason',
      async run(context) {
        const controller = new AbortController();
        const reason = { own: 'reason' };
        const answer = client(context).stream(PING, fault('stall=3', { signal: controller.signal }));
        const error = await rejection(
          (async () => {
            for await (const { type } of answer) {
              if (type !== 'contentBlockDelta') continue;
              await isOpen(context.server);
              controller.abort(reason);
            }
          })(),
        );
        ensure(error === reason, `It rejected with ${String(error)}`);
        await context.server.untilQuiet();
        ensure((await rejection(answer.result())) === reason, 'result() rejects with something else.');
      },
    },
    {
      name: 'an abort while the next event is awaited',
      async run(context) {
        const controller = new AbortController();
        const text = client(context)
          .stream(PING, fault('stall=2', { signal: controller.signal }))
          .text();
        const gone = rejection(text);
        await isOpen(context.server);
        controller.abort();
        matches(await gone, { name: 'AbortError' });
        ensure((await gone) === controller.signal.reason, 'The reason is another one.');
        await context.server.untilQuiet();
      },
    },
    {
      name: 'an abort before the answer has begun',
      async run(context) {
        const controller = new AbortController();
        const gone = rejection(
          client(context).converse(PING, fault('delay=60000', { signal: controller.signal })),
        );
        await isOpen(context.server);
        controller.abort('too slow');
        equal(await gone, 'too slow');
        await context.server.untilQuiet();
      },
    },
    {
      name: 'an abort while a retry is waited for',
      async run(context) {
        const controller = new AbortController();
        const { signal } = controller;
        let sent = 0;
        const counted: typeof fetch = (...request) => {
          sent += 1;
          return fetch(...request);
        };
        const bedrock = client(context, { maxAttempts: 50, fetch: counted });
        const gone = rejection(bedrock.converse(PING, fault(ALWAYS_THROTTLED, { signal })));
        await until(async () => (await context.server.lines()).length > 0, 'Nothing was sent.');
        controller.abort('not that long');
        equal(await gone, 'not that long');
        const before = sent;
        // Another call waits for its attempts as long as this one would have.
        equal(await client(context).stream(PING, fault('throttle=2')).text(), PONG);
        equal(sent, before, 'How many requests were sent');
      },
    },
    {
      name: 'a signal that is aborted already: nothing is sent',
      async run(context) {
        const controller = new AbortController();
        controller.abort('before');
        const { signal } = controller;
        const bedrock = client(context);
        equal(await rejection(bedrock.stream(PING, { signal }).text()), 'before');
        equal(await rejection(bedrock.converse(PING, { signal })), 'before');
        equal(await rejection(bedrock.countTokens(PING, { signal })), 'before');
        equal(await rejection(bedrock.discover({ signal, refreshInterval: 0 })), 'before');
        await nothingSent(context);
      },
    },
    {
      name: 'an abort of discover() closes its connections',
      async run(context) {
        const controller = new AbortController();
        const { signal } = controller;
        const gone = rejection(client(context).discover({ ...fault('delay=60000'), signal }));
        await until(async () => (await context.server.live()) === 3, 'Not all of it was asked.');
        controller.abort('too slow');
        equal(await gone, 'too slow');
        await context.server.untilQuiet();
      },
    },
    {
      name: 'a slow reader loses nothing',
      async run(context) {
        let text = '';
        for await (const piece of client(context).stream(PING, fault('delay=5')).textStream()) {
          await pause(15);
          text += piece;
        }
        equal(text, PONG);
      },
    },
    {
      name: 'a call after a cancelled one goes through',
      async run(context) {
        const bedrock = client(context);
        const left = bedrock.stream(PING, fault('stall=3'));
        for await (const _ of left) break;
        equal(await bedrock.stream(PING).text(), PONG);
      },
    },
  ];
}

function isOpen(server: Context['server']): Promise<void> {
  return until(async () => (await server.live()) === 1, 'The server has no connection to close.');
}
