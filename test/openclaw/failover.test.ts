import { describe, expect, it } from 'vitest';
import { failoverReason, isContextOverflow } from '../../examples/openclaw/failover.mjs';

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
