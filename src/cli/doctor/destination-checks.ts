import type { Explanation } from '../../index.js';
import { regionFrom } from '../origins.js';
import type { Defaults } from '../settings/defaults.js';
import { type Check, fail, ok, skip, warn } from './check.js';

/** Checks which region calls go to. */
export function checkRegion(explanation: Explanation, defaults: Defaults): Check {
  const { region, failure } = explanation;
  if (region === undefined) return { ...fail('Region', failure?.message ?? 'unknown'), code: failure?.code };
  const from = regionFrom(explanation, defaults);
  const text = `${region} (${from})`;
  if (explanation.regionFrom !== 'the default') return ok('Region', text);
  return warn('Region', text, 'No region is set. If you mean another one, pass --region or set AWS_REGION.');
}

/** Checks where calls to models and lists go. */
export function checkEndpoint({
  endpoint,
  endpointFrom,
  failure,
  discovery,
  flags,
  warnings,
}: Explanation): Check {
  const wrong = failure ?? discovery.failure;
  if (wrong !== undefined) return { ...fail('Endpoint', wrong.message), code: wrong.code };
  if (endpoint === undefined) return skip('Endpoint', 'unknown');
  const isSet = endpointFrom?.startsWith('AWS_') === true || endpointFrom === 'the AWS profile';
  const from = [...(isSet ? [endpointFrom] : []), ...flags].join(', ');
  const text = from === '' ? endpoint : `${endpoint} (${from})`;
  // The other warnings are on the lines of what they are about.
  const [mismatch] = warnings.filter((warning) =>
    /^(?:Calls are signed for|Models are called in)/.test(warning),
  );
  return mismatch === undefined ? ok('Endpoint', text) : fail('Endpoint', text, mismatch);
}
