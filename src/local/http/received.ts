/** A request as it came over the wire, before anything was normalized: signatures cover exactly this. */
export interface Received {
  method: string;
  /** Path and query, as sent. */
  target: string;
  /** `Host` of HTTP/1.1 or `:authority` of HTTP/2. */
  host: string;
  /** Names in lower case; several fields of one name are joined with `,`. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array<ArrayBuffer>;
  /** Whether the body was longer than the service accepts; it is then left out. */
  tooLarge: boolean;
  /** Aborts when the client goes away. */
  signal: AbortSignal | undefined;
}

/** The longest body that the service accepts. */
export const MAX_BODY_BYTES = 25_000_000;

/** Path of a request target, as sent. */
export function pathOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? target : target.slice(0, at);
}

/** Query of a request target without `?`, as sent. */
export function queryOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at + 1);
}

/**
 * Reads a fetch `Request`. Service workers do not see `Host`, so the host of the URL stands in for it. Clients build their
 * requests from a URL too, so the URL's spelling of the path is the one that they sign.
 */
export async function receive(request: Request): Promise<Received> {
  const headers = new Map<string, string>();
  request.headers.forEach((value, name) => {
    headers.set(name, value);
  });
  const body = new Uint8Array(await request.arrayBuffer());
  const tooLarge = body.length > MAX_BODY_BYTES;
  // Clients may sign the length, which the platform adds by itself and does not show here.
  if (body.length > 0 && !headers.has('content-length')) headers.set('content-length', String(body.length));
  const [, authority = '', target = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^#]*)/i.exec(request.url) ?? [];
  return {
    method: request.method,
    target: target.startsWith('/') ? target : `/${target}`,
    host: headers.get('host') ?? authority.replace(/^.*@/, ''),
    headers,
    body: tooLarge ? new Uint8Array(0) : body,
    tooLarge,
    signal: request.signal,
  };
}
