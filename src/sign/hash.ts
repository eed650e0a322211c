/** SHA-256 as the runtime computes it: at once, with Node's own crypto or in JavaScript. */
export { hmacSha256, hmacSha256Hex, sha256Hex } from '#ambient';
