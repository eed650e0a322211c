/**
 * True in a page or worker of a browser. Node with jsdom is none: it has Node's own `process`. Deno, Bun and workerd
 * say other names than `Mozilla` in `navigator.userAgent`.
 */
export function isBrowser(): boolean {
  const { navigator, process } = globalThis as {
    navigator?: { userAgent?: string };
    process?: { versions?: { node?: string } };
  };
  if (process?.versions?.node !== undefined) return false;
  return navigator?.userAgent?.startsWith('Mozilla/') === true;
}
