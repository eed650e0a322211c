import { testOwnProvider } from '../clients/ai-sdk.js';

testOwnProvider('ai-6');
