import { expect, it, vi } from 'vitest';
import { BedrockError, isBedrockError } from '../src/errors.js';

const INIT = { code: 'ERR_INPUT', name: 'InputError', message: 'No.' } as const;

it('instanceof knows the errors of every copy of the library, and nothing else', async () => {
  vi.resetModules();
  const copy = await import('../src/errors.js');
  expect(copy.BedrockError).not.toBe(BedrockError);
  const error = new copy.BedrockError(INIT);
  expect(error instanceof BedrockError).toBe(true);
  expect(error instanceof Error).toBe(true);
  expect(isBedrockError(error)).toBe(true);
  for (const other of [new Error('No.'), { ...INIT }, null, undefined, 'No.']) {
    expect(other instanceof BedrockError).toBe(false);
  }
});

it('a subclass knows its own alone', () => {
  class QuotaError extends BedrockError {}
  expect(new QuotaError(INIT) instanceof QuotaError).toBe(true);
  expect(new QuotaError(INIT) instanceof BedrockError).toBe(true);
  expect(new BedrockError(INIT) instanceof QuotaError).toBe(false);
});
