// Everything that answers need. It loads behind the first paint.
import {
  type Bedrock,
  type BedrockError,
  type ClientOptions,
  createBedrock,
  fromBearerToken,
  fromCognitoIdentityPool,
  fromStatic,
  isBedrockError,
  type Model,
  modelQuirks,
} from 'bedrock-anywhere';
import { catalog } from 'bedrock-anywhere/catalog';
import { useConverse } from 'bedrock-anywhere/react';
import type { Connection } from '../connection/connection.js';
import type { Secrets } from '../connection/kept.js';

export { modelQuirks, useConverse };

/** A connection that answers. */
export interface Link {
  bedrock: Bedrock;
  models: readonly Model[];
  /** Whether answers are made up, so that their cost is what AWS would have charged. */
  isLocal: boolean;
  /** Whether requests may carry faults to try out. */
  takesFaults: boolean;
}

/** What a connection depends on, besides what was chosen. */
export interface Surroundings {
  secrets: Secrets;
  /** The key for the routes of the server of this page. */
  sessionKey: string | undefined;
  /** Address of the page. */
  base: string;
}

/**
 * Connects, and lists the models.
 *
 * @throws BedrockError if that fails
 */
export async function connect(connection: Connection, surroundings: Surroundings): Promise<Link> {
  const { kind, region, endpoint } = connection;
  if (kind === 'local') {
    const { createPageBedrock } = await import('./page-bedrock.js');
    const bedrock = createBedrock({ transport: createPageBedrock(), catalog, region });
    return { bedrock, models: await discover(bedrock), isLocal: true, takesFaults: true };
  }
  if (kind === 'machine') return connectToMachine(region, surroundings);
  const { secrets } = surroundings;
  const bedrock = createBedrock({
    region,
    catalog,
    ...(endpoint !== '' && { endpoint }),
    credentials: credentialsOf(connection, secrets),
  });
  const models =
    kind === 'gateway' ? await listOfGateway(endpoint, secrets['apiKey'] ?? '') : await discover(bedrock);
  return { bedrock, models, isLocal: false, takesFaults: isOnThisMachine(endpoint) && kind !== 'gateway' };
}

async function discover(bedrock: Bedrock): Promise<Model[]> {
  // Lists are cached by this library; a page that is opened again wants to see what changed.
  return (await bedrock.discover({ refreshInterval: 300, expandProfiles: true })).models;
}

function credentialsOf(
  { kind, endpoint, identityPoolId, guestRoleArn, loginProvider }: Connection,
  secrets: Secrets,
): NonNullable<ClientOptions['credentials']> {
  const clientConfig = endpoint === '' ? {} : { clientConfig: { endpoint } };
  switch (kind) {
    case 'guest':
      return fromCognitoIdentityPool({ identityPoolId, guestRoleArn, ...clientConfig });
    case 'login':
      return fromCognitoIdentityPool({
        identityPoolId,
        logins: { [loginProvider]: secrets['loginToken'] ?? '' },
        ...clientConfig,
      });
    case 'keys': {
      const { accessKeyId = '', secretAccessKey = '', sessionToken } = secrets;
      return fromStatic({ accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) });
    }
    default:
      return fromBearerToken(secrets['apiKey'] ?? '');
  }
}

/** The server of the page signs, and lists the models of its own region. */
async function connectToMachine(region: string, { sessionKey = '', base }: Surroundings): Promise<Link> {
  const bedrock = createBedrock({
    region,
    catalog,
    endpoint: new URL('bedrock', base),
    credentials: fromBearerToken(sessionKey),
  });
  const { models } = (await getJson(new URL('models', base), sessionKey)) as { models: Model[] };
  return { bedrock, models, isLocal: false, takesFaults: false };
}

/** A gateway lists names alone: what is known of them comes from the catalog. */
async function listOfGateway(endpoint: string, key: string): Promise<Model[]> {
  const { data } = (await getJson(new URL('v1/models', `${endpoint.replace(/\/$/, '')}/`), key)) as {
    data?: { id?: unknown }[];
  };
  const ids = (Array.isArray(data) ? data : []).map(({ id }) => String(id));
  return ids.map((id) => {
    const known = catalog(id);
    return {
      id,
      arn: id,
      foundationModelId: id,
      name: id,
      provider: 'Gateway',
      region: '',
      input: ['text'],
      output: ['text'],
      streaming: true,
      lifecycle: 'ACTIVE',
      via: undefined,
      profiles: [],
      contextWindow: known?.contextWindow ?? 0,
      maxTokens: known?.maxTokens ?? 0,
      outputFillsWindow: known?.outputFillsWindow === true,
      limits: known?.contextWindow === undefined ? 'default' : 'known',
      reasoning: known?.reasoning,
      tools: known?.tools,
      promptCaching: known?.promptCaching,
      cost: known?.price,
      access: undefined,
    };
  });
}

async function getJson(url: URL, key: string): Promise<unknown> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(messageIn(text) ?? `${url.host} answered with ${response.status}.`);
  return JSON.parse(text);
}

function messageIn(text: string): string | undefined {
  try {
    const said = JSON.parse(text) as { message?: unknown; error?: { message?: unknown } };
    const message = said.message ?? said.error?.message;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function isOnThisMachine(endpoint: string): boolean {
  return endpoint !== '' && /^(?:localhost|127(?:\.\d{1,3}){3})$/.test(new URL(endpoint).hostname);
}

/** A failure of the library, of whatever copy. */
export function asBedrockError(error: unknown): BedrockError | undefined {
  return isBedrockError(error) ? error : undefined;
}
