import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { PiAssistantMessage } from 'bedrock-anywhere/pi';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failoverReason, isContextOverflow } from '../../examples/openclaw/failover.mjs';
import { ACCOUNT_REFUSALS } from '../refusals/answers.js';
import { OVERFLOWS } from '../refusals/overflows.js';
import { register } from './plugin.js';

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

let local: LocalServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await local?.close();
  local = undefined;
});

interface Refusal {
  name: string;
  message: string;
  status?: number;
  afterEvents?: number;
}

/** The message of a turn that a service refuses in these words, and what OpenClaw is told of it. */
async function refuse(error: Refusal): Promise<PiAssistantMessage & { errorCode?: string }> {
  local = await startLocalBedrock({ port: 0, script: [{ text: 'one two three', error }] });
  vi.stubEnv('AWS_PROFILE', '');
  vi.stubEnv('AWS_ENDPOINT_URL', local.url);
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
  const plugin = register();
  const model = plugin.provider.resolveDynamicModel({ modelId: SONNET });
  const context = { messages: [{ role: 'user' as const, content: 'Hi', timestamp: 1 }] };
  return plugin.provider.createStreamFn({ model })(model, context, { maxRetries: 0 }).result();
}

/** What AWS's words mean for OpenClaw, by what is wrong. */
const REASONS: Readonly<Record<string, string>> = {
  'no payment method': 'model_not_found',
  'no subscription, and no permission to subscribe': 'model_not_found',
  'a subscription in progress': 'model_not_found',
  "Anthropic's form not filled in": 'model_not_found',
  'a legacy model': 'model_not_found',
  'a legacy model, with another exception': 'model_not_found',
  'a retired model': 'model_not_found',
  'a country that Anthropic does not serve': 'model_not_found',
  'a data retention mode that the model does not allow': 'model_not_found',
  'no access to the model': 'model_not_found',
  'a model that needs an inference profile': 'model_not_found',
  'a model that needs an inference profile, in other words': 'model_not_found',
  'an id that does not exist in the region': 'model_not_found',
  // The plugin counts no tokens; in a turn these words would be about the request.
  'CountTokens for a model without token counting, or for the id or ARN of a profile': 'format',
};

/** For all that is not about one model. */
const BY_CODE: Readonly<Record<string, string>> = {
  ERR_ACCESS_DENIED: 'auth_permanent',
  ERR_CREDENTIALS: 'auth',
};

describe('what AWS says', () => {
  it.each(ACCOUNT_REFUSALS)('to $what ($exception)', async ({ what, status, exception, said, code }) => {
    const message = await refuse({ name: exception, message: said, status });
    expect(message.stopReason).toBe('error');
    const errorMessage = message.errorMessage ?? '';
    expect(failoverReason({ errorMessage })).toBe(REASONS[what] ?? BY_CODE[code]);
    expect(isContextOverflow({ errorMessage })).toBe(false);
    // Without a code OpenClaw goes by its own reading of the words, such as "Access denied", and never asks the plugin.
    expect(message.errorCode).toMatch(/^ERR_/);
  });

  it.each(OVERFLOWS)('to a conversation that is too long: $said', async ({ exception, said }) => {
    for (const afterEvents of [undefined, 3]) {
      const message = await refuse({
        name: exception,
        message: said,
        ...(afterEvents !== undefined && { afterEvents }),
      });
      const errorMessage = message.errorMessage ?? '';
      expect(isContextOverflow({ errorMessage }), errorMessage).toBe(true);
      expect(failoverReason({ errorMessage })).toBe('context_overflow');
      await local?.close();
    }
  });
});

describe('why an attempt failed', () => {
  it.each([
    ['Throttling error: Too many requests. [ERR_THROTTLED, retryable]', 'rate_limit'],
    ['Too many tokens per day. [ERR_QUOTA]', 'rate_limit'],
    ['The security token expired. [ERR_CREDENTIALS]', 'auth'],
    ['You may not invoke this. [ERR_ACCESS_DENIED]', 'auth_permanent'],
    ['No such model. [ERR_NOT_FOUND]', 'model_not_found'],
    ['Validation error: nonsense. [ERR_INPUT]', 'format'],
    ['Model not ready. [ERR_MODEL, retryable]', 'overloaded'],
    ['Internal server error: oops. [ERR_SERVICE, retryable]', 'server_error'],
    ['fetch failed. [ERR_NETWORK, retryable]', 'timeout'],
    ['Silence. [ERR_TIMEOUT]', 'timeout'],
    ['Cut. [ERR_TRUNCATED, retryable]', 'server_error'],
    ['Validation error: prompt is too long. [ERR_INPUT, context overflow]', 'context_overflow'],
    ['OpenClaw adds words: Throttling error [ERR_THROTTLED, retryable] (attempt 2)', 'rate_limit'],
  ])('%s', (errorMessage, reason) => {
    expect(failoverReason({ errorMessage })).toBe(reason);
  });

  it.each([
    'Blocked. [bedrock, guardrail]',
    'Filtered. [bedrock, content filtered]',
    'The stream was left. [bedrock, aborted]',
    'Too many requests from some other provider',
  ])('is not for OpenClaw to act upon: %s', (errorMessage) => {
    expect(failoverReason({ errorMessage })).toBeUndefined();
  });

  it('overflow alone is an overflow', () => {
    expect(isContextOverflow({ errorMessage: 'Too long. [ERR_INPUT, context overflow]' })).toBe(true);
    expect(isContextOverflow({ errorMessage: 'Wrong. [ERR_INPUT]' })).toBe(false);
    expect(isContextOverflow({ errorMessage: 'prompt is too long' })).toBe(false);
  });
});
