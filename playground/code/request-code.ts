import type { MessageInput } from 'bedrock-anywhere';
import type { Connection } from '../connection/connection.js';
import type { RequestFrame } from '../request/compose.js';
import { writeAiSdk } from './ai-sdk.js';
import { writeCurl } from './curl.js';
import { writeLibrary } from './library.js';

/** A request to be written as code. No secret is part of it. */
export interface CodeRequest {
  connection: Connection;
  frame: RequestFrame;
  messages: readonly MessageInput[];
  /** Names of the page's tools that the model may call. */
  tools: readonly string[];
}

/** A way to write it. */
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
