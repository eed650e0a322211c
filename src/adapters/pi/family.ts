import { type KnownQuirks, type ModelQuirks, modelQuirks } from '../../index.js';
import type { PiModel } from './types.js';

/**
 * What the model's family is known to accept, by its id. If that says nothing, as with the ARN of an application profile, by its
 * name, which pi's users choose.
 */
export function familyOf({ id, name }: PiModel, overrides?: ModelQuirks): KnownQuirks {
  const byId = modelQuirks(id, overrides);
  return byId.sources.length > 0 ? byId : modelQuirks(name ?? '', overrides);
}

/** GovCloud rejects members of `thinking` that other partitions accept. Source: @earendil-works/pi-ai 0.74.2. */
export function isGovCloud(modelId: string, region: string | undefined): boolean {
  return region?.startsWith('us-gov-') === true || /^(us-gov\.|arn:aws-us-gov:)/.test(modelId.toLowerCase());
}
