import { UsageError } from '../print/terminal.js';

const MODEL = 'amazon.nova-lite-v1:0';

/** The geography of the profile in front of the id, by how a region begins. */
const GEOGRAPHIES: readonly (readonly [region: string, geography: string])[] = [
  ['us-gov-', ''],
  ['us-east-1', ''],
  ['us-', 'us.'],
  ['ca-', 'ca.'],
  ['eu-', 'eu.'],
  ['ap-', 'apac.'],
];

/**
 * The model that answers if none is named: Amazon Nova Lite, which needs no agreement with a provider and reads images and
 * documents. Source: "Supported Regions and models for inference profiles" in the Amazon Bedrock user guide, and the profiles
 * in this package's catalog, 2026-11-28.
 *
 * @throws UsageError for a region without a known profile
 */
export function defaultModel(region: string): string {
  const geography = GEOGRAPHIES.find(([start]) => region.startsWith(start))?.[1];
  if (geography !== undefined) return geography + MODEL;
  throw new UsageError(
    `There is no default model for ${region}. Pass one with -m. List the models with: npx bedrock-anywhere models --region ${region}`,
  );
}
