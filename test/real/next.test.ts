import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EDGE_STUBS } from '../edge-vm.js';
import { describeNext } from './next-app.js';

describeNext('dev', (folder) => {
  it('has in its edge sandbox the stubs that the tests of the edge VM have', () => {
    const require = createRequire(join(folder, 'package.json'));
    const { EDGE_UNSUPPORTED_NODE_APIS } = require('next/dist/shared/lib/constants.js') as {
      EDGE_UNSUPPORTED_NODE_APIS: string[];
    };
    expect([...EDGE_STUBS].sort()).toEqual([...EDGE_UNSUPPORTED_NODE_APIS].sort());
  });
});
