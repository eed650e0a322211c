import { describeNext } from './next-app.js';

describeNext('start');
