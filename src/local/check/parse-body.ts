import { invalid, ServiceException } from '../exception.js';
import { parseJson } from '../parse-json.js';

/**
 * Reads the JSON of a request body. An empty body is an empty object.
 *
 * @throws ServiceException if it is not JSON, is nested too deeply, or holds half of a surrogate pair
 */
export function parseBody(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ServiceException('SerializationException', 'The request body is not valid UTF-8.');
  }
  if (text.trim() === '') return {};
  const json = parseJson(text);
  // UTF-8 cannot express half of a pair: only an escape can.
  if (/\\ud[89a-f]/i.test(text)) rejectHalfCharacters(json, '');
  return json;
}

function rejectHalfCharacters(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) {
      throw invalid(`The text at ${path.slice(1)} holds half of a surrogate pair, which is not a character.`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      rejectHalfCharacters(key, `${path}.${key}`);
      rejectHalfCharacters(item, `${path}.${key}`);
    }
  }
}
