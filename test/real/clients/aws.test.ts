import { expect } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { environmentOf, SONNET, startBedrock } from './bedrock.js';
import { allCases } from './cases/all.js';
import { testControl } from './cases/control.js';
import { testExceptions } from './cases/exceptions.js';
import { Client } from './client.js';
import { type DefineCase, type Running, testClient } from './suite.js';

testClient(
  {
    name: clientOf('aws').name,
    start: () => Client.ofNode('aws'),
    regionFrom: ['AWS_REGION'],
  },
  ...allCases,
  testControl,
  testExceptions,
  testClock,
);

function testClock(client: Running, define: DefineCase): void {
  for (const hours of [-1, 1]) {
    define('answer', `corrects a clock that is ${hours} h off`, async () => {
      const bedrock = await startBedrock({ now: () => Date.now() + hours * 3_600_000 });
      await client().run('answer', environmentOf(bedrock), { model: SONNET, prompt: 'Hello' });
      expect(bedrock.requests.map(({ status }) => status)).toEqual([403, 200]);
    });
  }
}
