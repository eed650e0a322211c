/**
 * The most that a page's bundle may weigh, minified and gzipped, in KB of 1000 bytes. They are what was measured, rounded up
 * to half a KB, so that growth is a decision (docs/decisions/0005).
 */
export const SIZE_BUDGETS = { stream: 50, discover: 58.5 };
