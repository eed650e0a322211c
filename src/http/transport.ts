import type { TransportCall } from '../types.js';
import type { Abort } from './abort.js';
import type { Target } from './options.js';
import type { Outgoing } from './send.js';

/** What a transport is told of a request. */
export function callOf(
  target: Target,
  { operation, resource, input, query }: Outgoing,
  { signal }: Abort,
  onHead: TransportCall['onHead'] = () => {},
): TransportCall {
  return { operation, resource, input, query, headers: target.headers, signal, onHead };
}
