import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { FETCHED } from '../scripts/fetch-fixtures.mjs';

/**
 * Recorded answers and public vectors lie beside the repository, not in it. `BEDROCK_FIXTURES` says where else, and
 * `npm run fixtures` fetches those that npm and Debian carry.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = resolve(ROOT, process.env['BEDROCK_FIXTURES'] ?? '../shared/fixtures');

/** What is in them, by folder. */
type Kind = 'agents' | 'converse' | 'endpoints' | 'eventstream' | 'lists' | 'recorded' | 'sigv4';

/** A suite over files of one kind; where they are missing it is skipped and its name says why. */
export function describeFixtures(kind: Kind, title: string, tests: () => void): void {
  if (existsSync(placeOf(kind))) return void describe(title, tests);
  const remedy = kind === 'eventstream' || kind === 'sigv4' ? '; npm run fixtures fetches it' : '';
  describe.skip(`${title} (skipped: ../shared/fixtures/${kind} is missing${remedy})`, () =>
    it('reads recorded files', () => {}));
}

/** Where a fixture is: beside the repository, or fetched. */
function placeOf(path: string): string {
  const own = join(FOLDER, path);
  return existsSync(own) ? own : join(FETCHED, path);
}

/** Names in a folder of the fixtures, sorted. */
export function fixtureNames(folder: string): string[] {
  return readdirSync(placeOf(folder)).sort();
}

/** The bytes of a fixture. */
export function fixtureBytes(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(placeOf(path)));
}

/** The text of a fixture. */
export function fixtureText(path: string): string {
  return readFileSync(placeOf(path), 'utf8');
}

/** The JSON of a fixture, in the shape that the caller knows it to have. */
export function fixtureJson<T>(path: string): T {
  return JSON.parse(fixtureText(path)) as T;
}

/** A body of ConverseStream as it was recorded. */
export interface Recording {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** The same, decoded: headers by name and the JSON of the payload, padding included. */
  frames: { headers: Record<string, string>; body: Record<string, unknown> }[];
}

/** All recorded ConverseStream bodies. */
export function recordings(): Recording[] {
  const names = fixtureNames('converse').filter((name) => name.endsWith('.bin'));
  return names.map((file) => {
    const name = file.slice(0, -'.bin'.length);
    const lines = fixtureText(`converse/${name}.frames.jsonl`).trim().split('\n');
    return {
      name,
      bytes: fixtureBytes(`converse/${file}`),
      frames: lines.map((line) => JSON.parse(line) as Recording['frames'][number]),
    };
  });
}
