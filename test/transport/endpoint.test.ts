import { BedrockClient } from '@aws-sdk/client-bedrock';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { isBedrockError } from '../../src/errors.js';
import type { Service } from '../../src/options.js';
import {
  checkRegion,
  createAwsEndpoint,
  type EndpointVariant,
  isLoopback,
  readCustomEndpoint,
  regionOfHost,
} from '../../src/transport/endpoint.js';
import { describeFixtures, fixtureJson } from '../fixtures.js';

const PLAIN: EndpointVariant = { fips: false, dualStack: false };
const VARIANTS: EndpointVariant[] = [
  PLAIN,
  { fips: true, dualStack: false },
  { fips: false, dualStack: true },
  { fips: true, dualStack: true },
];
const SERVICES = ['bedrock', 'bedrock-runtime'] as const satisfies Service[];

/** AWS's regions, partition by partition, and one that no partition knows. */
const REGIONS = `
  af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
  ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
  eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
  me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1 us-west-2 cn-north-1
  cn-northwest-1 us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 eu-isoe-west-1
  us-isof-east-1 us-isof-south-1 eusc-de-east-1 xy-nowhere-12`
  .trim()
  .split(/\s+/);

/** A case of botocore's tests of the endpoint rules. */
interface EndpointCase {
  documentation: string;
  params?: { Region?: string; UseFIPS: boolean; UseDualStack: boolean; Endpoint?: string };
  expect: { endpoint?: { url: string }; error?: string };
}

describeFixtures('endpoints', "AWS's own cases of endpoint resolution", () => {
  const cases = SERVICES.flatMap((service) => {
    const { testCases } = fixtureJson<{ testCases: EndpointCase[] }>(`endpoints/${service}.json`);
    return testCases.flatMap(({ documentation, params, expect }) =>
      // Without a region AWS has no endpoint; here there is always one, at last us-east-1.
      params === undefined ? [] : [[service, documentation, params, expect] as const],
    );
  });

  it('are all there', () => {
    expect(cases).toHaveLength(40);
  });

  it.each(cases)('%s: %s', (service, _documentation, params, expected) => {
    const { Region = 'us-east-1', UseFIPS, UseDualStack, Endpoint } = params;
    const variant = { fips: UseFIPS, dualStack: UseDualStack };
    const resolve = (): URL =>
      Endpoint === undefined
        ? createAwsEndpoint(service, Region, variant)
        : readCustomEndpoint(Endpoint, 'The option endpoint', service, variant, false);
    if (expected.error === undefined) expect(resolve()).toEqual(new URL(expected.endpoint?.url ?? ''));
    else expect(refusal(resolve)).toContain(UseFIPS ? 'AWS_USE_FIPS_ENDPOINT' : 'AWS_USE_DUALSTACK_ENDPOINT');
  });
});

describe('createAwsEndpoint', () => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const providers = {
    'bedrock-runtime': new BedrockRuntimeClient({ region: 'us-east-1', credentials }).config.endpointProvider,
    bedrock: new BedrockClient({ region: 'us-east-1', credentials }).config.endpointProvider,
  };

  it.each(REGIONS)('%s: is where the AWS clients would go, in every variant', (region) => {
    for (const service of SERVICES) {
      for (const variant of VARIANTS) {
        const params = { Region: region, UseFIPS: variant.fips, UseDualStack: variant.dualStack };
        expect(createAwsEndpoint(service, region, variant)).toEqual(providers[service](params).url);
      }
    }
  });

  it.each(REGIONS)('%s: names its region, which can be read back', (region) => {
    for (const service of SERVICES) {
      for (const variant of VARIANTS)
        expect(regionOfHost(createAwsEndpoint(service, region, variant))).toBe(region);
    }
  });
});

describe('customEndpoint', () => {
  const custom = (value: string | URL, service: Service = 'bedrock-runtime', allowInsecure = false): URL =>
    readCustomEndpoint(value, 'The option endpoint', service, PLAIN, allowInsecure);

  it.each([
    ['https://gateway.example', 'https://gateway.example/'],
    ['https://gateway.example:8443/base/path', 'https://gateway.example:8443/base/path'],
    ['https://gateway.example/base/', 'https://gateway.example/base/'],
    ['https://gateway.example/a%2Fb%20c', 'https://gateway.example/a%2Fb%20c'],
    ['https://gateway.example?', 'https://gateway.example/?'],
    ['http://localhost:4000', 'http://localhost:4000/'],
    ['http://127.0.0.1:4000/base', 'http://127.0.0.1:4000/base'],
    ['http://127.9.9.9', 'http://127.9.9.9/'],
    ['http://[::1]:4000', 'http://[::1]:4000/'],
  ])('takes %s, its path with it', (value, href) => {
    expect(custom(value).href).toBe(href);
    expect(custom(new URL(value)).href).toBe(href);
  });

  it.each([
    [
      'https://gateway.example/?key=secret-value',
      /has a query or fragment\. Pass only https:\/\/gateway\.example\/\./,
    ],
    [
      'https://gateway.example/base?a',
      /has a query or fragment\. Pass only https:\/\/gateway\.example\/base\./,
    ],
    ['https://gateway.example/#secret-value', /has a query or fragment/],
    ['https://secret-value@gateway.example', /has a user name or password\. Use the option credentials/],
    ['https://user:secret-value@gateway.example', /has a user name or password\. Use the option credentials/],
    ['https://:secret-value@gateway.example', /has a user name or password\. Use the option credentials/],
    ['ftp://gateway.example', /protocol ftp:\. Use https:, or http: to this machine/],
    ['ws://localhost', /protocol ws:\. Use https:, or http: to this machine/],
    ['file:///etc/hosts', /protocol file:/],
    ['data:text/plain,a', /protocol data:/],
    ['localhost:4000', /protocol localhost:/],
    ['http://gateway.example', /plain http: to gateway\.example.*Use https:, or set allowInsecureEndpoint/],
    ['http://10.0.0.7:4000', /plain http: to 10\.0\.0\.7/],
    ['http://localhost.example.com', /plain http: to localhost\.example\.com/],
    ['http://bedrock.localhost', /plain http: to bedrock\.localhost/],
    ['http://bedrock-runtime.us-east-1.amazonaws.com', /plain http: to bedrock-runtime/],
    ['', /is not a URL\. Pass one with a protocol, such as https:/],
    ['gateway.example', /is not a URL/],
    ['//gateway.example', /is not a URL/],
    ['https://', /is not a URL/],
    ['us-east-1', /is not a URL/],
  ])('refuses %s and says why and what to do', (value, why) => {
    const message = refusal(() => custom(value));
    expect(message).toMatch(/^The option endpoint /);
    expect(message).toMatch(why);
    expect(message).not.toContain('secret-value');
  });

  it('takes plain http: to another host where that was allowed, and nothing else with it', () => {
    expect(custom('http://gateway.example:4000/a', 'bedrock-runtime', true).href).toBe(
      'http://gateway.example:4000/a',
    );
    for (const value of [
      'http://gateway.example?a=b',
      'http://user@gateway.example',
      'ftp://gateway.example',
    ]) {
      refusal(() => custom(value, 'bedrock-runtime', true));
    }
  });

  it.each(VARIANTS.filter(({ fips, dualStack }) => fips || dualStack))(
    'contradicts %o, which chooses among the endpoints of AWS',
    (variant) => {
      const set = (): URL =>
        readCustomEndpoint('https://gateway.example', 'AWS_ENDPOINT_URL', 'bedrock', variant, true);
      const flag = variant.fips ? 'AWS_USE_FIPS_ENDPOINT' : 'AWS_USE_DUALSTACK_ENDPOINT';
      expect(refusal(set)).toMatch(
        new RegExp(
          `^AWS_ENDPOINT_URL and ${flag}, or use_[a-z]+_endpoint in the AWS profile, which chooses an endpoint of AWS, contradict each other.*Unset one`,
        ),
      );
    },
  );

  it('does not change the URL that it is given', () => {
    const given = new URL('https://bedrock-runtime.us-east-1.amazonaws.com/base');
    const made = custom(given, 'bedrock');
    made.pathname = '/other';
    expect(given.href).toBe('https://bedrock-runtime.us-east-1.amazonaws.com/base');
  });

  it.each(REGIONS)(
    "%s: AWS's own endpoint of one service leads to the other's, in every variant",
    (region) => {
      for (const variant of VARIANTS) {
        for (const service of SERVICES) {
          const expected = createAwsEndpoint(service, region, variant);
          for (const given of SERVICES)
            expect(custom(createAwsEndpoint(given, region, variant), service)).toEqual(expected);
        }
      }
    },
  );

  it.each([
    'https://vpce-0a1b2c3d-4e5f.bedrock-runtime.us-east-1.vpce.amazonaws.com/',
    'https://vpce-0a1b2c3d-4e5f-us-east-1a.bedrock.us-east-1.vpce.amazonaws.com/',
    'https://bedrock.example/base',
    'https://bedrock-runtime.example/',
    'https://bedrock-runtime.internal:8443/',
    'https://bedrock-runtime.us-east-1.example.com/',
    'https://bedrock.us-east-1.amazonaws.com.example.com/',
    'https://gateway.example/bedrock-runtime.us-east-1.amazonaws.com/',
  ])('%s stays for both services: what is sent there goes nowhere else', (href) => {
    for (const service of SERVICES) expect(custom(href, service).href).toBe(href);
  });
});

describe('regionOfHost', () => {
  it.each([
    ['bedrock-runtime.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['bedrock.us-east-1.amazonaws.com', 'us-east-1'],
    ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['bedrock-fips.us-gov-west-1.api.aws', 'us-gov-west-1'],
    ['bedrock-runtime.us-west-2.api.aws', 'us-west-2'],
    ['BEDROCK-RUNTIME.US-WEST-2.AMAZONAWS.COM', 'us-west-2'],
    ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['bedrock-runtime.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['vpce-0a1b2c3d-4e5f.bedrock-runtime.ap-southeast-7.vpce.amazonaws.com', 'ap-southeast-7'],
    ['vpce-0a1b2c3d-4e5f-us-east-1a.bedrock-runtime.us-east-1.vpce.amazonaws.com', 'us-east-1'],
    ['vpce-0a1b2c3d-4e5f.bedrock.us-east-1.vpce.amazonaws.com', 'us-east-1'],
    ['bedrock-runtime.amazonaws.com', undefined],
    ['bedrock-runtime.us-east-1', undefined],
    ['bedrock-agent-runtime.us-east-1.amazonaws.com', 'us-east-1'],
    ['notbedrock.us-east-1.amazonaws.com', undefined],
    ['s3.us-east-1.amazonaws.com', undefined],
    ['us-east-1.example.com', undefined],
    ['gateway.example', undefined],
    ['localhost', undefined],
    ['127.0.0.1', undefined],
    ['bedrock-runtime.us-east-1.example.com', undefined],
    ['bedrock-runtime.us-east-1.amazonaws.com.example.com', undefined],
  ])('of %s is %s', (host, region) => {
    expect(regionOfHost(new URL(`https://${host}/path`))).toBe(region);
  });
});

describe('checkedRegion', () => {
  it.each(['us-gov-west-1', 'cn-north-1', 'us-iso-east-1', 'ap-southeast-7', 'eusc-de-east-1', ...REGIONS])(
    'lets %s pass',
    (region) => {
      expect(checkRegion(region, 'the option region')).toBe(region);
    },
  );

  it.each([
    'US East',
    'US-EAST-1',
    'us-east-1a',
    '',
    ' ',
    ' us-east-1',
    'us-east-1\n',
    'us_east_1',
    'us-east',
    'us-1',
    'useast1',
    'us-east-1.example.com',
    'us-east-1/',
    'us-east-1@example',
    'https://bedrock.us-east-1.amazonaws.com',
    'aws-global',
    'europe-west4',
  ])('refuses %j, says where it is from and what a region looks like', (region) => {
    const message = refusal(() => checkRegion(region, 'AWS_REGION'));
    const shown = region.length > 16 ? `A text of ${region.length} characters` : `"${region}"`;
    expect(message).toContain(`${shown} (from AWS_REGION)`);
    expect(message).toContain('such as us-east-1');
  });
});

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST:8080', '127.0.0.1', '127.1.2.3:80', '[::1]:4000', '0x7f.1'])(
    'is true of %s',
    (host) => {
      expect(isLoopback(new URL(`http://${host}/a`))).toBe(true);
    },
  );

  it.each([
    'example.com',
    'localhost.example.com',
    'notlocalhost',
    // Browsers resolve it themselves, but Node asks DNS.
    'bedrock.localhost',
    'x.localhost',
    '127.0.0.1.example.com',
    '128.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '[::2]',
    '[fe80::1]',
  ])('is false of %s', (host) => {
    expect(isLoopback(new URL(`http://${host}/a`))).toBe(false);
  });
});

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isBedrockError(error) && error.code === 'ERR_INPUT') return error.message;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
