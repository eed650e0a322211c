import { type Connection, LOCAL } from './connection.js';
import { keptConnection, keptSecrets, openSession, readServed, type Secrets } from './kept.js';
import { confineTo, originsOf } from './origins.js';

/** What the page begins with. */
export interface Boot {
  connection: Connection;
  secrets: Secrets;
  /** The origins that the page can reach until it is loaded again, besides its own. */
  confinedTo: readonly string[];
  /** Whether the server of the page calls Bedrock itself. */
  hasMachine: boolean;
  sessionKey: string | undefined;
}

/** Finds the connection, and closes the page to everything else. Nothing else may be requested before. */
export async function bootPage(): Promise<Boot> {
  const isFresh = location.hash.startsWith('#token=');
  const [served, sessionKey] = await Promise.all([
    readServed(),
    openSession(location, () => history.replaceState(null, '', location.pathname)).catch(() => undefined),
  ]);
  const { machine } = served;
  const hasMachine = machine !== undefined && sessionKey !== undefined;
  const chosen = (isFresh ? served.connection : undefined) ?? keptConnection() ?? served.connection ?? LOCAL;
  const possible = chosen.kind === 'machine' && !hasMachine ? LOCAL : chosen;
  const connection =
    possible.kind === 'machine' && machine ? { ...possible, region: machine.region } : possible;
  const confinedTo = originsOf(connection);
  confineTo(confinedTo);
  return { connection, secrets: keptSecrets(connection), confinedTo, hasMachine, sessionKey };
}
