import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** A frame as AWS's codec reads it, checksums and all. */
export interface DecodedFrame {
  /** Headers in the order of the wire, their values as text. */
  headers: Record<string, string>;
  /** The payload as JSON; undefined where it is empty. */
  body: Record<string, unknown> | undefined;
}

/** Splits bytes into frames by their declared lengths. */
export function split(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
    frames.push(bytes.slice(at, at + length));
    at += length;
  }
  return frames;
}

/** A body of ConverseStream, decoded with AWS's codec. */
export function decode(bytes: Uint8Array): DecodedFrame[] {
  return split(bytes).map((frame) => {
    const { headers, body } = codec.decode(frame);
    const text = Buffer.from(body).toString('utf8');
    return {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, header]) => [name, String(header.value)]),
      ),
      body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>),
    };
  });
}

/** The frames of a response. */
export async function framesOf(response: Response): Promise<DecodedFrame[]> {
  return decode(new Uint8Array(await response.arrayBuffer()));
}

/** Events as `type` and payload, without padding. */
export function eventsOf(
  frames: readonly DecodedFrame[],
): [type: string, payload: Record<string, unknown>][] {
  return frames.map(({ headers, body }) => {
    const { p: _padding, ...payload } = body ?? {};
    return [headers[':event-type'] ?? headers[':exception-type'] ?? 'error', payload];
  });
}

/** All text of a stream. */
export function textOf(frames: readonly DecodedFrame[]): string {
  const deltas = frames.map(({ body }) => body?.['delta'] as { text?: string } | undefined);
  return deltas.map((delta) => delta?.text ?? '').join('');
}
