/** What the upstream answers, and what a client must have read of it. */
export const WORD = ' word';
export const DELTAS = 100;
export const TEXT = WORD.repeat(DELTAS);

/** A model that answers, and one whose streams have no end. */
export const MODEL = 'amazon.nova-lite-v1:0';
export const ENDLESS = 'amazon.nova-pro-v1:0';
