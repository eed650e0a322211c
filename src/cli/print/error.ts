import { isBedrockError } from '../../index.js';

/** What went wrong, with AWS's exception name if there is one: it is what people search for. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOfAws = isBedrockError(error) && !error.name.endsWith('Error');
  return isOfAws ? `${error.name}: ${error.message}` : error.message;
}
