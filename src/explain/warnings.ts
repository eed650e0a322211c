import { readVariable } from '../credentials/environment.js';
import { regionOfHost } from '../transport/endpoint.js';
import type { ExplainedCredentials } from './credentials.js';
import type { ExplainedDestination } from './destination.js';

/** What warnings are about. */
interface Explained {
  models: ExplainedDestination;
  discovery: ExplainedDestination;
  credentials: ExplainedCredentials;
}

/** Lists warnings about settings that may not do what the caller meant, as sentences. */
export function listWarnings({ models, discovery, credentials }: Explained): string[] {
  return [
    ...warnOfProfile(credentials),
    ...warnOfHalfKey(credentials),
    ...warnOfKeyId(credentials),
    ...warnOfDefaultRegion(models),
    ...warnOfHost(models),
    ...warnOfTwoRegions(models, discovery),
  ];
}

function warnOfProfile({ source, effective }: ExplainedCredentials): string[] {
  if (source !== 'access-keys' || effective !== 'profile') return [];
  return [
    'AWS_PROFILE overrides AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as in the AWS SDK. Unset it to use the keys.',
  ];
}

function warnOfHalfKey({ source }: ExplainedCredentials): string[] {
  const [set, ...more] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter(
    (name) => readVariable(name) !== undefined,
  );
  if (set === undefined || more.length > 0 || source === 'option' || source === 'transport') return [];
  const missing = set === 'AWS_ACCESS_KEY_ID' ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID';
  return [`${set} is set without ${missing}, so it is not used. Set both or neither.`];
}

function warnOfKeyId({ kind, keyId }: ExplainedCredentials): string[] {
  if (kind !== 'access-keys' || keyId !== undefined) return [];
  return ['The access key id does not look like one. Check that id and secret are not swapped.'];
}

function warnOfDefaultRegion({ region, regionFrom }: ExplainedDestination): string[] {
  if (regionFrom !== 'the default') return [];
  return [`No region is set, so calls go to ${region}. Set the option region or AWS_REGION.`];
}

function warnOfHost({ region, endpoint, endpointFrom }: ExplainedDestination): string[] {
  const ofHost = endpoint === undefined ? undefined : regionOfHost(new URL(endpoint));
  if (ofHost === undefined || ofHost === region) return [];
  return [
    `Calls are signed for ${region} but sent to an endpoint in ${ofHost} (from ${endpointFrom}), which rejects them. ` +
      'Set both to the same region.',
  ];
}

function warnOfTwoRegions(models: ExplainedDestination, discovery: ExplainedDestination): string[] {
  if (models.region === undefined || discovery.region === undefined) return [];
  if (models.region === discovery.region) return [];
  return [
    `Models are called in ${models.region}, but discover() lists those in ${discovery.region}. ` +
      'Set the region, or the endpoints of both services.',
  ];
}
