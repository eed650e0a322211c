/** The suite in Vercel's edge VM, which has scripts but no modules. */
import * as lib from 'bedrock-anywhere';
import { runAndReport } from '../suite.js';

const inMemory = lib.memoryStorage();
const run = (control: string) => runAndReport(lib, () => ({ memory: () => inMemory }), control);
Object.assign(globalThis, { run });
