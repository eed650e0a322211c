import { BlockList, isIP } from 'node:net';

/**
 * IPv4 networks that are not the public internet, and two public addresses that clouds answer from inside.
 * Source: IANA IPv4 Special-Purpose Address Registry, 2026-11-29.
 */
const REFUSED_V4: readonly [network: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Azure's virtual machines reach their host here.
  ['168.63.129.16', 32],
];

/**
 * IPv6 networks inside the global ones that lead elsewhere: protocol assignments with Teredo, documentation, and 6to4, whose
 * addresses contain any IPv4 address. Source: IANA IPv6 Special-Purpose Address Registry, 2026-11-29.
 */
const REFUSED_V6: readonly [network: string, bits: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Where networks without IPv4 see the IPv4 internet. Source: RFC 6052, section 2.1. */
const NAT64 = '64:ff9b::';

const refused = new BlockList();
for (const [network, bits] of REFUSED_V4) {
  refused.addSubnet(network, bits, 'ipv4');
  refused.addSubnet(NAT64 + network, 96 + bits, 'ipv6');
}
for (const [network, bits] of REFUSED_V6) refused.addSubnet(network, bits, 'ipv6');

/** All others, such as loopback, link-local, unique local and IPv4-mapped addresses, are not global. */
const globalV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');
globalV6.addSubnet(NAT64, 96, 'ipv6');

/** Whether an IP address belongs to the public internet. Anything that is not an IP address does not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused.check(address, 'ipv4');
    case 6:
      // A zone, as in fe80::1%eth0, names an interface of this machine.
      return !address.includes('%') && globalV6.check(address, 'ipv6') && !refused.check(address, 'ipv6');
    default:
      return false;
  }
}
