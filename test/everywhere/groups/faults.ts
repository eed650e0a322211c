import type { BedrockError, ConverseResult } from 'bedrock-anywhere';
import { ensure, equal, matches } from '../check.js';
import { ALWAYS_THROTTLED, client, failure, fault, PING, PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

/** Faults that come in mid-stream, after some of the answer. */
const MIDWAY: Readonly<Record<string, { code: string; name?: string; retryable?: boolean }>> = {
  'exception=modelStreamErrorException@3': { code: 'ERR_MODEL', name: 'modelStreamErrorException' },
  'exception=throttlingException@3': { code: 'ERR_THROTTLED', name: 'throttlingException' },
  'error-frame=InternalFailure@3': { code: 'ERR_SERVICE', name: 'InternalFailure' },
  'truncate=500': { code: 'ERR_TRUNCATED' },
  'flip=500': { code: 'ERR_PROTOCOL' },
  'reset=500': { code: 'ERR_NETWORK' },
};

/** What goes wrong at the service and on the way. */
export function faults(): Case[] {
  return [
    {
      name: 'throttle=2: the third attempt goes through',
      async run(context) {
        equal(await client(context).stream(PING, fault('throttle=2')).text(), PONG);
        equal(await context.server.lines(), [
          'ConverseStream 429',
          'ConverseStream 429',
          'ConverseStream 200',
        ]);
      },
    },
    {
      name: 'throttled for good: given up after the attempts allowed',
      async run(context) {
        const answer = client(context, { maxAttempts: 2 }).stream(PING, fault(ALWAYS_THROTTLED));
        matches(await failure(context, answer.text()), {
          code: 'ERR_THROTTLED',
          status: 429,
          retryable: true,
          attempts: 2,
        });
        equal((await context.server.lines()).length, 2);
      },
    },
    ...Object.entries(MIDWAY).map(([how, expected]) => ({
      name: `${how}: an error with what had arrived`,
      async run(context: Context) {
        const { error, text, calls } = await brokenMidway(context, (waitMs) => ({
          how: how.startsWith('reset') ? `${how},delay=${waitMs}` : how,
        }));
        matches(error, { code: expected.code, phase: 'stream' });
        if (expected.name !== undefined) equal(error.name.toLowerCase(), expected.name.toLowerCase());
        const { message } = error.partial as ConverseResult;
        ensure(text !== '' && PONG.startsWith(text) && text !== PONG, `It had given "${text}"`);
        equal(message.content, [{ text }], 'What had arrived');
        const once = Array.from({ length: calls }, () => 'ConverseStream 200');
        equal(await context.server.lines(), once, 'What was sent');
      },
    })),
    {
      name: 'an exception before any content: the call begins again',
      async run(context) {
        const answer = client(context, { maxAttempts: 2 }).stream(
          PING,
          fault('exception=modelStreamErrorException@1'),
        );
        matches(await failure(context, answer.text()), { code: 'ERR_MODEL', attempts: 2 });
        equal(await context.server.lines(), ['ConverseStream 200', 'ConverseStream 200']);
      },
    },
    {
      name: 'stall=3: idleTimeoutMs ends it, and the connection',
      async run(context) {
        const { error, text } = await brokenMidway(context, (waitMs) => ({
          how: 'stall=3',
          idleTimeoutMs: waitMs,
        }));
        matches(error, { code: 'ERR_TIMEOUT', name: 'TimeoutError', retryable: false, phase: 'stream' });
        ensure(text !== '', 'Nothing had arrived.');
        await context.server.untilQuiet();
      },
    },
    {
      name: 'timeoutMs ends a call that takes too long',
      async run(context) {
        const call = client(context).converse(PING, fault('delay=60000', { timeoutMs: 300 }));
        matches(await failure(context, call), { code: 'ERR_TIMEOUT', name: 'TimeoutError' });
        await context.server.untilQuiet();
      },
    },
    {
      name: 'delay=20: slow is no failure',
      async run(context) {
        equal(await client(context).stream(PING, fault('delay=20')).text(), PONG);
      },
    },
    {
      name: 'status=503: tried again, then told',
      async run(context) {
        const answer = client(context, { maxAttempts: 2 }).stream(PING, fault('status=503'));
        matches(await failure(context, answer.text()), {
          code: 'ERR_SERVICE',
          status: 503,
          retryable: true,
          attempts: 2,
        });
      },
    },
    {
      name: 'status=403 and 404: told apart by what the body says',
      async run(context) {
        const denied = client(context).converse(PING, fault('status=403:AccessDeniedException'));
        const error = await failure(context, denied);
        equal(error.code, 'ERR_ACCESS_DENIED');
        ensure(error.message.includes('bedrock:InvokeModel'), error.message);
        const missing = client(context).converse(PING, fault('status=404:ResourceNotFoundException'));
        equal((await failure(context, missing)).code, 'ERR_NOT_FOUND');
      },
    },
    {
      name: 'html: the page of a proxy is named as such',
      async run(context) {
        const answer = client(context, { maxAttempts: 1 }).stream(PING, fault('html'));
        const error = await failure(context, answer.text());
        // The page of a proxy allows no origin, so that a browser shows nothing of it.
        if (context.setup.crossOrigin) matches(error, { code: 'ERR_NETWORK', status: undefined });
        else {
          matches(error, { code: 'ERR_SERVICE', status: 502 });
          ensure(error.message.includes('502 Bad Gateway'), error.message);
        }
      },
    },
    {
      name: 'not-eventstream: a 200 of something else is no answer',
      async run(context) {
        const answer = client(context, { maxAttempts: 1 }).stream(PING, fault('not-eventstream=html'));
        matches(await failure(context, answer.text()), { code: 'ERR_PROTOCOL', status: 200 });
      },
    },
    {
      name: 'redirect: never followed',
      async run(context) {
        const answer = client(context, { maxAttempts: 1 }).stream(PING, fault('redirect'));
        const { code } = await failure(context, answer.text());
        // A redirect that allows no origin is a failed request in a browser.
        ensure(code === 'ERR_REDIRECT' || (context.setup.crossOrigin && code === 'ERR_NETWORK'), code);
      },
    },
    {
      name: 'connection refused: ERR_NETWORK that says what to check',
      async run(context) {
        const bedrock = client(context, { endpoint: context.setup.closedUrl, maxAttempts: 2 });
        const error = await failure(context, bedrock.stream(PING).text());
        matches(error, { code: 'ERR_NETWORK', retryable: true, attempts: 2, phase: 'request' });
        ensure(error.message.includes(new URL(context.setup.closedUrl).host), error.message);
      },
    },
  ];
}

/** A fault, and the option that makes it one. */
type Fault = { how: string; idleTimeoutMs?: number };

/**
 * Reads until it breaks, in the middle of the text. Bun drops what it has not handed out yet when a connection breaks, and
 * a busy machine may be silent before anything has arrived: then there is more time for it.
 */
async function brokenMidway(
  context: Context,
  make: (waitMs: number) => Fault,
): Promise<{ error: BedrockError; text: string; calls: number }> {
  for (let calls = 1, waitMs = 50; ; calls += 1, waitMs *= 5) {
    const outcome = await broken(context, make(waitMs));
    if (outcome.text !== '' || waitMs > 5_000) return { ...outcome, calls };
  }
}

async function broken(
  context: Context,
  { how, ...options }: Fault,
): Promise<{ error: BedrockError; text: string }> {
  // Without retries, so that each call is one request also where nothing arrived before it broke.
  const answer = client(context, { maxAttempts: 1, ...options }).stream(PING, fault(how));
  let text = '';
  const reading = (async () => {
    for await (const piece of answer.textStream()) text += piece;
  })();
  return { error: await failure(context, reading), text };
}
