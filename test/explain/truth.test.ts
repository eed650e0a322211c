import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type BedrockError,
  type CallOptions,
  type ClientOptions,
  createBedrock,
  type ExplainedDestination,
  explain,
  getCallerIdentity,
} from '../../src/index.js';
import fc from '../property.js';
import { onlyVariables } from './variables.js';

let config: string;
beforeAll(() => {
  config = join(mkdtempSync(join(tmpdir(), 'explain-')), 'config');
  writeFileSync(config, '[default]\nregion = eu-north-1\n[profile work]\nregion = eu-south-1\n');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** A setting that is often left out. */
const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

const env = fc.record({
  AWS_REGION: maybe('us-east-2', 'nowhere'),
  AWS_DEFAULT_REGION: maybe('us-west-1'),
  AWS_PROFILE: maybe('work'),
  AWS_CONFIG_FILE: maybe('there'),
  AWS_ENDPOINT_URL: maybe('https://proxy.example/base', 'https://user:pass@proxy.example'),
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: maybe('https://bedrock-runtime.eu-west-3.amazonaws.com/', 'nothing'),
  AWS_ENDPOINT_URL_BEDROCK: maybe('https://bedrock.eu-west-2.amazonaws.com'),
  AWS_ENDPOINT_URL_STS: maybe('http://127.0.0.1:1'),
  AWS_USE_FIPS_ENDPOINT: maybe('true'),
  AWS_USE_DUALSTACK_ENDPOINT: maybe('TRUE'),
});
const settings = {
  region: maybe('ap-south-1', 'ap-south-2', 'ap-south'),
  fallbackRegion: maybe('ca-central-1'),
  endpoint: maybe(
    'https://bedrock-runtime.sa-east-1.amazonaws.com',
    'http://plain.example',
    'http://localhost:1',
  ),
  allowInsecureEndpoint: maybe(true),
};
const options = fc.record({ ...settings, headers: maybe({ host: 'elsewhere' }, { 'x-own': '1' }) });
const modelId = maybe(
  'amazon.nova-lite-v1:0',
  'arn:aws:bedrock:ap-south-2:123456789012:application-inference-profile/a1b2c3d4e5f6',
  'arn:half',
);

const credentials = { accessKeyId: 'AKIAOFTHETESTOFATEST', secretAccessKey: 'secret' };

/** Where a request went and for which region it was signed, or what the call failed with before it was sent. */
async function sent(call: (bound: ClientOptions) => Promise<unknown>): Promise<unknown> {
  let seen: unknown;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { url, headers } = new Request(input, init);
    const region = /Credential=AKIAOFTHETESTOFATEST\/\d+\/([^/]+)/.exec(
      headers.get('authorization') ?? '',
    )?.[1];
    seen ??= {
      endpoint: url.replace(/\/(?:model|foundation-models|inference-profiles)\b.*|\/$/, ''),
      region,
    };
    return Response.json({ message: 'no' }, { status: 400 });
  };
  try {
    await call({ credentials, fetch });
  } catch (error) {
    const { code, name, message } = error as BedrockError;
    return seen ?? { code, name, message };
  }
  return seen;
}

function said({ endpoint, region, failure }: ExplainedDestination): unknown {
  return failure ?? { endpoint, region };
}

/** The options that are set. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

describe('the explanation is what happens', () => {
  it('to a call of a model, to discover() and to getCallerIdentity()', async () => {
    const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
    await fc.assert(
      fc.asyncProperty(env, options, fc.record(settings), modelId, async (variables, call, defaults, id) => {
        onlyVariables({ ...variables, AWS_CONFIG_FILE: variables.AWS_CONFIG_FILE ? config : '/none' });
        const explained = await explain({ ...call, credentials, modelId: id, defaults });
        const { discovery, identity } = explained;
        const bound = (own: ClientOptions) => createBedrock({ ...defaults, ...own });
        const request = { modelId: id ?? 'amazon.nova-lite-v1:0', messages };
        expect(await sent((own) => bound(own).converse(request, call))).toEqual(said(explained));
        const list: CallOptions & { refreshInterval: number } = { ...call, refreshInterval: 0 };
        expect(await sent((own) => bound(own).discover(list))).toEqual(said(discovery));
        const all = { ...defined(defaults), ...defined(call) };
        expect(await sent((own) => getCallerIdentity({ ...all, ...own }))).toEqual(
          said(identity as ExplainedDestination),
        );
      }),
      { numRuns: 400 },
    );
  });
});
