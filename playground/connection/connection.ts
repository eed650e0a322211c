/** The ways to reach Bedrock from the page. */
export const KINDS = ['local', 'machine', 'api-key', 'guest', 'login', 'keys', 'gateway'] as const;
export type ConnectionKind = (typeof KINDS)[number];

/** How the page reaches Bedrock. It contains no secret, so that it may be kept. */
export interface Connection {
  kind: ConnectionKind;
  region: string;
  /** Address of a local Bedrock or a gateway; AWS's own if it is empty. */
  endpoint: string;
  identityPoolId: string;
  guestRoleArn: string;
  /** Name of the identity provider that issued the login token. */
  loginProvider: string;
}

/** What has to be typed, and is not part of a {@link Connection}. */
interface SecretField {
  name: string;
  label: string;
  placeholder: string;
  isOptional?: boolean;
}

export interface ConnectionForm {
  title: string;
  /** What it is for, in a sentence. */
  summary: string;
  fields: readonly Exclude<keyof Connection, 'kind'>[];
  secrets: readonly SecretField[];
}

const API_KEY: SecretField = { name: 'apiKey', label: 'API key', placeholder: 'bedrock-api-key-…' };

/** What each kind needs. */
export const FORMS: Readonly<Record<ConnectionKind, ConnectionForm>> = {
  local: {
    title: 'Local Bedrock',
    summary: 'A Bedrock inside this page makes up the answers. No account, no network, no cost.',
    fields: [],
    secrets: [],
  },
  machine: {
    title: 'Credentials of this machine',
    summary: 'The program that serves this page signs the requests. The credentials never enter the page.',
    fields: [],
    secrets: [],
  },
  'api-key': {
    title: 'API key',
    summary: 'A short-term Bedrock API key: npx bedrock-anywhere key',
    fields: ['region', 'endpoint'],
    secrets: [API_KEY],
  },
  guest: {
    title: 'Cognito, as a guest',
    summary: 'An identity pool gives everyone who opens the page temporary credentials.',
    fields: ['region', 'identityPoolId', 'guestRoleArn', 'endpoint'],
    secrets: [],
  },
  login: {
    title: 'Cognito, with a login',
    summary: 'An identity pool exchanges the token of an identity provider for temporary credentials.',
    fields: ['region', 'identityPoolId', 'loginProvider', 'endpoint'],
    secrets: [{ name: 'loginToken', label: 'ID token of the login', placeholder: 'eyJ…' }],
  },
  keys: {
    title: 'Session keys',
    summary: 'Temporary access keys, such as those that aws sts assume-role or get-session-token prints.',
    fields: ['region', 'endpoint'],
    secrets: [
      { name: 'accessKeyId', label: 'Access key ID', placeholder: 'ASIA…' },
      { name: 'secretAccessKey', label: 'Secret access key', placeholder: '' },
      { name: 'sessionToken', label: 'Session token', placeholder: '', isOptional: true },
    ],
  },
  gateway: {
    title: 'Gateway',
    summary: 'A gateway of bedrock-anywhere, or another server that passes Bedrock’s own paths on.',
    fields: ['endpoint', 'region'],
    secrets: [{ name: 'apiKey', label: 'Key of the gateway', placeholder: 'bag-…' }],
  },
};

export const LOCAL: Connection = {
  kind: 'local',
  region: 'us-east-1',
  endpoint: '',
  identityPoolId: '',
  guestRoleArn: '',
  loginProvider: '',
};

const REGION = /^[a-z]{2,4}(?:-[a-z]{2,20}){1,3}-\d{1,2}$/;

/** Makes a connection of what was stored or served; undefined if it is not one. */
export function readConnection(value: unknown): Connection | undefined {
  const given = Object(value) as Record<string, unknown>;
  const kind = KINDS.find((one) => one === given['kind']);
  if (kind === undefined) return undefined;
  const texts = Object.entries(LOCAL).map(([name, standard]) => [
    name,
    typeof given[name] === 'string' ? (given[name] as string).trim() : standard,
  ]);
  const connection = { ...(Object.fromEntries(texts) as Connection), kind };
  return whyNot(connection) === undefined ? connection : undefined;
}

/** Why a connection cannot work, in words for the form; undefined if it may. */
export function whyNot(connection: Connection): { field: string; message: string } | undefined {
  const { fields } = FORMS[connection.kind];
  if (fields.includes('region') && !REGION.test(connection.region))
    return { field: 'region', message: 'A region looks like us-east-1.' };
  if (fields.includes('endpoint') && (connection.kind === 'gateway' || connection.endpoint !== '')) {
    const message = whyNotAddress(connection.endpoint);
    if (message !== undefined) return { field: 'endpoint', message };
  }
  for (const field of ['identityPoolId', 'guestRoleArn', 'loginProvider'] as const)
    if (fields.includes(field) && connection[field] === '')
      return { field, message: 'This must not be empty.' };
  return undefined;
}

function whyNotAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return 'An address looks like https://gateway.example.com.';
  const { protocol, hostname, username, search, hash } = new URL(address);
  if (username !== '' || search !== '' || hash !== '') return 'Use an address without user, ? and #.';
  // Nothing else may be part of a policy.
  if (!/^[a-z0-9.-]+$/.test(hostname)) return 'The host may have letters, digits, dots and hyphens.';
  if (protocol === 'https:') return undefined;
  if (protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3})$/.test(hostname)) return undefined;
  return 'Use https:, or http: with localhost or 127.0.0.1.';
}

/** The name of a connection in the page. */
export function describeConnection({ kind, region, endpoint }: Connection): string {
  if (kind === 'local') return 'Local Bedrock';
  if (kind === 'gateway') return `Gateway · ${new URL(endpoint).host}`;
  return endpoint === ''
    ? `${region} · ${FORMS[kind].title}`
    : `${new URL(endpoint).host} · ${FORMS[kind].title}`;
}
