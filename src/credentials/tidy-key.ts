/**
 * A key without what is often copied along with it: white space around it, quotes, and the scheme of the header. No key of AWS
 * has any of these.
 */
export function tidyKey(key: string): string {
  // Twice: the quotes may be around the scheme or behind it.
  return stripOnce(stripOnce(key));
}

function stripOnce(key: string): string {
  return key
    .trim()
    .replace(/^bearer\s+/i, '')
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .trim();
}
