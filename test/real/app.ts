import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

/** An app of a user: files of the examples, files of its own, and the packed package. */
export class App implements Disposable {
  readonly folder: string;

  /** @param framework The folder that the framework is installed in: Node looks for packages in all folders above. */
  constructor(framework: string) {
    this.folder = join(framework, 'apps', randomUUID());
    mkdirSync(this.folder, { recursive: true });
    this.write('package.json', JSON.stringify({ private: true }));
  }

  /** Takes a file or folder of the examples as it is. */
  copyExample(from: string, to: string): void {
    cpSync(join(EXAMPLES, from), join(this.folder, to), { recursive: true });
  }

  /** Takes a file of the tests as it is. */
  copy(from: string, to: string): void {
    const path = join(this.folder, to);
    mkdirSync(dirname(path), { recursive: true });
    cpSync(from, path);
  }

  write(file: string, text: string): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Makes the built package of this checkout importable. */
  link(): void {
    const modules = join(this.folder, 'node_modules');
    mkdirSync(modules, { recursive: true });
    symlinkSync(
      fileURLToPath(new URL('../..', import.meta.url)),
      join(modules, 'bedrock-anywhere'),
      'junction',
    );
  }

  /** Installs packages, a packed one among them, and what they need, without their peers: the framework has those. */
  install(...packages: string[]): void {
    const options = [
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--legacy-peer-deps',
    ];
    execFileSync('npm', ['install', ...options, ...packages], { cwd: this.folder, stdio: 'pipe' });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
