/**
 * Takes the place of `process` where a runtime has none. Undefined would not do: vitest writes a member of it from a tick of its
 * own, which may come at any time while a test waits.
 */
export function noProcess(): object {
  return {};
}
