import regexpTree from 'regexp-tree';
import type { Assertion, AstNode, Expression, Repetition } from 'regexp-tree/ast';

/** Continues after a part has matched up to a place; false makes the part try another way. */
type Continue = (at: number) => boolean;
type Match = (text: string, at: number, next: Continue) => boolean;

/** More than a linear search takes by far. */
const TOO_MANY = 20_000_000;

/**
 * A regular expression that matches by trying one way after the other, as the engines of JavaScript do, and counts how many
 * letters it looks at. The engines' own shortcuts are left out: they save a constant part of the work.
 */
export class CountedRegex {
  steps = 0;
  readonly #match: Match;
  readonly #isAnchored: boolean;
  readonly #flags: string;
  /** Texts with one letter for each part of the expression; of alternatives, those of each. */
  readonly samples: readonly string[];
  /** The same for what the expression itself repeats. */
  readonly loops: readonly string[];
  readonly #loops = new Set<string>();

  constructor({ source, flags }: RegExp) {
    this.#flags = flags.replace(/[gyd]/g, '');
    const { body } = regexpTree.parse(`/${source}/${this.#flags}`);
    if (body === null) throw new Error('An empty expression has no steps to count.');
    this.#match = this.#compile(body);
    this.#isAnchored = !flags.includes('m') && startsAnchored(body);
    this.samples = [...new Set(this.#sample(body))];
    this.loops = [...this.#loops];
  }

  /** Searches as `exec` does, in the whole text, for the first match. */
  search(text: string): boolean {
    for (let at = 0; at <= (this.#isAnchored ? 0 : text.length); at++) {
      this.steps += 1;
      if (this.#match(text, at, () => true)) return true;
    }
    return false;
  }

  #count(): void {
    this.steps += 1;
    if (this.steps > TOO_MANY) throw new Error('It takes too many steps.');
  }

  #compile(node: Expression): Match {
    switch (node.type) {
      case 'Alternative': {
        const parts = node.expressions.map((part) => this.#compile(part));
        const from =
          (index: number, text: string, next: Continue): Continue =>
          (at) =>
            index === parts.length
              ? next(at)
              : (parts[index] as Match)(text, at, from(index + 1, text, next));
        return (text, at, next) => from(0, text, next)(at);
      }
      case 'Disjunction': {
        const ways = [node.left, node.right].map((way) => (way ? this.#compile(way) : EMPTY));
        return (text, at, next) => ways.some((way) => way(text, at, next));
      }
      case 'Group':
        return node.expression ? this.#compile(node.expression) : EMPTY;
      case 'Repetition':
        return this.#repeat(node);
      case 'Assertion':
        return this.#assertion(node);
      case 'Backreference':
        throw new Error('Backreferences are not counted here.');
      default: {
        const isOne = this.#one(node);
        return (text, at, next) => {
          this.#count();
          return at < text.length && isOne(text.charAt(at)) && next(at + 1);
        };
      }
    }
  }

  #repeat({ expression, quantifier }: Repetition): Match {
    const one = this.#compile(expression);
    const [min, max] =
      quantifier.kind === 'Range'
        ? [quantifier.from, quantifier.to ?? Number.POSITIVE_INFINITY]
        : [quantifier.kind === '+' ? 1 : 0, quantifier.kind === '?' ? 1 : Number.POSITIVE_INFINITY];
    return (text, at, next) => {
      const more = (count: number, here: number): boolean => {
        const again = () =>
          count < max && one(text, here, (then) => (then > here || count < min) && more(count + 1, then));
        const enough = () => count >= min && next(here);
        return quantifier.greedy ? again() || enough() : enough() || again();
      };
      return more(0, at);
    };
  }

  #assertion(node: Assertion): Match {
    const isWord = (text: string, at: number) => /\w/.test(text.charAt(at));
    switch (node.kind) {
      case '^':
        return (_text, at, next) => at === 0 && next(at);
      case '$':
        return (text, at, next) => at === text.length && next(at);
      case '\\b':
      case '\\B':
        return (text, at, next) =>
          (isWord(text, at - 1) !== isWord(text, at)) === (node.kind === '\\b') && next(at);
      case 'Lookahead': {
        const inner = node.assertion ? this.#compile(node.assertion) : EMPTY;
        return (text, at, next) => inner(text, at, () => true) !== Boolean(node.negative) && next(at);
      }
      case 'Lookbehind': {
        const isOne = this.#one(node.assertion as AstNode);
        return (text, at, next) => {
          this.#count();
          return (at > 0 && isOne(text.charAt(at - 1))) !== Boolean(node.negative) && next(at);
        };
      }
      default:
        throw new Error('There is no such assertion.');
    }
  }

  /** Matches one letter with the engine's own class. */
  #one(node: AstNode): (letter: string) => boolean {
    const expression = new RegExp(`^${regexpTree.generate(node)}$`, this.#flags);
    const known = new Map<string, boolean>();
    return (letter) => {
      const found = known.get(letter) ?? expression.test(letter);
      known.set(letter, found);
      return found;
    };
  }

  /** A letter for each part, in order; of alternatives, those of each. */
  #sample(node: Expression): string[] {
    switch (node.type) {
      case 'Alternative':
        return sequences(node.expressions.map((part) => this.#sample(part)));
      case 'Disjunction':
        return [node.left, node.right].flatMap((way) => (way ? this.#sample(way) : ['']));
      case 'Group':
        return node.expression ? this.#sample(node.expression) : [''];
      case 'Repetition': {
        const samples = this.#sample(node.expression);
        for (const sample of samples) this.#loops.add(sample);
        return samples;
      }
      case 'Assertion':
      case 'Backreference':
        return [''];
      default: {
        const isOne = this.#one(node);
        return [LETTERS.find(isOne) ?? ''];
      }
    }
  }
}

const EMPTY: Match = (_text, at, next) => next(at);

/** Printable ASCII, the likeliest first, and some that only some classes have. */
const LETTERS = [
  ...'a1 -_.:/',
  ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
  '\n',
  '\ud83d',
  '\udc00',
  '\u{e9}',
];

/** What may follow what: each choice of a part once, beside the first choice of all others. */
function sequences(parts: string[][]): string[] {
  const first = parts.map(([choice = '']) => choice);
  return parts.flatMap((choices, i) =>
    choices.map((choice) => [...first.slice(0, i), choice, ...first.slice(i + 1)].join('')),
  );
}

function startsAnchored(node: Expression): boolean {
  switch (node.type) {
    case 'Alternative':
      return node.expressions[0] !== undefined && startsAnchored(node.expressions[0]);
    case 'Disjunction':
      return [node.left, node.right].every((way) => way !== null && startsAnchored(way));
    case 'Group':
      return node.expression !== null && startsAnchored(node.expression);
    default:
      return node.type === 'Assertion' && node.kind === '^';
  }
}

/** Texts that make bad expressions start anew again and again: parts of what they match, repeated, and an end that fits none. */
export function* attacksOn({ samples, loops }: CountedRegex, length: number): Generator<string> {
  const ends = ['', '\u0001'];
  const repeat = (pump: string) => pump.repeat(Math.ceil(length / pump.length));
  for (const sample of samples) {
    for (let to = 1; to <= sample.length; to++) {
      for (const end of ends) yield repeat(sample.slice(0, to)) + end;
    }
    for (const loop of loops) {
      if (loop === '') continue;
      for (let to = 0; to <= sample.length; to++) {
        for (const end of ends) yield sample.slice(0, to) + repeat(loop) + end;
      }
    }
  }
}
