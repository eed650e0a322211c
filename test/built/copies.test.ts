import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourceOfLines } from '../../scripts/built-sources.mjs';
import { bundle } from './bundle.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(ROOT, 'dist');

/** Fails through subpaths of the package, and reports which errors are the index's class, by plain `instanceof`. */
const program = (imports: string, calls: string) => `
import { BedrockError, stream } from 'bedrock-anywhere';
import { fromSdkChain, sdkTransport } from 'bedrock-anywhere/aws';
import { createCatalog } from 'bedrock-anywhere/catalog';
import { createLocalBedrock } from 'bedrock-anywhere/local';
import { createBedrockProvider, bedrockFailure } from 'bedrock-anywhere/pi';
${imports}

const request = { modelId: 'no.such-model', messages: [{ role: 'user', content: [{ text: 'ping' }] }] };
const refuse = (input, init) => createLocalBedrock().fetch(new Request(input, init));
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const options = { region: 'us-east-1', credentials };
const failures = {
  index: () => stream(request, { region: '' }).result(),
  aws: () => fromSdkChain({ profile: 1 }),
  'aws, a transport': () => sdkTransport({}),
  catalog: () => createCatalog({ 'a.model': { contextWindow: 'long' } }),
  local: () => createLocalBedrock({ region: 1 }),
  'local, as fetch': () => stream(request, { ...options, fetch: refuse }).result(),
  ${calls}
};
const classes = {};
for (const [name, fail] of Object.entries(failures)) {
  try {
    await fail();
    classes[name] = 'It did not fail.';
  } catch (error) {
    classes[name] = error instanceof BedrockError && Object.getPrototypeOf(error) === BedrockError.prototype;
  }
}
class Own extends BedrockError {}
const error = new Own({ code: 'ERR_QUOTA', message: 'Enough.' });
const pi = createBedrockProvider({ ...options, credentials: async () => { throw error; } });
const model = { id: 'amazon.nova-lite-v1:0', provider: 'amazon-bedrock', maxTokens: 0, cost: {}, input: ['text'] };
const answer = await pi.stream(model, { messages: [{ role: 'user', content: 'ping', timestamp: 0 }] }).result();
classes.pi = bedrockFailure(answer)?.code;
classes.hasInstance = Object.hasOwn(BedrockError, Symbol.hasInstance);
`;

const EXPECTED = {
  index: true,
  aws: true,
  'aws, a transport': true,
  catalog: true,
  local: true,
  'local, as fetch': true,
  pi: 'ERR_QUOTA',
  hasInstance: false,
};

function run(code: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-'], {
    cwd: ROOT,
    input: code,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('the errors of every subpath are instances of the BedrockError of the index', () => {
  it('on Node', () => {
    const imports = `
      import { startLocalBedrock } from 'bedrock-anywhere/local/node';
      import { fileStorage } from 'bedrock-anywhere/storage/file';
      const local = await startLocalBedrock();`;
    const calls = `
      'local/node': () => startLocalBedrock({ region: 1 }),
      'local/node, over HTTP': () => stream(request, { ...options, endpoint: local.url }).result(),
      'storage/file': () => fileStorage(''),`;
    const code = `${program(imports, calls)}\nawait local.close();\nconsole.log(JSON.stringify(classes));`;
    const onNode = { 'local/node': true, 'local/node, over HTTP': true, 'storage/file': true };
    expect(run(code)).toEqual({ ...EXPECTED, ...onNode });
  });

  it('in a bundle for browsers', async () => {
    const code = await bundle(`${program('', '')}\nconsole.log(JSON.stringify(classes));`, 'esm');
    expect(run(code)).toEqual(EXPECTED);
  });
});

/** Copies of these may differ in what they remember: AWS's chain is loaded once by each; the others are tables. */
const MAY_BE_COPIED = /^src\/(ambient\/node|input\/nearest|local\/(http\/)?frames)\.ts$/;

describe.each(['.', 'node'])('in dist/%s', (folder) => {
  const files = readdirSync(join(DIST, folder)).filter((file) => file.endsWith('.js'));

  it('the class of errors is in one file', () => {
    const declares = (file: string) =>
      readFileSync(join(DIST, folder, file), 'utf8').includes('Symbol.for("bedrock-anywhere.BedrockError")');
    expect(files.filter(declares)).toHaveLength(1);
  });

  it('no source that remembers something is in two files', () => {
    const places = new Map<string, Set<string>>();
    for (const file of files) {
      const path = join(DIST, folder, file);
      const sources = sourceOfLines(path);
      for (const [row, line] of readFileSync(path, 'utf8').split('\n').entries()) {
        const source = sources[row] ?? '';
        if (!/^var \w+ = (\/\* @__PURE__ \*\/ )?new (Weak)?(Map|Set)\(\);/.test(line)) continue;
        places.set(source, (places.get(source) ?? new Set()).add(file));
      }
    }
    expect(places.size).toBeGreaterThan(3);
    const copied = [...places].filter(([source, { size }]) => size > 1 && !MAY_BE_COPIED.test(source));
    expect(copied).toEqual([]);
  });
});
