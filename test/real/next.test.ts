import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EDGE_STUBS } from '../edge-vm.js';
import { describeNext } from './next-app.js';

const require = createRequire(import.meta.url);

describeNext('dev', (folder) => {
  it('has in its edge sandbox the stubs that the tests of the edge VM have', () => {
    const constants = require(join(folder, 'node_modules/next/dist/shared/lib/constants.js')) as {
      EDGE_UNSUPPORTED_NODE_APIS: string[];
    };
    expect([...EDGE_STUBS].sort()).toEqual([...constants.EDGE_UNSUPPORTED_NODE_APIS].sort());
  });
});
