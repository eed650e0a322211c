import { ServiceException } from '../exception.js';
import { pathOf, type Received } from '../http/received.js';
import type { Route } from '../http/routes.js';
import type { Address } from './address.js';
import { EndpointException } from './failure.js';

/**
 * Requires that the host serves an operation at a path.
 *
 * @throws ServiceException as the host answers: bedrock-runtime with a 200 whose body names the exception, which clients that look only at
 * the status take for an answer; bedrock-mantle with a 404
 */
export function requireServedPath(address: Address, route: Route | undefined, request: Received): void {
  const { endpoint, base } = address;
  const operation = route?.operation;
  const isAboutModels = operation === 'ListModels' || operation === 'GetModel';
  const isServed =
    endpoint === 'mantle'
      ? operation !== undefined && !(isAboutModels && base !== 'v1')
      : operation !== undefined && base !== 'v1' && !isAboutModels && operation !== 'CountMessageTokens';
  if (isServed) return;
  if (endpoint === 'runtime') throw new ServiceException('UnknownOperationException', undefined, 200);
  throw new EndpointException(
    'UnknownOperationException',
    `${request.method} ${pathOf(request.target).slice(0, 200)} is not served by bedrock-mantle.`,
    404,
    { code: null },
  );
}
