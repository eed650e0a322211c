import { parseArgs } from 'node:util';
import { CONTENDERS } from './contenders.mjs';
import { RUNTIMES } from './runtimes/find.mjs';
import { SCENARIOS } from './scenarios.mjs';

const SCENARIO_IDS = [...SCENARIOS.map(({ id }) => id), 'runtimes', 'bundle'];

export const USAGE = `npm run bench -- [options]         every scenario, contender and Node version; writes bench/RESULTS.md
npm run bench -- load [options]    many paced streams, with and without faults; writes its part of bench/RESULTS.md
npm run bench -- profile <id>      where the time of a contender goes

  --quick               fewer repetitions; prints only
  --scenario <ids>      ${SCENARIO_IDS.join(', ')}
  --contender <ids>     ${CONTENDERS.map(({ id }) => id).join(', ')}
  --rounds <n>          processes per figure, 5 unless told otherwise
  --node <majors>       20,24 unless told otherwise; "this" is the Node that runs
  --runtime <ids>       of the scenario runtimes: ${RUNTIMES.join(', ')}
  --write               write bench/RESULTS.md also after a quick or filtered run
  --no-install          do without what is not installed
  --no-build            measure dist/ as it is

load:
  --part <ids>          paced, rate, faulty
  --streams <n>         open at once: 200, in the faulty part 1,000
  --seconds <n>         of the paced part, 60 unless told otherwise
  --minutes <n>         of the faulty part, 10 unless told otherwise

Lists are separated by commas.`;

/** What the command line asks for. Throws a message for people on a name that does not exist. */
export function readArguments(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      quick: { type: 'boolean', default: false },
      scenario: { type: 'string', multiple: true },
      contender: { type: 'string', multiple: true },
      part: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      streams: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      node: { type: 'string', multiple: true },
      runtime: { type: 'string', multiple: true },
      write: { type: 'boolean', default: false },
      'no-install': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
    },
  });
  const [command = 'compare', ...rest] = positionals;
  if (!['compare', 'load', 'profile'].includes(command))
    throw new Error(`There is no command ${command}.\n\n${USAGE}`);
  const scenarios = chosen('scenario', values.scenario, SCENARIO_IDS);
  const contenders = chosen(
    'contender',
    values.contender,
    CONTENDERS.map(({ id }) => id),
  );
  const { quick } = values;
  return {
    command,
    rest,
    help: values.help,
    quick,
    scenarios,
    contenders,
    parts: chosen('part', values.part, ['paced', 'rate', 'faulty']),
    isWhole:
      !quick &&
      [values.scenario, values.contender, values.part, values.node, values.runtime].every(
        (list) => list === undefined,
      ),
    rounds: number('rounds', values.rounds, quick ? 1 : 5),
    streams: number('streams', values.streams, undefined),
    seconds: number('seconds', values.seconds, quick ? 5 : 60),
    minutes: number('minutes', values.minutes, quick ? 0.5 : 10),
    nodes: split(values.node) ?? ['20', '24'],
    runtimes: chosen('runtime', values.runtime, RUNTIMES),
    write: values.write,
    install: !values['no-install'],
    build: !values['no-build'],
  };
}

const split = (lists) => lists?.flatMap((list) => list.split(',')).filter(Boolean);

function chosen(what, lists, known) {
  const names = split(lists) ?? known;
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined)
    throw new Error(`There is no ${what} ${strange}. Known are ${known.join(', ')}.`);
  return known.filter((name) => names.includes(name));
}

function number(what, text, otherwise) {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`--${what} is ${text}. Give a number above 0.`);
}
