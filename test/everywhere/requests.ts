import type {
  Bedrock,
  BedrockError,
  CallOptions,
  ClientOptions,
  ConverseStreamRequest,
} from 'bedrock-anywhere';
import { ensure, equal, rejection } from './check.js';
import type { Context, Core } from './suite.js';

export const MODEL = 'amazon.nova-lite-v1:0';

/** One that takes its own reasoning back. */
export const REASONING_MODEL = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

/** What `PING` is answered with. */
export const PONG = 'pong pong pong pong';

/** A request with this text; the server's script has answers for some. */
export function ask(text: string): ConverseStreamRequest & { modelId: string } {
  return { modelId: MODEL, messages: [{ role: 'user', content: [{ text }] }] };
}

export const PING = ask('ping');

/** The library with access keys, unless other options are given. */
export function client(
  { lib, setup }: { lib: Core } & Pick<Context, 'setup'>,
  options: ClientOptions = {},
): Bedrock {
  const { url: endpoint, region, keys: credentials } = setup;
  return lib.createBedrock({ endpoint, region, credentials, ...options });
}

/** Options that make the local Bedrock fail as it is asked to; across origins its header passes preflight. */
export function fault(how: string, options: CallOptions = {}): CallOptions {
  return { ...options, headers: { 'x-local-fault': how } };
}

/** The local Bedrock counts refusals of a call over all runtimes. */
export const ALWAYS_THROTTLED = 'throttle=999999999';

/** The library's own error that a promise rejects with. */
export async function failure({ lib }: Context, promise: PromiseLike<unknown>): Promise<BedrockError> {
  const error = await rejection(promise);
  ensure(lib.isBedrockError(error), `It rejected with ${String(error)}`);
  return error;
}

/** The server has seen no request, nor one that took its time: another that is sent now comes after it. */
export async function nothingSent(context: Context): Promise<void> {
  await client(context).converse(PING);
  equal(await context.server.lines(), ['Converse 200']);
}
