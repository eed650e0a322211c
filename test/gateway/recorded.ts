import { fixtureNames, fixtureText } from '../fixtures.js';

interface Recorded {
  requests: {
    method: string;
    path: string;
    query?: string;
    headers: Record<string, string>;
    body?: Record<string, unknown>;
  }[];
}

/** A request as a real client sent it. */
export interface RecordedRequest {
  name: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

export const PIXEL_BASE64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A PNG of one pixel. */
export const PIXEL = new Uint8Array(Buffer.from(PIXEL_BASE64, 'base64'));

/** Requests of one path, as real clients sent them; images behind http become https, which is what the gateway fetches. */
export function recordedRequests(path: string): RecordedRequest[] {
  return fixtureNames('agents')
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const text = fixtureText(`agents/${name}`).replaceAll(
        'http://gateway.test/a.png',
        'https://images.test/a.png',
      );
      return (JSON.parse(text) as Recorded).requests.flatMap(({ path: of, headers, body }, i) =>
        of.split('?')[0] === path && body !== undefined ? [{ name: `${name} ${i}`, headers, body }] : [],
      );
    });
}

/** Every model that the requests name, as an alias of one. */
export function aliasesFor(requests: readonly RecordedRequest[], target: string): Record<string, string> {
  return Object.fromEntries(requests.map(({ body }) => [String(body['model']), target]));
}
