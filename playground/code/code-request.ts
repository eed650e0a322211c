import type { MessageInput } from 'bedrock-anywhere';
import type { Connection } from '../connection/connection.js';
import type { RequestFrame } from '../request/compose.js';

/** A request to be written as code. No secret is part of it. */
export interface CodeRequest {
  connection: Connection;
  frame: RequestFrame;
  messages: readonly MessageInput[];
  /** Names of the page's tools that the model may call. */
  tools: readonly string[];
}
