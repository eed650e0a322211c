/**
 * A key without what is often copied along with it: white space around it, quotes, and the scheme of the header. No key of AWS
 * has any of these.
 */
export function tidyKey(key: string): string {
  // Twice: the quotes may be around the scheme or behind it.
  return stripOnce(stripOnce(key));
}

function stripOnce(key: string): string {
  const text = key.trim().replace(/^bearer\s+/i, '');
  const quote = text.charAt(0);
  const isQuoted = text.length > 1 && /["'`]/.test(quote) && text.endsWith(quote);
  return (isQuoted ? text.slice(1, -1) : text).trim();
}
