import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from './app.js';

/** A folder outside of this repository, so that nothing of it can be imported by accident. */
export class EmptyFolder extends App {
  readonly #root: string;

  constructor() {
    const root = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-user-'));
    super(root);
    this.#root = root;
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }
}
