import type { Dice } from '../random.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** Makes up an id as bedrock-mantle has them: a prefix and 52 characters of base32. */
export function makeBase32Id(prefix: string, roll: Dice): string {
  return prefix + Array.from({ length: 52 }, () => LETTERS.charAt(Math.floor(roll() * 32))).join('');
}
