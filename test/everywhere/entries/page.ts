/** The suite in a page; its own server has the control routes. */
import * as lib from 'bedrock-anywhere';
import * as gateway from 'bedrock-anywhere/gateway';
import { report, runSuite } from '../suite.js';

const inMemory = lib.memoryStorage();
const storages = {
  memory: () => inMemory,
  localStorage: () => localStorage,
  IndexedDB: () => lib.indexedDBStorage(),
};

function mayEvaluate(): boolean {
  try {
    return new Function('return true')() as boolean;
  } catch {
    return false;
  }
}

const isStrict = location.pathname === '/strict';
void (mayEvaluate() === isStrict
  ? report(location.origin, { crashed: `The policy of ${location.pathname} is not in force.` })
  : runSuite({ ...lib, ...gateway }, () => storages, location.origin));
