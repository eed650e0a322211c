/** The suite in a page; its own server has the control routes. */
import * as lib from 'bedrock-anywhere';
import { runAndReport } from '../suite.js';

const inMemory = lib.memoryStorage();
const storages = {
  memory: () => inMemory,
  localStorage: () => localStorage,
  IndexedDB: () => lib.indexedDBStorage(),
};
void runAndReport(lib, () => storages, location.origin);
