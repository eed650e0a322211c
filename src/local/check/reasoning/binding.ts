import { findRejections } from '../quirks.js';
import type { ConverseBody } from '../request-shape.js';

/** Makes a signature for a reasoning text, the same one for the same text behind the same conversation. */
export type Sign = (text: string) => string;

const SIGNATURE = /^EloCKg([\w+/=]+)$/;

/** Signs thoughts of an answer to a request. Those of the newest models are bound to everything before the answer. */
export function signerFor(body: ConverseBody, modelId: string): Sign {
  const isBound = findRejections(modelId).movedReasoning === true;
  const prefix = isBound ? `:${hashPrefix(body, body.messages?.length ?? 0)}` : '';
  return (text) => `EloCKg${btoa(`local-bedrock:${hash(text)}:${text.length}${prefix}`)}`;
}

/** The hash of the conversation in a signature; undefined if the signature was not made here, or is not bound. */
export function readBinding(signature: string | undefined): string | undefined {
  const [, encoded] = SIGNATURE.exec(signature ?? '') ?? [];
  if (encoded === undefined) return undefined;
  try {
    return /^local-bedrock:\w+:\d+:(\w+)$/.exec(atob(encoded))?.[1];
  } catch {
    return undefined;
  }
}

/** Whether a binding is to the system prompt, the tools and the first messages of a request. */
export function isBoundTo(binding: string, body: ConverseBody, count: number): boolean {
  return binding === hashPrefix(body, count);
}

/** Cache points are no part of what a model reads. */
function hashPrefix({ system = [], toolConfig, messages = [] }: ConverseBody, count: number): string {
  const read = <T extends { cachePoint?: unknown }>(list: readonly T[]): readonly T[] =>
    list.filter(({ cachePoint }) => cachePoint === undefined);
  const before = messages.slice(0, count).map(({ role, content }) => [role, read(content)]);
  return hash(JSON.stringify([read(system), read(toolConfig?.tools ?? []), before]));
}

function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, '0');
}
