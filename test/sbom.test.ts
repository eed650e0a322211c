import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BUNDLED_PACKAGES } from '../scripts/bundled-packages.mjs';
import { keepShipped, readLockedPackages, type Sbom } from '../scripts/make-sbom.mjs';

interface Locked {
  version: string;
  dev?: boolean;
  resolved?: string;
  integrity: string;
}

const read = (file: string) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
const manifest = read('package.json') as {
  name: string;
  version: string;
  dependencies: Record<string, string>;
};
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const bundled = BUNDLED_PACKAGES.map(({ name }) => name);

describe('the bill of materials', () => {
  let sbom: Sbom;
  beforeAll(() => {
    sbom = keepShipped(readLockedPackages(), manifest);
  });
  afterEach(() => void vi.unstubAllEnvs());

  it('lists what users install, and the packages whose code is in the build', () => {
    const shipped = Object.entries(packages).flatMap(([path, { version, dev }]) => {
      const name = path.replace(/^.*node_modules\//, '');
      return path !== '' && (dev !== true || bundled.includes(name)) ? `${name}@${version}` : [];
    });
    const listed = sbom.components.map(({ name, version }) => `${name}@${version}`);
    expect(listed.sort()).toEqual([...new Set(shipped)].sort());
    expect(listed.length).toBeGreaterThan(Object.keys(manifest.dependencies).length + bundled.length);
  });

  it('gives each its licence, and the hash that the lock file has', () => {
    for (const component of sbom.components) {
      expect(component).toMatchObject({ scope: 'required', licenses: [expect.anything()] });
      const { hashes } = component as unknown as { hashes: { alg: string; content: string }[] };
      const integrity = hashes.map(
        ({ content }) => `sha512-${Buffer.from(content, 'hex').toString('base64')}`,
      );
      const locked = Object.entries(packages).filter(
        ([path, { version }]) =>
          path.endsWith(`node_modules/${component.name}`) && version === component.version,
      );
      expect(locked.map(([, one]) => one.integrity)).toContain(integrity[0]);
    }
  });

  it('marks what is bundled, and says what needs what', () => {
    const marked = sbom.components.filter(({ properties }) => properties !== undefined);
    expect(marked.map(({ name }) => name).sort()).toEqual([...bundled].sort());
    expect(marked[0]?.['properties']).toEqual([{ name: 'cdx:npm:package:bundled', value: 'true' }]);
    const refs = new Set([...sbom.components, sbom.metadata.component].map((one) => one['bom-ref']));
    expect(new Set(sbom.dependencies.map(({ ref }) => ref))).toEqual(refs);
    for (const { dependsOn } of sbom.dependencies) for (const ref of dependsOn) expect(refs).toContain(ref);
    const [root] = sbom.dependencies;
    expect(root?.dependsOn).toHaveLength(Object.keys(manifest.dependencies).length + bundled.length);
  });

  it('names the package, and neither the folder, the time nor any download', () => {
    expect(sbom.metadata.component).toMatchObject({ name: manifest.name, version: manifest.version });
    const urls = JSON.stringify(sbom).match(/https?:\/\/[^"]*/g);
    expect(urls).toEqual(['http://cyclonedx.org/schema/bom-1.5.schema.json']);
    expect(JSON.stringify(sbom)).not.toMatch(/node_modules|timestamp|serialNumber|\.tgz/);
  });

  it('is the same each time, whatever npm is told to omit', () => {
    vi.stubEnv('npm_config_omit', 'dev');
    vi.stubEnv('NODE_ENV', 'production');
    expect(keepShipped(readLockedPackages(), manifest)).toEqual(sbom);
  });

  it('is not made if the lock file lacks a dependency', () => {
    const dependencies = { ...manifest.dependencies, 'not-installed': '^1.0.0' };
    expect(() => keepShipped(readLockedPackages(), { ...manifest, dependencies })).toThrow(
      'package-lock.json does not have not-installed. Run npm install.',
    );
  });

  it('keeps no URL that npm adds', () => {
    const all = readLockedPackages();
    const withUrls = all.components.map((component) => ({
      ...component,
      externalReferences: [{ type: 'distribution', url: 'https://mirror.example/a/-/a-1.0.0.tgz' }],
      properties: [{ name: 'cdx:npm:package:path', value: 'node_modules/a' }],
    }));
    expect(keepShipped({ ...all, components: withUrls }, manifest)).toEqual(sbom);
  });
});
