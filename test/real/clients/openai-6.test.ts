import { testOpenAi } from './openai.js';

testOpenAi('openai-6');
