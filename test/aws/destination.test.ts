import { BedrockClient } from '@aws-sdk/client-bedrock';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { sdkTransport } from '../../src/aws/index.js';
import type { Settings } from '../../src/options.js';

const SETTINGS: Settings = { region: { call: undefined, bound: undefined } };
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

describe('where an AWS client sends its calls', () => {
  it.each([
    ['us-east-1', {}, 'amazonaws.com'],
    ['us-gov-west-1', {}, 'amazonaws.com'],
    ['cn-north-1', {}, 'amazonaws.com.cn'],
    ['eusc-de-east-1', {}, 'amazonaws.eu'],
    ['us-iso-east-1', {}, 'c2s.ic.gov'],
    ['us-isob-east-1', {}, 'sc2s.sgov.gov'],
    ['us-gov-west-1', { useFipsEndpoint: true }, 'amazonaws.com'],
    ['cn-north-1', { useDualstackEndpoint: true }, 'api.amazonwebservices.com.cn'],
  ])('in %s with %o, on the hosts of its partition', async (region, variant, suffix) => {
    const init = { region, credentials, ...variant };
    const transport = sdkTransport({
      client: new BedrockRuntimeClient(init),
      controlClient: new BedrockClient(init),
    });
    const fips = 'useFipsEndpoint' in variant ? '-fips' : '';
    for (const service of ['bedrock', 'bedrock-runtime'] as const) {
      const { endpoint } = await transport.destination(service, SETTINGS);
      expect(endpoint.href).toBe(`https://${service}${fips}.${region}.${suffix}/`);
    }
  });
});
