import { listTargets } from '../routing/target.js';
import type { GatewayModels } from './models.js';

/** More models than any account has. */
const MOST_MODELS = 1000;

/**
 * The ids that may name a metric, a span or a row of usage: those that the operator has configured, and those that have answered. Anything
 * that looks like an id leads to a call, so clients could otherwise create as many series and rows as they like.
 */
export class KnownModels {
  readonly #ids: Set<string>;

  constructor({ aliases = {}, default: others }: GatewayModels) {
    const given = [...Object.values(aliases), ...(others === undefined ? [] : [others])];
    this.#ids = new Set(given.flatMap(listTargets).map(({ modelId }) => modelId));
  }

  /** Returns the id if it is known. An id becomes known with its first answer. */
  find(modelId: string | undefined, hasAnswered: boolean): string | undefined {
    if (modelId === undefined || this.#ids.has(modelId)) return modelId;
    if (!hasAnswered || this.#ids.size >= MOST_MODELS) return undefined;
    this.#ids.add(modelId);
    return modelId;
  }
}
