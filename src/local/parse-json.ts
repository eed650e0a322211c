import { ServiceException } from './exception.js';

/** As deep as Jackson, a JSON reader of many services in Java, lets JSON be by default; what walks through it can follow. */
const MAX_DEPTH = 1000;

/**
 * Parses JSON that came with a request.
 *
 * @throws ServiceException SerializationException if it is not JSON, or is nested too deeply
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) {
    throw new ServiceException(
      'SerializationException',
      `The JSON of the request is nested deeper than ${MAX_DEPTH} levels.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceException('SerializationException', 'The request body is not valid JSON.');
  }
}

/** Parses JSON; undefined if it is not JSON, or is nested too deeply. */
export function parseJsonIfPossible(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '"':
        for (at++; at < text.length && text.charAt(at) !== '"'; at++) if (text.charAt(at) === '\\') at++;
        break;
      case '[':
      case '{':
        if (++depth > MAX_DEPTH) return true;
        break;
      case ']':
      case '}':
        depth--;
    }
  }
  return false;
}
