import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Packs what was built and installs it alone, as a user would: gives the folder that `node_modules` is in. It is outside
 * of the repository, whose own paths and manifest must not answer for the package.
 */
export async function installPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-installed-'));
  const packed = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await npm(['install', ...options, `./${filename}`], folder);
  return folder;
}

async function npm(args: string[], cwd: string): Promise<string> {
  // On Windows the commands of npm are .cmd files, which only a shell starts.
  const shell = process.platform === 'win32';
  return (await promisify(execFile)('npm', args, { cwd, shell })).stdout;
}
