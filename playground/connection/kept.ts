import { type Connection, FORMS, LOCAL, readConnection } from './connection.js';

/** Secrets of a connection by the name of their field. */
export type Secrets = Readonly<Record<string, string>>;

/** What the server of the page knows; nothing where the page is only files. */
export interface Served {
  /** The connection to start with. Default: the local Bedrock. */
  connection?: Connection | undefined;
  /** Where the server itself calls Bedrock, if it does. */
  machine?: { region: string; source: string } | undefined;
}

const CONNECTION = 'bedrock-anywhere.connection';
const SECRETS = 'bedrock-anywhere.secrets';
const SESSION = 'bedrock-anywhere.session';

/** A storage may be switched off, full, or hold what something else has written. */
function read(storage: () => Storage, key: string): unknown {
  try {
    return JSON.parse(storage().getItem(key) ?? 'null');
  } catch {
    return undefined;
  }
}

function write(storage: () => Storage, key: string, value: unknown): void {
  try {
    if (value === undefined) storage().removeItem(key);
    else storage().setItem(key, JSON.stringify(value));
  } catch {
    // Then the choice lasts as long as the page.
  }
}

const local = (): Storage => localStorage;
const session = (): Storage => sessionStorage;

/** The connection that was chosen last in this browser. */
export function keptConnection(): Connection | undefined {
  return readConnection(read(local, CONNECTION));
}

export function keepConnection(connection: Connection): void {
  write(local, CONNECTION, connection);
}

/** The secrets that this tab was asked to keep. */
export function keptSecrets({ kind }: Connection): Secrets {
  const kept = Object(read(session, SECRETS)) as Record<string, unknown>;
  const names = FORMS[kind].secrets.map(({ name }) => name);
  return kept['kind'] === kind
    ? Object.fromEntries(
        names.flatMap((name) => (typeof kept[name] === 'string' ? [[name, kept[name]]] : [])),
      )
    : {};
}

/** Keeps secrets until the tab is closed; undefined forgets them. */
export function keepSecrets({ kind }: Connection, secrets: Secrets | undefined): void {
  write(session, SECRETS, secrets && { ...secrets, kind });
}

/** Whether a connection has all that it needs. */
export function hasSecrets({ kind }: Connection, secrets: Secrets): boolean {
  return FORMS[kind].secrets.every(({ name, isOptional }) => isOptional === true || Boolean(secrets[name]));
}

/**
 * Reads what the server says about itself.
 *
 * @param page Address of the page.
 */
export async function readServed(get: typeof fetch = fetch, page: string = location.href): Promise<Served> {
  try {
    const response = await get('settings.json');
    const said = response.ok ? ((await response.json()) as Record<string, unknown>) : {};
    const machine = Object(said['machine']) as Record<string, unknown>;
    const connection = { ...LOCAL, ...Object(said['connection']) } as Connection;
    return {
      connection: readConnection({ ...connection, endpoint: wholeAddress(connection.endpoint, page) }),
      machine:
        typeof machine['region'] === 'string'
          ? { region: machine['region'], source: String(machine['source']) }
          : undefined,
    };
  } catch {
    return {};
  }
}

/** A file cannot know the address that it is served from, so it may name a path of the page's own server. */
function wholeAddress(address: unknown, page: string): unknown {
  const isPath = typeof address === 'string' && /^\.{0,2}\/(?![/\\])/.test(address);
  return isPath ? new URL(address, page).href.replace(/\/$/, '') : address;
}

/** The key for the server's own routes: the answer to the one-time token in the page's address. */
export async function openSession(
  location: Pick<Location, 'hash' | 'pathname'>,
  forgetToken: () => void,
  get: typeof fetch = fetch,
): Promise<string | undefined> {
  const token = /^#token=([\w-]{20,200})$/.exec(location.hash)?.[1];
  if (token === undefined) {
    const kept = read(session, SESSION);
    return typeof kept === 'string' ? kept : undefined;
  }
  forgetToken();
  const response = await get('session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!response.ok) return undefined;
  const { key } = (await response.json()) as { key: string };
  write(session, SESSION, key);
  return key;
}
