import { useEffect, useState } from 'preact/hooks';
import { describeLinkFailure, type Failure } from '../answer/failure.js';
import type { Connection } from '../connection/connection.js';
import { hasSecrets, type Secrets } from '../connection/kept.js';
import type { Link } from '../engine/engine.js';

/** What loads behind the first paint. */
export type Engine = typeof import('../engine/engine.js');

export type LinkState =
  | { status: 'loading'; link?: undefined }
  /** Something secret has to be typed first. */
  | { status: 'locked'; link?: undefined }
  | { status: 'ready'; link: Link }
  | { status: 'failed'; failure: Failure; link?: undefined };

/** Connects, and connects again when the connection or its secrets are others. */
export function useLink(
  engine: Engine | undefined,
  connection: Connection | undefined,
  secrets: Secrets,
  sessionKey: string | undefined,
): [state: LinkState, reconnect: () => void] {
  const [state, setState] = useState<LinkState>({ status: 'loading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (engine === undefined || connection === undefined) return undefined;
    if (!hasSecrets(connection, secrets)) {
      setState({ status: 'locked' });
      return undefined;
    }
    let isCurrent = true;
    const show = (next: LinkState): void => {
      if (isCurrent) setState(next);
    };
    setState({ status: 'loading' });
    engine.connect(connection, { secrets, sessionKey, base: document.baseURI }).then(
      (link) => show({ status: 'ready', link }),
      (error: unknown) =>
        show({ status: 'failed', failure: describeLinkFailure(error, engine.asBedrockError(error)) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [engine, connection, secrets, sessionKey, attempt]);
  return [state, () => setAttempt((before) => before + 1)];
}
