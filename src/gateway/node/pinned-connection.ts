import { isIP, type LookupFunction } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** Where a connection goes: addresses that have been checked, of a host whose certificate has to fit. */
export interface Target {
  hostname: string;
  port: number;
  addresses: readonly string[];
}

/** Opens a TLS connection to one of the addresses of a target. The name service is not asked again. */
export function connectPinned({ hostname, port, addresses }: Target): TLSSocket {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_hostname, { all }, tell) => {
    if (all) tell(null, known);
    else tell(null, known[0]?.address ?? '', known[0]?.family);
  };
  return connectTls({
    host: hostname,
    port,
    lookup,
    ALPNProtocols: ['http/1.1'],
    // An address is no server name. Source: RFC 6066, section 3.
    ...(isIP(hostname) === 0 && { servername: hostname }),
  });
}
