import type { LocalModel } from '../../src/local/account/account.js';

/** A request that the service refuses, with the sentence that it answers. */
export interface Refusal {
  /** What is wrong, as it completes "refuses …". */
  what: string;
  modelId: string;
  /** Members in which the model differs from the usual ones. */
  model?: Partial<LocalModel>;
  /** The operation that refuses it. Default: Converse and ConverseStream. */
  only?: 'converse' | 'converse-stream';
  /** The Converse body, with bytes in base64, as it goes over the wire. */
  body: object;
  /** Default: 400. */
  status?: number;
  /** Default: `ValidationException`. */
  exception?: string;
  /** The recorded sentence. A pattern only where the sentence names ids or counts of one request. */
  message: string | RegExp;
  /** Where the sentence was recorded, or where the rule is written; then it begins with "not recorded". */
  source: string;
  /** When the source was read, YYYY-MM-DD. */
  read: string;
  /** What helps: repair by default, `repair: 'all'`, `adapt: true`, the advice in the error, or nothing. */
  client: 'repairs' | 'repairs with all' | 'adapts' | 'says what to do' | 'cannot help';
  /** The advice that the error has to give, if that is what the client does. */
  advice?: RegExp;
}
