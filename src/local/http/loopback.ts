/**
 * Whether a host name leads to this machine: `localhost` and the names below it, 127.0.0.0/8 and ::1. Browsers never ask DNS
 * for the names below `localhost` (RFC 6761, section 6.3), so that no page can make one of them its own.
 */
export function isLoopback(name: string): boolean {
  return (
    name === 'localhost' || name.endsWith('.localhost') || /^(?:127(?:\.\d{1,3}){3}|\[::1\])$/.test(name)
  );
}
