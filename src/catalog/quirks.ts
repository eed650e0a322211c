import type { ModelQuirks } from '../types/model-quirks.js';
import { familyWords, reasoningRule } from './family.js';
import { sourcesOf } from './quirk-row.js';
import { quirkRows } from './quirks-data.js';

export type { ModelQuirks } from '../types/model-quirks.js';

/** {@link ModelQuirks} with who says so. */
export interface KnownQuirks extends ModelQuirks {
  /** Pages and packages that the members come from, with a date: one entry for each row of the table that fits; empty if none does. */
  sources: readonly string[];
}

/**
 * Returns what the family of a model is known to accept. The model is an id, an inference profile's id, an ARN or a name:
 * geography and version do not matter. The ARN of an application profile does not show its model: pass the model itself, or its id
 * as `foundationModelId` in the overrides.
 *
 * @param overrides Members that win over the table's. A member that is undefined does not.
 *
 * @example
 * ```ts
 * import { modelQuirks } from 'bedrock-anywhere';
 *
 * const { rejects = [], thinking } = modelQuirks('eu.anthropic.claude-opus-4-7');
 * const inferenceConfig = rejects.includes('temperature') ? {} : { temperature: 0.2 };
 * ```
 */
export function modelQuirks(model: string, overrides: ModelQuirks = {}): KnownQuirks {
  const foundationModelId = overrides.foundationModelId ?? model;
  const words = familyWords(foundationModelId);
  const rows = quirkRows().filter(({ family }) => family.test(words));
  const reasoning = reasoningRule(foundationModelId);
  const known: KnownQuirks = Object.assign(
    {},
    reasoning && { reasoning },
    ...rows.map(({ quirks }) => quirks),
    { sources: rows.map(sourcesOf) },
  );
  const own = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return Object.assign(known, Object.fromEntries(own));
}
