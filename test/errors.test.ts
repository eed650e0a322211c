import { expect, it, vi } from 'vitest';
import { BedrockError, isBedrockError, withFacts } from '../src/errors.js';

const INIT = { code: 'ERR_INPUT', name: 'InputError', message: 'No.' } as const;

it('isBedrockError knows the errors of every copy of the library; instanceof knows those of its own', async () => {
  vi.resetModules();
  const copy = await import('../src/errors.js');
  const foreign = new copy.BedrockError(INIT);
  expect(isBedrockError(foreign)).toBe(true);
  expect(foreign).not.toBeInstanceOf(BedrockError);
  expect(new BedrockError(INIT)).toBeInstanceOf(BedrockError);
  expect(new BedrockError(INIT)).toBeInstanceOf(Error);
  for (const other of [new Error('No.'), { ...INIT }, null, undefined, 'No.']) {
    expect(isBedrockError(other)).toBe(false);
  }
});

it('more facts make another error of the same class with the same cause, stack and other facts', () => {
  class QuotaError extends BedrockError {
    unit = 'tokens';
  }
  const cause = new Error('Why.');
  const error = new QuotaError({ ...INIT, status: 429, attempts: 1, retryable: true, cause });
  const copy = withFacts(error, { attempts: 3, requestId: 'id', status: undefined });
  expect(copy).toBeInstanceOf(QuotaError);
  expect({ ...copy }).toEqual({ ...error, attempts: 3, requestId: 'id' });
  expect(copy).toMatchObject({ name: 'InputError', message: 'No.', stack: error.stack, unit: 'tokens' });
  expect(copy.cause).toBe(cause);
  expect(isBedrockError(copy)).toBe(true);
  expect(error.attempts).toBe(1);
  expect(error.requestId).toBeUndefined();
});
