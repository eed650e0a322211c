interface Globals {
  navigator?: { userAgent?: string };
  process?: { versions?: { node?: string } };
}

/**
 * True in a page or worker of a browser. Node with jsdom is none: it has Node's own `process`. Deno, Bun and workerd
 * say other names than `Mozilla` in `navigator.userAgent`.
 */
export function isBrowser(): boolean {
  const { navigator, process } = globalThis as Globals;
  if (process?.versions?.node !== undefined) return false;
  return navigator?.userAgent?.startsWith('Mozilla/') === true;
}

/** False in workerd, where a promise of one request never settles for another once that one is over. */
export function canSharePromises(): boolean {
  return (globalThis as Globals).navigator?.userAgent !== 'Cloudflare-Workers';
}
