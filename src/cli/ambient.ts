import { ambientRegion } from '../credentials/ambient.js';
import { readVariable } from '../credentials/environment.js';
import { regionOfHost } from '../http/endpoint.js';
import { resolveTarget } from '../http/options.js';
import type { CredentialSourceName } from '../index.js';

/** A region, and what says so. */
export interface KnownRegion {
  region: string;
  /** A variable's name, `--region`, the profile, or the default. */
  from: string;
}

/** The region of calls to models, as the library decides it, with the reason. */
export async function regionInUse(option: string | undefined): Promise<KnownRegion> {
  const { region } = await resolveTarget({ bound: {}, call: { region: option } }, 'bedrock-runtime');
  return { region, from: await reasonFor(option) };
}

/** In the order in which `resolveTarget` looks. */
async function reasonFor(option: string | undefined): Promise<string> {
  if (option !== undefined) return '--region';
  const endpoint = endpointsInUse().find(({ services }) => services.includes('bedrock-runtime'));
  const host = endpoint && URL.canParse(endpoint.url) ? regionOfHost(new URL(endpoint.url)) : undefined;
  if (host !== undefined) return `the host in ${endpoint?.variable}`;
  const variable = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((name) => readVariable(name) !== undefined);
  if (variable !== undefined) return variable;
  return (await ambientRegion?.()) === undefined ? 'the default' : `the AWS profile "${profileName()}"`;
}

/** An endpoint that the environment sets. */
export interface SetEndpoint {
  variable: string;
  url: string;
  /** Those of our services that go there. */
  services: string[];
}

const SERVICES = ['bedrock-runtime', 'bedrock', 'sts'] as const;

/** The endpoints that variables lead to, without what else may stand in them. */
export function endpointsInUse(): SetEndpoint[] {
  const found = new Map<string, SetEndpoint>();
  for (const service of SERVICES) {
    const own = `AWS_ENDPOINT_URL_${service.toUpperCase().replace('-', '_')}`;
    const variable = [own, 'AWS_ENDPOINT_URL'].find((name) => readVariable(name) !== undefined);
    if (variable === undefined) continue;
    const url = shown(readVariable(variable) ?? '');
    const endpoint = found.get(variable) ?? { variable, url, services: [] };
    endpoint.services.push(service);
    found.set(variable, endpoint);
  }
  return [...found.values()];
}

/** A user, password or query in a URL may be secret. */
function shown(value: string): string {
  if (!URL.canParse(value)) return 'not a URL';
  const { origin, pathname } = new URL(value);
  return `${origin}${pathname.replace(/\/$/, '')}`;
}

/** The name of the profile that the AWS chain would use. */
export function profileName(): string {
  return readVariable('AWS_PROFILE') ?? 'default';
}

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** The variables that credentials are read from, and those that are set and not looked at. Names, never values. */
export function variablesOf(effective: CredentialSourceName): { used: string[]; unused: string[] } {
  const set = ['AWS_BEARER_TOKEN_BEDROCK', ...KEYS, 'AWS_PROFILE'].filter(
    (name) => readVariable(name) !== undefined,
  );
  const wanted: Readonly<Record<CredentialSourceName, string[]>> = {
    'bearer-token': ['AWS_BEARER_TOKEN_BEDROCK'],
    'access-keys': KEYS,
    profile: ['AWS_PROFILE'],
    'default-chain': [],
    none: [],
  };
  const used = set.filter((name) => wanted[effective].includes(name));
  return { used, unused: set.filter((name) => !used.includes(name)) };
}

/** Steps of the AWS chain by the marks that the AWS SDK leaves on credentials; those nearest to their origin first. */
const STEPS: readonly (readonly [mark: RegExp, step: string])[] = [
  [/^CREDENTIALS_IMDS$/, 'instance role, from instance metadata'],
  [/^CREDENTIALS_HTTP$/, 'container credentials'],
  [/^CREDENTIALS_(?:PROFILE_)?PROCESS$/, 'credential_process'],
  [/^CREDENTIALS_(?:PROFILE_)?SSO(?:_LEGACY)?$/, 'single sign-on'],
  [/^CREDENTIALS_(?:PROFILE_)?LOGIN$/, 'login session'],
  [/WEB_ID/, 'web identity token'],
  [/^CREDENTIALS_STS_ASSUME_ROLE$/, 'assumed role'],
  [/^CREDENTIALS_PROFILE/, 'config and credentials files'],
];

/** Which step of the AWS chain gave credentials, where the AWS SDK says so. */
export function chainStep(credentials: object): string | undefined {
  const { $source } = credentials as { $source?: unknown };
  if (typeof $source !== 'object' || $source === null) return undefined;
  const marks = Object.keys($source);
  return STEPS.find(([mark]) => marks.some((name) => mark.test(name)))?.[1];
}
