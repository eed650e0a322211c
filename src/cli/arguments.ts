import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './print/terminal.js';
import { findClosest } from './settings/closest.js';

type OptionConfig = NonNullable<ParseArgsConfig['options']>;
type Values<Options extends OptionConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options }>
>['values'];

/** An option with a value. */
export const TEXT = { type: 'string' } as const;

/** An option with a value that may be given several times. */
export const TEXTS = { type: 'string', multiple: true } as const;

/** An option without a value. */
export const FLAG = { type: 'boolean' } as const;

/** `--help`, which every command has. */
export const HELP_FLAG = { type: 'boolean', short: 'h' } as const;

/** The options of every command that calls AWS. */
export const AWS_OPTIONS = { profile: TEXT, region: TEXT, help: HELP_FLAG } as const;

/**
 * Reads the options of a command line.
 *
 * @throws UsageError if one is unknown or lacks its value, and for an argument that is not an option
 */
export function readOptions<const Options extends OptionConfig>(
  command: string,
  args: readonly string[],
  options: Options,
): Values<Options> {
  return parse(command, options, () => parseArgs({ args: [...args], options }).values);
}

/**
 * Reads the options and the other arguments of a command line.
 *
 * @throws UsageError if an option is unknown or lacks its value
 */
export function readArguments<const Options extends OptionConfig>(
  command: string,
  args: readonly string[],
  options: Options,
): { values: Values<Options>; words: string[] } {
  return parse(command, options, () => {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values, words: positionals };
  });
}

function parse<Result>(command: string, options: OptionConfig, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const [what = ''] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    const [, unknown = ''] = /^Unknown option '--([^'=]+)/.exec(what) ?? [];
    const closest = findClosest(unknown, Object.keys(options));
    throw new UsageError(
      `${what.replace(/\.$/, '')}.${closest === undefined ? '' : ` Did you mean --${closest}?`} ` +
        `List the options with: npx bedrock-anywhere ${command} --help`,
    );
  }
}

/** Returns the value of an option, which may be omitted but not be empty. */
export function filled(option: string, value: string | undefined): string | undefined {
  if (value?.trim() === '') throw new UsageError(`${option} is empty. Give it a value or leave it out.`);
  return value;
}

/** Returns the values of an option that takes several, given one by one or separated by commas. */
export function listed(option: string, values: readonly string[] | undefined): string[] | undefined {
  const items = values
    ?.flatMap((value) => value.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items?.length === 0) throw new UsageError(`${option} is empty. Give it a value or leave it out.`);
  return items;
}

/** Reads a number; undefined if the option is omitted. */
export function numberOf(
  option: string,
  value: string | undefined,
  isValid: (number: number) => boolean,
  expected: string,
): number | undefined {
  const text = filled(option, value);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isNaN(number) || !isValid(number))
    throw new UsageError(`${option} ${text} is not valid. Pass ${expected}.`);
  return number;
}

/** Reads the value of `--region`. */
export function regionOf(value: string | undefined): string | undefined {
  const text = filled('--region', value);
  if (text !== undefined && !/^[a-z]{2,}(-[a-z0-9]+)+$/.test(text)) {
    throw new UsageError(`--region ${text} is not an AWS region. Pass one such as us-east-1.`);
  }
  return text;
}

/** The value of `--port`. */
export function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(
      `--port ${text} is not a port. Pass a number from 1 to 65535, or 0 for any free port.`,
    );
  }
  return port;
}
