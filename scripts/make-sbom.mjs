// Writes dist/sbom.cdx.json: what the package contains and what it was tested with, as a CycloneDX bill of materials.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BUNDLED_PACKAGES } from './bundled-packages.mjs';

const BUNDLED = BUNDLED_PACKAGES.map(({ name }) => name);

/**
 * The part of CycloneDX 1.5 that `npm sbom` writes and this script reads.
 *
 * @typedef {{ 'bom-ref': string, name: string, version: string } & Record<string, unknown>} Component
 * @typedef {{ ref: string, dependsOn: string[] }} Dependency
 * @typedef {{
 *   metadata: { component: Component } & Record<string, unknown>,
 *   components: Component[],
 *   dependencies: Dependency[],
 * } & Record<string, unknown>} Sbom
 */

/** The members that are kept. The others name download URLs and folders of the machine. */
const MEMBERS = ['bom-ref', 'type', 'name', 'version', 'scope', 'description', 'purl', 'hashes', 'licenses'];

/**
 * What `npm sbom` says about everything that is locked here. Its own `--omit dev` also omits packages that are needed by both
 * users and developers: https://github.com/npm/cli/issues/7909, as of 2026-11-28. It reads the lock file, as node_modules
 * would add where each package was downloaded from.
 *
 * @returns {Sbom}
 */
export function readLockedPackages() {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=library'];
  // Whatever the environment omits.
  const include = ['dev', 'optional', 'peer'].map((type) => `--include=${type}`);
  const text = execFileSync('npm', [...args, ...include], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // On Windows the commands of npm are .cmd files, which only a shell starts.
    shell: process.platform === 'win32',
  });
  return JSON.parse(text);
}

/**
 * Keeps what users get: the dependencies with all of theirs, and the packages that are part of the build. Without the time and
 * the random serial number of `npm sbom`, the same lock file makes the same bill.
 *
 * @param {Sbom} all
 * @param {{ name: string, dependencies: Record<string, string> }} manifest
 * @returns {Sbom}
 */
export function keepShipped(all, { name, dependencies }) {
  const byRef = new Map(all.components.map((component) => [component['bom-ref'], component]));
  const edges = new Map(all.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const root = all.metadata.component['bom-ref'];
  const direct = edges.get(root) ?? [];
  /** @param {string[]} names */
  const refsOf = (names) => names.map((wanted) => refOf(direct, byRef, wanted));

  const bundled = new Set(refsOf(BUNDLED));
  const installed = new Set(refsOf(Object.keys(dependencies)));
  const dependsOn = new Map([[root, [...installed, ...bundled]]]);
  // A set goes on to what is added while it is read.
  for (const ref of installed) {
    const next = edges.get(ref) ?? [];
    dependsOn.set(ref, next);
    for (const one of next) installed.add(one);
  }
  for (const ref of bundled) dependsOn.set(ref, []);

  const { timestamp: _time, component: _root, ...metadata } = all.metadata;
  const { serialNumber: _number, ...rest } = all;
  return {
    ...rest,
    // npm calls the package like the folder that it is in.
    metadata: { ...metadata, component: { ...pick(all.metadata.component), name } },
    components: [...byRef.values()]
      .filter((component) => dependsOn.has(component['bom-ref']))
      .map((component) => (bundled.has(component['bom-ref']) ? markBundled(component) : pick(component))),
    dependencies: [...dependsOn].map(([ref, refs]) => ({ ref, dependsOn: refs })),
  };
}

/**
 * @param {string[]} direct
 * @param {Map<string, Component>} byRef
 * @param {string} name
 */
function refOf(direct, byRef, name) {
  const ref = direct.find((one) => byRef.get(one)?.name === name);
  if (ref === undefined) throw new Error(`package-lock.json does not have ${name}. Run npm install.`);
  return ref;
}

/**
 * @param {Component} component
 * @returns {Component}
 */
function markBundled(component) {
  const properties = [{ name: 'cdx:npm:package:bundled', value: 'true' }];
  return { ...pick(component), scope: 'required', properties };
}

/**
 * @param {Component} component
 * @returns {Component}
 */
function pick(component) {
  return /** @type {Component} */ (
    Object.fromEntries(Object.entries(component).filter(([member]) => MEMBERS.includes(member)))
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const folder = new URL('../dist/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const sbom = keepShipped(readLockedPackages(), manifest);
  writeFileSync(new URL('sbom.cdx.json', folder), `${JSON.stringify(sbom, undefined, 1)}\n`);
}
