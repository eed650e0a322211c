import { concatBytes } from '../../encoding.js';
import { findExcess } from '../../wire/json-bounds.js';
import { Refusal } from '../failure.js';
import { type Body, readObject } from '../fields.js';

/** Parsing takes about a microsecond for each value, during which no other request goes on. */
const MOST_VALUES = 500_000;

/**
 * Reads the JSON body of a request. Bytes are counted as they arrive, whatever `content-length` says.
 *
 * @throws Refusal for a body that is too large, compressed, or not a JSON object
 */
export async function readBody(request: Request, maxBytes: number): Promise<Body> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase();
  if (encoding && encoding !== 'identity')
    throw new Refusal(
      'wrong-encoding',
      `The body is compressed (${encoding.slice(0, 20)}). Send it without content-encoding.`,
    );
  const tooLarge = new Refusal(
    'too-large',
    `The body has more than ${maxBytes} bytes, which is the limit of this gateway. Send less.`,
  );
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge;
  const bytes = await readBytes(request, maxBytes, tooLarge);
  const excess = findExcess(bytes, 0, bytes.length, MOST_VALUES);
  if (excess !== undefined) throw new Refusal('input', `The body ${excess}. Send less at once.`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's own words would repeat a part of the body.
    throw new Refusal(
      'input',
      'The body is not JSON. Send a JSON object, with content-type: application/json.',
    );
  }
  return readObject(json, 'The body');
}

async function readBytes(request: Request, maxBytes: number, tooLarge: Refusal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(chunks);
    length += value.length;
    if (length > maxBytes) {
      reader.cancel().catch(() => undefined);
      throw tooLarge;
    }
    chunks.push(value);
  }
}
