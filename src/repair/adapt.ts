import { BoundedMap } from '../bounded-map.js';
import type { BedrockError } from '../errors.js';
import type { Repair } from '../types.js';
import type { Body } from './omit.js';
import { changeFor } from './refusals.js';

/** Bounds of what a process remembers: models, and rejections per model. */
const MAX_MODELS = 200;
const MAX_REJECTIONS = 12;

/**
 * What models rejected, by endpoint and model: the words that `changeFor` knows, and never more of a message, because the next
 * call may be another user's. Words are remembered rather than paths: whether they apply is decided anew for each request, so
 * a field that was rejected next to another one stays if it is alone.
 */
const rejections = /* @__PURE__ */ new BoundedMap<string, string[]>(MAX_MODELS);

/** A request body that is changed by what its model rejects. */
export interface Adaptation {
  /** The body without what the model rejected in earlier calls. */
  start: object;
  /** The body also without what an error names; undefined if it names nothing, or what may not be changed. */
  adapt(error: BedrockError): object | undefined;
  /** Call it when the service has accepted a request: only then is it certain that the changes helped. */
  remember(): void;
}

/**
 * Changes a request body by what the service rejects.
 *
 * @param model The endpoint and the model: what one of them rejects says nothing about another.
 */
export function adaptBody(body: object, model: string, repairs: Repair[]): Adaptation {
  let left = body as Body;
  let drops = 0;
  const learned: string[] = [];
  const change = (reason: string): object | undefined => {
    // The bound ends a call whose errors always name another field.
    const made = drops < MAX_REJECTIONS ? changeFor(left, reason) : undefined;
    if (made === undefined) return undefined;
    const { body: next, words, isOccasional, ...repair } = made;
    drops += 1;
    left = next;
    repairs.push({ ...repair, reason });
    if (!isOccasional) learned.push(words);
    return left;
  };
  for (const words of rejections.get(model) ?? []) change(words);
  return {
    start: left,
    adapt: ({ code, phase, message }) =>
      code === 'ERR_INPUT' && phase !== 'prepare' ? change(message.slice(0, 500)) : undefined,
    remember: () => {
      if (learned.length === 0) return;
      const known = (rejections.get(model) ?? []).filter((words) => !learned.includes(words));
      rejections.set(model, [...known, ...learned].slice(-MAX_REJECTIONS));
    },
  };
}
