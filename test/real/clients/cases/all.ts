import { testAccount } from './account.js';
import { testAnswers } from './answers.js';
import { testFailures } from './failures.js';
import { testInputs } from './inputs.js';
import { testTools } from './tools.js';

/** What every client is tested with. */
export const allCases = [testAnswers, testTools, testInputs, testFailures, testAccount];
