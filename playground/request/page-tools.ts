import type { RunnableTools } from 'bedrock-anywhere';
import { calculate } from './calculator.js';

/** A tool that runs in the page, and what the switch for it says. */
interface PageTool {
  label: string;
  hint: string;
}

export const TOOL_LABELS: Readonly<Record<string, PageTool>> = {
  current_time: { label: 'Clock', hint: 'date and time anywhere' },
  calculate: { label: 'Calculator', hint: 'arithmetic without mistakes' },
  roll_dice: { label: 'Dice', hint: 'random numbers' },
};

const text = (description: string) => ({ type: 'string', description });
const number = (description: string) => ({ type: 'integer', description });

/** None of them can do harm or tell secrets, so that they run without asking. */
const TOOLS: RunnableTools = {
  current_time: {
    description: 'Tells the current date and time in a time zone.',
    input: {
      type: 'object',
      properties: {
        time_zone: text('IANA name of the time zone, such as Asia/Tokyo. Default: that of the user.'),
      },
    },
    run: ({ time_zone }: Record<string, unknown>) => tellTime(time_zone),
  },
  calculate: {
    description: 'Computes an arithmetic expression of numbers, + - * / % ^ and parentheses.',
    input: {
      type: 'object',
      properties: { expression: text('The expression, such as (3 + 4) * 2.') },
      required: ['expression'],
    },
    run: ({ expression }: Record<string, unknown>) => ({ result: calculate(String(expression)) }),
  },
  roll_dice: {
    description: 'Rolls dice and returns what they show.',
    input: {
      type: 'object',
      properties: {
        dice: number('How many, 1 to 100. Default: 1.'),
        sides: number('Sides of each, 2 to 1000. Default: 6.'),
      },
    },
    run: ({ dice, sides }: Record<string, unknown>) => rollDice(dice, sides),
  },
};

/** The tools of these names; undefined if there are none. */
export function chooseTools(names: readonly string[]): RunnableTools | undefined {
  const chosen = names.flatMap((name) => {
    const found = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
    return found === undefined ? [] : [[name, found] as const];
  });
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen);
}

function tellTime(zone: unknown): { time_zone: string; time: string } {
  const wanted = typeof zone === 'string' ? zone.trim() : '';
  const timeZone = wanted === '' ? undefined : findZone(wanted);
  const format = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long', timeZone });
  return { time_zone: format.resolvedOptions().timeZone, time: format.format(new Date()) };
}

/** Models often name the city alone. */
function findZone(wanted: string): string {
  const name = wanted.toLowerCase().replaceAll(' ', '_');
  const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const found = zones.find((zone) => {
    const known = zone.toLowerCase();
    return known === name || known.endsWith(`/${name}`);
  });
  if (found !== undefined) return found;
  throw new Error(`There is no time zone "${wanted}". Pass an IANA name such as Europe/Zurich.`);
}

function rollDice(dice: unknown, sides: unknown): { rolls: number[]; total: number } {
  const count = within(dice, 1, 100, 1);
  const faces = within(sides, 2, 1000, 6);
  const rolls = Array.from({ length: count }, () => 1 + Math.floor(Math.random() * faces));
  return { rolls, total: rolls.reduce((sum, roll) => sum + roll, 0) };
}

function within(value: unknown, least: number, most: number, standard: number): number {
  const wanted = value === undefined ? standard : Number(value);
  if (Number.isInteger(wanted) && wanted >= least && wanted <= most) return wanted;
  throw new Error(`${JSON.stringify(value)} is not a whole number from ${least} to ${most}.`);
}
