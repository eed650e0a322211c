import type { ContentBlock, Cost, MessageInput, RunnableTools } from '../../index.js';
import type { AskOptions } from '../ask/ask.js';
import type { Connection } from '../ask/connection.js';
import type { Config } from '../settings/config-file.js';

/** A conversation in the terminal. */
export interface Session {
  connection: Connection;
  modelId: string;
  system: string | undefined;
  messages: MessageInput[];
  /** For each message, the model that was used then: `/model` may have changed it since. */
  models: string[];
  /** Files for the next message. */
  attachments: { path: string; block: ContentBlock }[];
  tools: RunnableTools | undefined;
  options: Pick<AskOptions, 'maxTokens' | 'temperature'>;
  config: Config;
  /** What all answers cost; undefined if the price of one is unknown. */
  total: Pick<Cost, 'total' | 'estimated'> | undefined;
  turns: number;
}
