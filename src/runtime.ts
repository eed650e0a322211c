interface Globals {
  navigator?: { userAgent?: string };
  process?: { versions?: { node?: string } };
}

/**
 * True in a page or worker of a browser. Node with jsdom is not one, because it has Node's own `process`. Deno, Bun and workerd
 * have other names than `Mozilla` in `navigator.userAgent`.
 */
export function isBrowser(): boolean {
  const { navigator } = globalThis as Globals;
  return navigator?.userAgent?.startsWith('Mozilla/') === true && !hasNodeProcess();
}

/** Bundlers give pages a `process` too, some with a version of Node; Node's own says in addition what it is. */
function hasNodeProcess(): boolean {
  const { process } = globalThis as Globals;
  return (
    process?.versions?.node !== undefined && Object.prototype.toString.call(process) === '[object process]'
  );
}

/** False in workerd, where a promise of one request never settles for another once that one is over. */
export function canSharePromises(): boolean {
  return (globalThis as Globals).navigator?.userAgent !== 'Cloudflare-Workers';
}
