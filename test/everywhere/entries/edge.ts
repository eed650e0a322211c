/** The suite in Vercel's edge VM, which has scripts but no modules. */
import * as lib from 'bedrock-anywhere';
import * as gateway from 'bedrock-anywhere/gateway';
import { runSuite } from '../suite.js';

const inMemory = lib.memoryStorage();
const run = (control: string) =>
  runSuite({ ...lib, ...gateway }, () => ({ memory: () => inMemory }), control);
Object.assign(globalThis, { run });
