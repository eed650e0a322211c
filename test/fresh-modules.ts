import { afterAll, vi } from 'vitest';

/** Files that share a thread share what they import from npm. The library itself is loaded anew for each: it keeps state. */
afterAll(() => vi.resetModules());
