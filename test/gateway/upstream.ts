import type { ClientOptions } from 'bedrock-anywhere';

/** A request as it reached Bedrock. */
export interface Received {
  url: string;
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
}

/** A network behind a gateway that answers whatever the test says, byte for byte. */
export function upstream(answer: (request: Received) => Response | Promise<Response>) {
  const received: Received[] = [];
  const client: ClientOptions = {
    transport: undefined,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLEAKIDEXAMP', secretAccessKey: 'secretkeyofthegatewayitself' },
    allowLongLivedKeys: true,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { url, signal } = request;
      const one = { url, signal, headers: Object.fromEntries(request.headers), body: await request.text() };
      received.push(one);
      return answer(one);
    },
  };
  return { client, received };
}

/** Bytes that arrive when the test says so. */
export function slowBody() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
    cancel() {
      isCancelled = true;
    },
  });
  return {
    body,
    isCancelled: () => isCancelled,
    send: (bytes: Uint8Array | string) =>
      controller?.enqueue(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes),
    end: () => controller?.close(),
    break: () => controller?.error(new Error('socket closed')),
  };
}
