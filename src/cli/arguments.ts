import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './print/terminal.js';

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

/**
 * The options of a command line.
 *
 * @throws UsageError where one is not known, lacks its value, or stands alone
 */
export function readOptions<const Options extends OptionConfig>(
  command: string,
  args: readonly string[],
  options: Options,
): Values<Options> {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [what] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    throw new UsageError(
      `${what?.replace(/\.$/, '')}. List the options with: bedrock-anywhere ${command} --help`,
    );
  }
}

/** The value of an option, which may be left out but not be empty. */
export function filled(option: string, value: string | undefined): string | undefined {
  if (value?.trim() === '') throw new UsageError(`${option} is empty. Give it a value or leave it out.`);
  return value;
}

/** The values of an option that takes several, apart or with commas in between. */
export function listed(option: string, values: readonly string[] | undefined): string[] | undefined {
  const items = values
    ?.flatMap((value) => value.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items?.length === 0) throw new UsageError(`${option} is empty. Give it a value or leave it out.`);
  return items;
}

/** The value of `--region`. */
export function regionOf(value: string | undefined): string | undefined {
  const text = filled('--region', value);
  if (text !== undefined && !/^[a-z]{2,}(-[a-z0-9]+)+$/.test(text)) {
    throw new UsageError(`--region ${text} is not an AWS region. Pass one such as us-east-1.`);
  }
  return text;
}
