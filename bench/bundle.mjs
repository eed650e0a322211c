import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { BENCH, packageFacts, ROOT } from './prepare.mjs';

const AWS = '@aws-sdk/client-bedrock-runtime';
const STREAM = [
  `import { BedrockRuntimeClient, ConverseStreamCommand } from '${AWS}'`,
  "import { FetchHttpHandler } from '@smithy/fetch-http-handler'",
];
const LISTS =
  "import { BedrockClient, ListFoundationModelsCommand, ListInferenceProfilesCommand } from '@aws-sdk/client-bedrock'";
const COGNITO = "import { fromCognitoIdentityPool } from '@aws-sdk/credential-provider-cognito-identity'";

/** What a page would import for a purpose: whose, and the lines. */
const PURPOSES = [
  {
    id: 'stream',
    title: 'Bundle for browsers, streaming with SigV4 and bearer: gzip, KB',
    entries: [
      ['ours', 'bedrock-anywhere', ["import { stream } from 'bedrock-anywhere'"]],
      ['aws-fetch', 'AWS client, FetchHttpHandler', STREAM],
      ['ai-sdk', '@ai-sdk/amazon-bedrock', ["import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'"]],
      [
        'ai',
        'ai streamText and its provider',
        ["import { streamText } from 'ai'", "import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'"],
      ],
      ['pi', 'pi-ai', ["import { stream } from '@earendil-works/pi-ai'"]],
      ['langchain', '@langchain/aws', ["import { ChatBedrockConverse } from '@langchain/aws'"]],
    ],
  },
  {
    id: 'discover',
    title: 'Bundle for browsers, streaming, Cognito and the lists of models: gzip, KB',
    entries: [
      [
        'ours',
        'bedrock-anywhere',
        ["import { stream, fromCognitoIdentityPool, discover } from 'bedrock-anywhere'"],
      ],
      ['aws-fetch', 'AWS clients, FetchHttpHandler, Cognito', [...STREAM, LISTS, COGNITO]],
    ],
  },
  {
    id: 'catalog',
    title: 'Bundle for browsers, the catalog of limits and prices alone: gzip, KB',
    entries: [['ours', 'bedrock-anywhere/catalog', ["import { catalog } from 'bedrock-anywhere/catalog'"]]],
  },
];

/** Sizes of bundles: `{ id, group, entries: { contender, title, text, kilobytes? }[] }`. */
export async function bundleSizes(contenders) {
  const ids = new Set(contenders.map(({ id }) => id));
  const groups = [];
  for (const { id, title, entries } of PURPOSES) {
    const group = { id, group: title, entries: [] };
    for (const [contender, name, imports] of entries) {
      if (ids.has(contender)) group.entries.push({ contender, title: name, ...(await sizeOf(imports)) });
    }
    if (group.entries.length > 0) groups.push(group);
  }
  return groups;
}

async function sizeOf(imports) {
  const names = imports.map((line) => /\{ (.*) \}/.exec(line)[1]).join(', ');
  const missing = imports
    .map((line) => /'(.*)'/.exec(line)[1])
    .find((name) => !name.startsWith('bedrock-anywhere') && packageFacts(name) === undefined);
  if (missing !== undefined) return { text: `${missing} is not installed` };
  try {
    const { outputFiles } = await build({
      stdin: {
        contents: `${imports.join(';\n')};\nglobalThis.used = [${names}];`,
        resolveDir: imports[0].includes("'bedrock-anywhere") ? ROOT : BENCH,
      },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      // The paths of tsconfig.json lead to the sources; what is bundled here is the build.
      tsconfigRaw: {},
      write: false,
      logLevel: 'silent',
    });
    const kilobytes = gzipSync(outputFiles[0].contents, { level: 9 }).length / 1000;
    return { text: kilobytes.toFixed(1), kilobytes };
  } catch ({ errors }) {
    return { text: `does not bundle: ${errors[0].text} (${errors.length} errors)` };
  }
}
