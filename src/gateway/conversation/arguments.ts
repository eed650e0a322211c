import { findTextExcess } from '../../wire/json-bounds.js';
import { refuseField } from '../failure.js';

/** As many as a whole body may have. */
const MOST_VALUES = 500_000;

/**
 * Reads the arguments of a call: JSON in a string, which the bounds of the body do not see into. What is not JSON is repaired
 * before it is sent.
 *
 * @throws Refusal for JSON that is nested too deep or has too many values
 */
export function readArguments(text: string, path: string): unknown {
  const excess = findTextExcess(text, MOST_VALUES);
  if (excess !== undefined) throw refuseField(path, `${path} ${excess}. Send less at once.`);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
