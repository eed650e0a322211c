import type { BedrockError } from './errors.js';

/** One request of a call, as hooks see it: without headers and body, so that a log contains no secret. */
export interface RequestDetails {
  /** AWS's name of the operation, such as `ConverseStream`. */
  operation: string;
  /** Id or ARN of the model; undefined for calls without one. */
  modelId: string | undefined;
  method: 'GET' | 'POST';
  url: string;
  /** 1 for the first request of the call. */
  attempt: number;
}

/** Status and request id of a response, as hooks see it. */
export interface ResponseDetails extends RequestDetails {
  /** HTTP status. */
  status: number;
  /** AWS's id of the request. */
  requestId: string | undefined;
}

/** A retry that is about to happen, as hooks see it: `attempt` is the request that failed. */
export interface RetryDetails extends RequestDetails {
  /** Why the request failed. */
  error: BedrockError;
  /** How long the call waits before it sends the next request, in milliseconds. */
  delayMs: number;
}

/**
 * Callbacks for what a call sends and receives, for logs and metrics. They change nothing: an error that one throws is
 * listed in the `warnings` of `result()`, `converse()` or `discover()`. An abort in `onRequest` keeps the request from being
 * sent.
 */
export interface CallHooks {
  /** Called before each request is sent, retries included. */
  onRequest?: ((details: RequestDetails) => void) | undefined;
  /** Called when the headers of a response have arrived, whatever its status. */
  onResponse?: ((details: ResponseDetails) => void) | undefined;
  /** Called when a request has failed and will be retried. */
  onRetry?: ((details: RetryDetails) => void) | undefined;
}
