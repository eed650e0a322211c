import { nameOfStatus, ServiceException } from '../exception.js';
import type { Faults } from './faults.js';
import { refusalOfAccount } from './refusals.js';

/**
 * The response of something between client and service, such as a proxy; undefined if no fault wants one.
 *
 * @param headers - what Bedrock sends with every response
 */
export function createForeignResponse(faults: Faults, headers: Record<string, string>): Response | undefined {
  if (faults.html === true) return page('502 Bad Gateway', 502, {});
  if (faults.redirect !== undefined) {
    return new Response(null, { status: 307, headers: { location: faults.redirect } });
  }
  if (faults.notEventStream === 'html') return page('Welcome', 200, headers);
  if (faults.notEventStream === 'json') {
    return new Response('{"ok":true}', { headers: { ...headers, 'content-type': 'application/json' } });
  }
  return undefined;
}

function page(title: string, status: number, headers: Record<string, string>): Response {
  const html = `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return new Response(html, { status, headers: { ...headers, 'content-type': 'text/html' } });
}

/** Throws the exception that a fault puts in place of an answer. */
export function throwFault({ throttle, refuse, status, retryAfterSeconds }: Faults): void {
  const refusal = refusalOfAccount(refuse);
  if (refusal !== undefined) throw refusal;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (throttle !== undefined && throttle > 0) {
    throw new ServiceException('ThrottlingException', undefined, undefined, headers);
  }
  if (status !== undefined) {
    throw new ServiceException(status.name ?? nameOfStatus(status.status), undefined, status.status, headers);
  }
}
