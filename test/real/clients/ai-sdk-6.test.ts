import { testAiSdk } from './ai-sdk.js';

testAiSdk('ai-6');
