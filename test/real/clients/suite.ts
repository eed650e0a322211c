import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Client } from './client.js';

/** What a program can be told to do; what it is given and returns is in the files of `cases/`. */
type CaseName =
  | 'answer'
  | 'stream'
  | 'leave'
  | 'loop'
  | 'streamLoop'
  | 'forceTool'
  | 'object'
  | 'image'
  | 'document'
  | 'cite'
  | 'cache'
  | 'guardrail'
  | 'stopSequence'
  | 'count'
  | 'models'
  | 'profiles'
  | 'embed'
  | 'embedCohere'
  | 'rerank'
  | 'invoke'
  | 'applyGuardrail'
  | 'guardrails';

/** A client, and what to expect of it. */
export interface Candidate {
  /** Its name and version, in front of every test's name. */
  name: string;
  start(): Client | Promise<Client>;
  /** Cases that are left out, and why. */
  cannot?: Partial<Record<CaseName, string>>;
  /** The models of which an object of a schema is asked for, if they are not the usual two. */
  objectsOf?: readonly string[];
  /** The model that is refused and that breaks off, if it is not the usual one. */
  failuresOf?: string;
  /** The variables from which it reads a region. */
  regionFrom: readonly ('AWS_REGION' | 'AWS_DEFAULT_REGION')[];
}

/** Hands out the client of a file once it runs. */
export type Running = () => Client;

/** Defines a test of a case, or a skipped one whose name says why. */
export type DefineCase = (uses: CaseName, title: string, test: () => Promise<void>) => void;

/** Runs groups of cases with a client. */
export function testClient(
  candidate: Candidate,
  ...groups: readonly ((running: Running, define: DefineCase, candidate: Candidate) => void)[]
): void {
  const { name, cannot = {}, start } = candidate;
  let client: Client | undefined;
  const define: DefineCase = (uses, title, test) => {
    const why = cannot[uses];
    if (why === undefined) it(title, test);
    else it.skip(`${title} (left out: ${why})`, () => {});
  };
  describe(`${name}:`, () => {
    beforeAll(async () => {
      client = await start();
    });
    afterAll(() => client?.[Symbol.dispose]());
    for (const group of groups) group(() => client as Client, define, candidate);
  });
}
