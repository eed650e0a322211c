import type { Bedrock, ConverseStreamRequest } from '../../index.js';

/** A request as it would be sent. */
export interface PlannedRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: unknown;
}

/** Catches the request of a call in place of the network. */
export function catchRequest(): {
  fetch: typeof fetch;
  planned(bedrock: Bedrock, request: ConverseStreamRequest): Promise<PlannedRequest>;
} {
  let caught: PlannedRequest | undefined;
  const stop = new AbortController();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    caught = {
      method: request.method,
      url: request.url,
      headers: hideSecrets(request.headers),
      body: JSON.parse(await request.text()) as unknown,
    };
    stop.abort();
    throw stop.signal.reason;
  };
  return {
    fetch,
    async planned(bedrock, request) {
      const call = bedrock.stream(request, { signal: stop.signal, maxAttempts: 1 });
      await call.result().catch((error: unknown) => {
        if (caught === undefined) throw error;
      });
      if (caught === undefined) throw new Error('The call ended before its request was made.');
      return caught;
    },
  };
}

const HIDDEN = '(hidden)';

/** Replaces signature, tokens and all but the end of the access key's id. */
function hideSecrets(headers: Headers): Record<string, string> {
  const shown = Object.fromEntries(headers);
  const { authorization } = shown;
  if (authorization !== undefined) {
    shown['authorization'] = authorization.startsWith('AWS4-')
      ? authorization.replace(/(?<=Credential=)[^/]*(?=[^/]{4}\/)/, '…').replace(/(?<=Signature=)\S+/, HIDDEN)
      : authorization.replace(/(?<=^\S+ ).*/, HIDDEN);
  }
  if (shown['x-amz-security-token'] !== undefined) shown['x-amz-security-token'] = HIDDEN;
  return shown;
}

/** The request in the form of HTTP, with files shortened. */
export function describeRequest({ method, url, headers, body }: PlannedRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...lines, '', JSON.stringify(shortenFiles(body), undefined, 2), ''].join('\n');
}

const MOST_LETTERS = 60;

/** Shortens the base64 of files; texts stay whole. */
function shortenFiles(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    return name === 'bytes' && value.length > MOST_LETTERS
      ? `${value.slice(0, MOST_LETTERS)}… (${value.length} characters)`
      : value;
  }
  if (Array.isArray(value)) return value.map((part) => shortenFiles(part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shortenFiles(part, key)]));
}
