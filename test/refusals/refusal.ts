import type { LocalModel } from '../../src/local/account/account.js';

/** A request that the service refuses, in its own words. */
export interface Refusal {
  /** What is wrong, as it completes "refuses …". */
  what: string;
  modelId: string;
  /** Members of the model that are not the usual ones. */
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
  /** What gets past it: repair by default, `repair: 'all'`, `adapt: true`, the caller by the error's advice, or nothing. */
  client: 'repairs' | 'repairs with all' | 'adapts' | 'says what to do' | 'cannot help';
  /** What the error has to say, if that is what the client does. */
  advice?: RegExp;
}
