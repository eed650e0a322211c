/** Shorter texts are not real secrets, and removing them would only garble the message. */
const SHORTEST_SECRET = 8;

const SIGNATURE = /Signature=[0-9a-f]{64}/g;

/**
 * Hides secrets, and every signature, in a text, no matter how they are escaped there. AWS repeats the canonical request,
 * session token included, if a signature does not match, and a proxy may repeat any header.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((clean, secret) => clean.replace(matchAnySpelling(secret), '[secret]'), text)
    .replace(SIGNATURE, 'Signature=[secret]');
}

/** Matches a text as it is, percent-encoded, as HTML entities, and with backslashes. */
function matchAnySpelling(text: string): RegExp {
  const spelled = text.replace(/[^A-Za-z0-9]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    return `(?:\\\\?\\u{${hex}}|%${hex.padStart(2, '0')}|&#x0*${hex};|&#0*${code};)`;
  });
  return new RegExp(spelled, 'giu');
}
