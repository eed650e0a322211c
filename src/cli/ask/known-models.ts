import { discover } from '../../index.js';
import { findClosest } from '../settings/closest.js';

/**
 * Lists the ids that this package knows for a region, without a request to AWS: those that a local Bedrock there has. Whether
 * an account has access to them is unknown.
 */
export async function listKnownModels(region: string): Promise<string[]> {
  const { createLocalBedrock } = await import('../../local/index.js');
  const local = createLocalBedrock({ region });
  const { models } = await discover({
    region,
    endpoint: 'http://localhost',
    credentials: local.credentials,
    fetch: (input, init) => local.fetch(new Request(input, init)),
    refreshInterval: 0,
    expandProfiles: true,
  });
  return models.map(({ id }) => id);
}

/** The known id that one the service refused was probably meant to be; undefined if none is close, or it is known itself. */
export async function suggestModel(modelId: string, region: string): Promise<string | undefined> {
  const known = await listKnownModels(region);
  if (known.includes(modelId)) return undefined;
  const profile = known.find((id) => id.endsWith(`.${modelId}`));
  return profile ?? findClosest(modelId, known) ?? findPart(modelId, known);
}

/** The shortest id that contains a part of one, such as `nova-lite`. */
function findPart(part: string, known: readonly string[]): string | undefined {
  const fitting = part.length < 4 ? [] : known.filter((id) => id.includes(part.toLowerCase()));
  return fitting.sort((a, b) => a.length - b.length)[0];
}
