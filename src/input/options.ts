import { inputError } from '../errors.js';
import { nearest } from './nearest.js';
import { describe, isObject, type Path, type Read, readWhole } from './read.js';

/** Options by name, each with its check. */
export type Options = Readonly<Record<string, Read>>;

/**
 * Checks options and copies those that are set. Getters and class members count, symbols do not. An unknown name is
 * rejected even if its value is undefined: with `apiKey: process.env.KEY` and the variable unset, the call would otherwise
 * run, and be billed, with whatever credentials the environment has.
 *
 * @param of The function that they are for, such as `createBedrock()`.
 * @param meant Advice for a name that is not an option, if there is any.
 * @throws BedrockError `ERR_INPUT`
 */
export function readOptions<T extends object>(
  given: unknown,
  known: Options,
  of: string,
  meant?: (name: string) => string | undefined,
): T {
  const path: Path = [`The options of ${of}`];
  return readWhole(path, () => {
    // A signal is easily passed instead of { signal }.
    if (!isObject(given) || typeof given['addEventListener'] === 'function') {
      throw inputError(`The options of ${of} are ${describe(given)}. Pass an object, { name: value }.`);
    }
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(known, name)) throw unknownOption(name, Object.keys(known), of, meant?.(name));
    }
    const options: Record<string, unknown> = {};
    for (const name of Object.keys(known)) {
      path[0] = `The option ${name}`;
      const value = given[name];
      if (value !== undefined) options[name] = known[name]?.(value, path);
    }
    return options as T;
  });
}

function unknownOption(name: string, known: readonly string[], of: string, meant: string | undefined): Error {
  const advice = meant ?? nearest(name, known, name.length > 4 ? 2 : 1);
  return inputError(
    `${of} has no option ${name}. ${advice === undefined ? `It has ${known.join(', ')}` : `Pass ${advice}`}.`,
  );
}
