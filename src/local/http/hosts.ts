import { inputError } from '../../errors.js';
import { ServiceException } from '../exception.js';
import { isLoopback } from './loopback.js';

const HOST = /^(\[[\da-f:.]+\]|[^\s:/?#@[\]]+)(?::\d{1,5})?$/;
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.+\])$/;

/** Why a request must not be served under the host that it names; undefined if it may. */
export type HostCheck = (host: string) => ServiceException | undefined;

/**
 * Creates the check of `Host`, against DNS rebinding: a page whose own name is made to lead to this machine counts as the
 * server's own page, but names itself in `Host`. Addresses cannot be made to lead elsewhere, so a server that listens on all of
 * a machine's addresses is served under any of them.
 *
 * @param listensOn Address or name that the server listens on.
 * @param allowed More names; one that starts with a dot includes the names below it.
 * @throws BedrockError `ERR_INPUT` for a name that is not a host name
 */
export function createHostCheck(listensOn: string, allowed: readonly string[] = []): HostCheck {
  const own = listensOn.includes(':') ? `[${listensOn}]` : listensOn;
  const names = [own, ...allowed.map(readName)].map((name) => name.toLowerCase());
  const isAllowed = (name: string): boolean =>
    isLoopback(name) ||
    (isWildcard(listensOn) && IP_ADDRESS.test(name)) ||
    names.some((one) => name === one || (one.startsWith('.') && `.${name}`.endsWith(one)));
  return (host) => {
    const name = HOST.exec(host.toLowerCase())?.[1]?.replace(/\.$/, '');
    return name !== undefined && isAllowed(name) ? undefined : refusal(name);
  };
}

/** Whether an address stands for all addresses of the machine. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function readName(name: unknown): string {
  const [whole, bare] = HOST.exec(typeof name === 'string' ? name.toLowerCase() : '') ?? [];
  if (bare !== undefined && bare === whole) return bare;
  throw inputError(
    `allowedHosts has ${JSON.stringify(name)}, which is not a host name. Pass names without scheme and port, such as bedrock.test.`,
  );
}

/** 403 rather than 421, upon which a client may send the request again over another connection (RFC 9110, section 15.5.20). */
function refusal(name: string | undefined): ServiceException {
  const shown = name?.slice(0, 100);
  return new ServiceException(
    'AccessDeniedException',
    shown === undefined
      ? 'The Host header of the request is missing or is not a host name. Send the host of the URL.'
      : `The local Bedrock is not served as ${shown}: a page could use that name to reach it (DNS rebinding). ` +
          `If the name is yours, start it with allowedHosts: ['${shown}'], or --allowed-host ${shown}.`,
  );
}
