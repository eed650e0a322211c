import { calls } from './groups/calls.js';
import { cancel } from './groups/cancel.js';
import { credentials } from './groups/credentials.js';
import { discovery } from './groups/discovery.js';
import { fairness } from './groups/fairness.js';
import { faults } from './groups/faults.js';
import { gateway } from './groups/gateway.js';
import { protocols } from './groups/protocols.js';
import { responses } from './groups/responses.js';
import { storage } from './groups/storage.js';
import { streaming } from './groups/streaming.js';
import { connectServer, type Server, type Setup } from './server.js';

/** The core of the library under test. */
export type Core = typeof import('bedrock-anywhere');

/** The library under test, as a runtime has loaded it. */
export type Library = Core & typeof import('bedrock-anywhere/gateway');

/** A storage that the runtime has; each call opens another one over the same backend, except in memory. */
export type OpenStorage = () => StorageLike | Promise<StorageLike>;
type StorageLike = import('bedrock-anywhere').StorageLike;

/** What a case has to work with. */
export interface Context {
  lib: Library;
  setup: Setup;
  storages: Readonly<Record<string, OpenStorage>>;
  /** What the server has seen since the case began. */
  server: Server;
}

/** One thing that a user relies on; it fails by throwing. */
export interface Case {
  name: string;
  run(context: Context): Promise<void>;
}

/** Cases that belong together; some depend on which storages a runtime has. */
export type Group = (storages: readonly string[]) => Case[];

/** How a case ended. */
export interface Outcome {
  group: string;
  name: string;
  /** Why it failed; undefined where it passed. */
  failure?: string;
  durationMs: number;
}

/** What a run tells of itself. */
export type Report = Outcome | 'done' | { crashed: string };

/** A column of the matrix each. A new group is one file in `groups/` and one line here. */
export const GROUPS = {
  credentials,
  streaming,
  cancel,
  calls,
  protocols,
  gateway,
  responses,
  discovery,
  storage,
  faults,
  fairness,
} satisfies Record<string, Group>;

/** A case is over by then, also where a runtime lets a promise hang. */
const LIMIT_MS = 120_000;

/** The cases of a runtime with these storages, in the order in which they run. */
export function casesFor(storages: readonly string[]): (Case & { group: string })[] {
  return Object.entries(GROUPS).flatMap(([group, make]) => make(storages).map((one) => ({ group, ...one })));
}

/**
 * Runs all cases one after the other, and tells each outcome to the server. `control` is the address of the server that
 * also tells what to work with.
 */
export async function runSuite(
  lib: Library,
  openStorages: () => Context['storages'] | Promise<Context['storages']>,
  control: string,
): Promise<void> {
  try {
    const storages = await openStorages();
    for (const index of casesFor(Object.keys(storages)).keys())
      await report(control, await runCase(lib, storages, control, index));
    await report(control, 'done');
  } catch (error) {
    await report(control, { crashed: told(error) });
  }
}

/** Runs one case by its place in the list. A case that leaves a connection open has failed, too. */
export async function runCase(
  lib: Library,
  storages: Context['storages'],
  control: string,
  index: number,
): Promise<Outcome> {
  const found = casesFor(Object.keys(storages))[index];
  if (found === undefined) throw new RangeError(`There is no case ${index}.`);
  const { group, name, run } = found;
  const server = connectServer(control);
  const began = Date.now();
  const ended = () => ({ group, name, durationMs: Date.now() - began });
  try {
    const setup = await server.begin();
    await inTime(run({ lib, setup, storages, server }));
    await server.untilQuiet();
    return ended();
  } catch (error) {
    return { ...ended(), failure: told(error) };
  }
}

/** Tells where the run was started: an outcome, the end, or why there are no more outcomes. */
export async function report(control: string, what: Report): Promise<void> {
  await fetch(`${control}/report`, { method: 'POST', body: JSON.stringify(what) });
}

async function inTime(run: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${LIMIT_MS} ms.`)), LIMIT_MS);
  });
  try {
    await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stack = '' } = error;
  return stack.includes(error.message) ? stack : `${error.name}: ${error.message}\n${stack}`;
}
