import { type Bedrock, type ClientOptions, createBedrock } from 'bedrock-anywhere';
import {
  createGateway,
  fromKeys,
  type GatewayLogEntry,
  type GatewayOptions,
  hashKey,
} from 'bedrock-anywhere/gateway';
import { createLocalBedrock, type LocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { type Outcome, scripted } from './outcomes.js';
import { KEY } from './setup.js';

/** A gateway with several clients, `a`, `b` and so on; a local Bedrock behind each answers with the name of its client. */
export interface TestTargets {
  locals: LocalBedrock[];
  /** Operations that were sent to each. */
  calls: string[][];
  log: GatewayLogEntry[];
  /** The gateway's clock, in milliseconds. */
  clock: { now: number };
  send(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/**
 * @param outcomes How the calls of each client end, in turn.
 */
export async function setUpTargets(
  outcomes: Outcome[][],
  options: Partial<GatewayOptions> = {},
  client: ClientOptions = {},
): Promise<TestTargets> {
  const names = outcomes.map((_, i) => String.fromCharCode(97 + i));
  const locals = names.map((name) => createLocalBedrock({ script: [{ text: `This is ${name}.` }] }));
  const transports = locals.map((local, i) => scripted(localTransport(local), outcomes[i] ?? []));
  const clients: [string, Bedrock][] = transports.map((transport, i) => [
    names[i] ?? '',
    createBedrock({ transport, maxAttempts: 1, ...client }),
  ]);
  const log: GatewayLogEntry[] = [];
  const clock = { now: 1_000_000 };
  const gateway = createGateway({
    bedrock: createBedrock({ transport: localTransport(createLocalBedrock()) }),
    clients: Object.fromEntries(clients),
    authorize: fromKeys([{ name: 'team-a', hash: await hashKey(KEY) }]),
    log: (entry) => log.push(entry),
    now: () => clock.now,
    ...options,
  });
  return {
    locals,
    calls: transports.map(({ calls }) => calls),
    log,
    clock,
    close: () => gateway.close(),
    send: (path, body, init = {}) =>
      gateway.fetch(
        new Request(`http://gateway.test${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
          ...init,
        }),
      ),
  };
}
