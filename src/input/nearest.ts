/**
 * Finds the known name closest to a name, by the letters that only one of the two has: swapped letters count 0, a missing or
 * extra letter 1, a wrong letter 2. Capitals, underscores and hyphens do not count.
 *
 * @param most The maximum number of such letters.
 */
export function nearest(name: string, known: readonly string[], most: number): string | undefined {
  const letters = plain(name);
  let best: string | undefined;
  let fewest = most + 1;
  for (const candidate of known) {
    // Known names are letters alone. An input may have any number of unknown ones, and most are longer or shorter.
    if (Math.abs(letters.length - candidate.length) >= fewest) continue;
    const count = strayLetters(letters, plain(candidate));
    if (count < fewest) [best, fewest] = [candidate, count];
  }
  return best;
}

/** A longer name is no mistake for a known one, and a user may have chosen it. */
const LONGEST = 64;

/** The letters and digits of a name, in lower case; nothing for a name that is longer than any known one. */
export function plain(name: string): string {
  return name.length > LONGEST ? '' : name.toLowerCase().replace(/[^a-z\d]/g, '');
}

function strayLetters(a: string, b: string): number {
  let left = b;
  let shared = 0;
  for (const letter of a) {
    if (!left.includes(letter)) continue;
    left = left.replace(letter, '');
    shared += 1;
  }
  return a.length - shared + left.length;
}
