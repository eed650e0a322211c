import type { LocalBedrock } from 'bedrock-anywhere/local';
import { type Sketch, send } from '../request.js';

/** The hosts that serve the protocols of OpenAI and Anthropic. */
export const RUNTIME = 'https://bedrock-runtime.us-east-1.amazonaws.com';
export const MANTLE = 'https://bedrock-mantle.us-east-1.api.aws';

export type Json = Record<string, unknown>;

/** Sends a signed request to bedrock-mantle. */
export function askMantle(local: LocalBedrock, path: string, body?: unknown, more: Sketch = {}) {
  return send(local, {
    url: MANTLE,
    service: 'bedrock-mantle',
    path,
    ...(body !== undefined && { body }),
    ...more,
  });
}

/** Sends a signed request to bedrock-runtime. */
export function askRuntime(local: LocalBedrock, path: string, body?: unknown, more: Sketch = {}) {
  return send(local, { url: RUNTIME, path, ...(body !== undefined && { body }), ...more });
}

/** The frames of server-sent events, each as its lines. */
export async function framesOf(response: Response): Promise<string[][]> {
  const text = await response.text();
  return text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => frame.split('\n'));
}

/** The data of server-sent events that are JSON. */
export function dataOf(frames: readonly string[][]): Json[] {
  return frames.flatMap((lines) =>
    lines.flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as Json] : [])),
  );
}
