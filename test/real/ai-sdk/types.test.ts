import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { App } from '../app.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A program of a user who passes our models where the AI SDK wants its own. */
const program = (version: '3' | '4', entry: string): string => `
import type {
  EmbeddingModelV${version},
  LanguageModelV${version},
  ProviderV${version},
  RerankingModelV${version},
} from '@ai-sdk/provider';
import { bedrock } from '${entry}';

export const provider: ProviderV${version} = bedrock;
export const language: LanguageModelV${version} = bedrock('a');
export const embedding: EmbeddingModelV${version} = bedrock.embeddingModel('a');
export const reranking: RerankingModelV${version} = bedrock.rerankingModel('a');
export const call: Parameters<typeof language.doGenerate>[0] = {} as Parameters<LanguageModelV${version}['doGenerate']>[0];
export const ours: Parameters<ReturnType<typeof bedrock>['doGenerate']>[0] = call;
`;

describe.each([
  ['ai-6', '3', 'bedrock-anywhere/ai-sdk/v3', 'adapters/ai-sdk/v3.ts'],
  ['ai-7', '4', 'bedrock-anywhere/ai-sdk', 'adapters/ai-sdk/index.ts'],
] as const)('with the types of %s', (client, version, entry, source) => {
  it(`${entry} is a provider of V${version}`, () => {
    using app = new App(clientOf(client).folder);
    app.write('program.ts', program(version, entry));
    const modules = join(clientOf(client).folder, 'node_modules');
    const compiled = ts.createProgram([join(app.folder, 'program.ts')], {
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      paths: {
        [entry]: [join(ROOT, 'src', source)],
        '#ambient': [join(ROOT, 'src/ambient/none.ts')],
        // If `ai` needs a version of its own, that is the one.
        '@ai-sdk/provider': ['ai/node_modules/@ai-sdk/provider', '@ai-sdk/provider'].map((name) =>
          join(modules, name),
        ),
      },
    });
    const complaints = ts
      .getPreEmitDiagnostics(compiled)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(complaints).toEqual([]);
  });
});
