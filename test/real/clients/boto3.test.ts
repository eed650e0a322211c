import { describe, it } from 'vitest';
import { allCases } from './cases/all.js';
import { testControl } from './cases/control.js';
import { testExceptions } from './cases/exceptions.js';
import { testRoutes } from './cases/routes.js';
import { testEmbeddings, testRerank } from './cases/vectors.js';
import { Client } from './client.js';
import { findBoto3 } from './python.js';
import { testClient } from './suite.js';

const version = findBoto3();

if (version === undefined) {
  describe('boto3:', () => {
    it.skip('skipped: no boto3 that knows Converse', () => {});
  });
} else {
  testClient(
    { name: `boto3 ${version}`, start: () => Client.ofPython('boto.py'), regionFrom: ['AWS_DEFAULT_REGION'] },
    ...allCases,
    testControl,
    testExceptions,
    testRoutes,
    testEmbeddings,
    testRerank,
  );
}
