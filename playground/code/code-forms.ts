import { writeAiSdk } from './ai-sdk.js';
import type { CodeRequest } from './code-request.js';
import { writeCurl } from './curl.js';
import { writeLibrary } from './library.js';

/** A way to write a request as code. */
export interface CodeForm {
  title: string;
  language: string;
  write(request: CodeRequest): string;
}

export const CODE_FORMS: readonly CodeForm[] = [
  { title: 'bedrock-anywhere', language: 'ts', write: writeLibrary },
  { title: 'AI SDK', language: 'ts', write: writeAiSdk },
  { title: 'curl', language: 'sh', write: writeCurl },
];
