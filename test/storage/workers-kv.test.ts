import { type WorkersKv, workersKvStorage } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';

const binding: WorkersKv = {
  get: async () => null,
  put: async () => {},
  delete: async () => {},
};

describe('workersKvStorage', () => {
  it.each([0, 59, 60.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %s seconds',
    (expirationTtlSeconds) => {
      expect(() => workersKvStorage(binding, { expirationTtlSeconds })).toThrow('60 or more');
      expect(() => workersKvStorage(binding, { expirationTtlSeconds })).toThrow(
        expect.objectContaining({ code: 'ERR_INPUT' }),
      );
    },
  );

  it('says what to do when the Worker has no such binding', () => {
    const env = {} as { MODELS: WorkersKv };
    expect(() => workersKvStorage(env.MODELS)).toThrow('kv_namespaces');
  });
});
