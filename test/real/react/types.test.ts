import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { App } from '../app.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/react.md'), 'utf8');
const examples = [...page.matchAll(/^```tsx\n(.*?)^```$/gms)].map(([, code = '']) => code);

describe.each(['react-18', 'react-19'])("with React's own types of %s", (client) => {
  it('the examples of docs/react.md compile', () => {
    expect(examples.length).toBeGreaterThan(1);
    using app = new App(clientOf(client).folder);
    const names = examples.map((code, i) => {
      app.write(`example-${i}.tsx`, code);
      return join(app.folder, `example-${i}.tsx`);
    });
    const program = ts.createProgram(names, {
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      jsx: ts.JsxEmit.ReactJSX,
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      paths: {
        'bedrock-anywhere': [join(ROOT, 'src/index.ts')],
        'bedrock-anywhere/react': [join(ROOT, 'src/adapters/react/index.ts')],
        '#ambient': [join(ROOT, 'src/ambient/none.ts')],
        zod: [join(ROOT, 'node_modules/zod')],
      },
    });
    const complaints = names.flatMap((name) => {
      const file = program.getSourceFile(name);
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    });
    expect(complaints).toEqual([]);
  });
});
