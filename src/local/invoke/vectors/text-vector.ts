import { createDice } from '../../random.js';

/** How many elements of a vector each word changes: enough that a short text fills a good part of it. */
const PLACES = 24;

/** How much of a text is read, which is about as much as an embedding model reads. */
const MOST_LETTERS = 50_000;

/**
 * Turns a text into a vector. The same text always gets the same vector, and texts that share words, or parts of words, get similar
 * ones: every word and every three letters of a word have a direction, and the vector is their sum.
 */
export function textVector(text: string, dimensions: number): Float64Array {
  const vector = new Float64Array(dimensions);
  for (const [token, weight] of tokensOf(text.slice(0, MOST_LETTERS))) {
    const roll = createDice(hash(token));
    for (let i = 0; i < PLACES; i++) {
      const at = Math.floor(roll() * dimensions);
      vector[at] = (vector[at] ?? 0) + (roll() < 0.5 ? -weight : weight);
    }
  }
  return vector;
}

/** The vector of length 1 in the same direction. */
export function toUnit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** Words with their weights: repeated words count more, but not in proportion. */
function tokensOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (token: string, weight: number): void =>
    void counts.set(token, (counts.get(token) ?? 0) + weight);
  const words = wordsOf(text);
  for (const word of words) {
    count(word, 1);
    const padded = `<${word}>`;
    for (let at = 0; at + 3 <= padded.length; at++) count(`#${padded.slice(at, at + 3)}`, 0.25);
  }
  // A text may have only punctuation.
  if (words.length === 0) count(`=${text}`, 1);
  for (const [token, weight] of counts) counts.set(token, Math.sqrt(weight) * (EMPTY.has(token) ? 0.2 : 1));
  return counts;
}

/** Words in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Words that say little about the topic of a text. */
export const EMPTY: ReadonlySet<string> = new Set(
  'a an and are as at be by for from has in is it its of on or that the this to was what which who with'.split(
    ' ',
  ),
);

function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return sum;
}
