import type { Link } from '../engine/engine.js';

/** The first of these that there is. At AWS the first is one that most accounts may use, for little money. */
const AT_AWS = [/amazon\.nova-2-lite/, /amazon\.nova-lite/, /claude-haiku/];
const LOCALLY = [/claude-haiku-4-5/, ...AT_AWS];

/** The model to begin with. */
export function chooseModel({ models, isLocal }: Link): string {
  for (const wanted of isLocal ? LOCALLY : AT_AWS) {
    const found = models.find(({ id }) => wanted.test(id));
    if (found !== undefined) return found.id;
  }
  return models[0]?.id ?? '';
}
