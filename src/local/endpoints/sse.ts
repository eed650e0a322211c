import { writeJson } from '../http/frames.js';

const encoder = new TextEncoder();

/** In which lines a stream sends an event: only its data, or its name before or after that. */
export type FrameForm = 'data' | 'event-data' | 'data-event';

/** Encodes a frame of server-sent events without a name. */
export function dataFrame(data: object | string): Uint8Array {
  return encoder.encode(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
}

/** Encodes an event whose name is also its member `type`. */
export function namedFrame(data: { type: string } & Record<string, unknown>, form: FrameForm): Uint8Array {
  // Recorded streams have their members in alphabetical order.
  const line = `data: ${writeJson(data)}\n`;
  const name = `event: ${data.type}\n`;
  const lines = { data: line, 'event-data': name + line, 'data-event': line + name }[form];
  return encoder.encode(`${lines}\n`);
}

/** Encodes an event whose name is also its member `type`, with its members in their order. */
export function eventFrame(data: { type: string }): Uint8Array {
  return encoder.encode(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
}
