import { expect, it } from 'vitest';
import { judge } from '../../scripts/declarations/judge.mjs';

const OURS =
  "node_modules/bedrock-anywhere/dist/index.d.ts(1,2): error TS2304: Cannot find name 'HeadersInit'.";
const PEERS =
  "node_modules/@mswjs/interceptors/lib/index.d.mts(3,4): error TS2304: Cannot find name 'BodyInit'.";
const NESTED =
  "node_modules/msw/node_modules/rettime/index.d.mts(3,4): error TS2315: Type 'X' is not generic.";
const PROJECTS =
  'consumer.ts(7,7): error TS2322: Type A is not assignable to type B.\n  Types differ.\n    Deeply.';

it('holds against the package what is wrong in its declarations and in the project', () => {
  expect(judge(`${PEERS}\n  At length.\n${OURS}\n${PROJECTS}\n`, 2, ['@mswjs/interceptors'])).toEqual({
    problems: [OURS, PROJECTS],
    excused: ['@mswjs/interceptors 1'],
  });
});

it('excuses the packages that are named, and no other', () => {
  expect(judge(`${PEERS}\n${NESTED}\n${NESTED}`, 2, ['rettime'])).toEqual({
    problems: [PEERS],
    excused: ['rettime 2'],
  });
});

it('holds against it what has no file, and what is not a diagnostic', () => {
  const option = "error TS5023: Unknown compiler option 'colour'.";
  expect(judge(option, 1, []).problems).toEqual([option]);
  expect(judge('Error: Cannot find module tsc\n    at main (tsc.js:1:1)', 1, []).problems).toEqual([
    'Error: Cannot find module tsc',
    '    at main (tsc.js:1:1)',
    'The compiler exited with 1 but reported no error.',
  ]);
  expect(judge('', 2, []).problems).toHaveLength(1);
});

it('has nothing against a compiler that says nothing', () => {
  expect(judge('\n', 0, [])).toEqual({ problems: [], excused: [] });
});
