import { run } from './app.js';

Object.assign(globalThis, { run });
