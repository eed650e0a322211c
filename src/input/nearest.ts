/**
 * Finds the known name closest to a name, by the letters that only one of the two has: swapped letters count 0, a missing or
 * extra letter 1, a wrong letter 2. Capitals, underscores and hyphens do not count.
 *
 * @param most The maximum number of such letters.
 */
export function nearest(name: string, known: readonly string[], most: number): string | undefined {
  let best: string | undefined;
  let fewest = most + 1;
  for (const candidate of known) {
    const count = strayLetters(plain(name), plain(candidate));
    if (count < fewest) [best, fewest] = [candidate, count];
  }
  return best;
}

/** The letters and digits of a name, in lower case. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]/g, '');
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
