/** Longer ones are not arithmetic that a model would write. */
const MOST_LETTERS = 1000;

type Operation = (a: number, b: number) => number;

const SUMS: Readonly<Record<string, Operation>> = { '+': (a, b) => a + b, '-': (a, b) => a - b };
const PRODUCTS: Readonly<Record<string, Operation>> = {
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/**
 * Computes an expression of numbers, `+ - * / % ^` and parentheses. Nothing in it can be code.
 *
 * @throws Error that tells the model what is wrong
 */
export function calculate(expression: string): number {
  if (expression.length > MOST_LETTERS)
    throw new Error(`The expression has more than ${MOST_LETTERS} characters.`);
  const tokens = expression.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|\S/gi) ?? [];
  let at = 0;
  const chain = (operand: () => number, operations: Readonly<Record<string, Operation>>) => (): number => {
    let value = operand();
    for (
      let apply = operations[tokens[at] ?? ''];
      apply !== undefined;
      apply = operations[tokens[at] ?? '']
    ) {
      at += 1;
      value = apply(value, operand());
    }
    return value;
  };
  function primary(): number {
    const token = tokens[at++];
    if (token === '(') {
      const value = sum();
      if (tokens[at++] !== ')') throw new Error('A closing parenthesis is missing.');
      return value;
    }
    if (token !== undefined && /^\d/.test(token)) return Number(token);
    throw new Error(
      token === undefined ? 'The expression ends too early.' : `"${token}" is not expected here.`,
    );
  }
  function power(): number {
    const base = primary();
    if (tokens[at] !== '^') return base;
    at += 1;
    return base ** signed();
  }
  function signed(): number {
    if (tokens[at] !== '-') return power();
    at += 1;
    return -signed();
  }
  const product = chain(signed, PRODUCTS);
  const sum = chain(product, SUMS);
  const value = sum();
  if (at < tokens.length) throw new Error(`"${tokens[at]}" is not expected here.`);
  return value;
}
