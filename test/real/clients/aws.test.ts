import { clientOf } from '../../../scripts/clients/install.mjs';
import { allCases } from './cases/all.js';
import { testControl } from './cases/control.js';
import { Client } from './client.js';
import { testClient } from './suite.js';

testClient(
  {
    name: clientOf('aws').name,
    start: () => Client.ofNode('aws'),
    regionFrom: ['AWS_REGION'],
  },
  ...allCases,
  testControl,
);
