// Installs the clients of Bedrock that `npm run verify:clients` runs, and the Node that some of them need.
// Usage: node scripts/clients/install.mjs [client …]
import { fileURLToPath } from 'node:url';
import { findNpmRuntime, whyNot } from '../runtimes.mjs';
import { cacheFolder, installInCache } from '../user-cache.mjs';

const ZOD = '4.6.7';

/** What the client of OpenAI signs with. */
const OPENAI_SIGNER = {
  '@aws-sdk/credential-provider-node': '3.972.99',
  '@smithy/hash-node': '4.5.2',
  '@smithy/signature-v4': '5.7.5',
};

/**
 * Packages with their versions, and the oldest Node that they run on, as their `engines` say.
 *
 * @type {Readonly<Record<string, { name: string, needs: number, packages: Readonly<Record<string, string>> }>>}
 */
const CLIENTS = {
  aws: {
    name: "AWS's clients for JavaScript 3.1164.0",
    needs: 20,
    packages: {
      '@aws-sdk/client-bedrock': '3.1164.0',
      '@aws-sdk/client-bedrock-runtime': '3.1164.0',
    },
  },
  'ai-6': {
    name: 'AI SDK 6.0.326',
    needs: 18,
    packages: { ai: '6.0.326', '@ai-sdk/amazon-bedrock': '4.0.186', zod: ZOD },
  },
  'ai-7': {
    name: 'AI SDK 7.0.173',
    needs: 22,
    packages: { ai: '7.0.173', '@ai-sdk/amazon-bedrock': '5.0.101', zod: ZOD },
  },
  'ai-react': {
    name: '@ai-sdk/react 4.0.177',
    needs: 22,
    packages: {
      '@ai-sdk/react': '4.0.177',
      ai: '7.0.173',
      react: '19.3.1',
      'react-dom': '19.3.1',
      zod: ZOD,
    },
  },
  'react-18': {
    name: 'React 18.3.1',
    needs: 18,
    packages: { react: '18.3.1', 'react-dom': '18.3.1', '@types/react': '18.3.32' },
  },
  'react-19': {
    name: 'React 19.3.1',
    needs: 18,
    packages: { react: '19.3.1', 'react-dom': '19.3.1', '@types/react': '19.3.1' },
  },
  aws4fetch: { name: 'aws4fetch 1.0.20', needs: 18, packages: { aws4fetch: '1.0.20' } },
  langchain: {
    name: 'LangChain (@langchain/aws 1.4.5)',
    needs: 20,
    packages: { '@langchain/aws': '1.4.5', '@langchain/core': '1.4.0', zod: ZOD },
  },
  llamaindex: {
    name: 'LlamaIndex (@llamaindex/aws 0.0.121)',
    needs: 20,
    packages: { '@llamaindex/aws': '0.0.121', '@llamaindex/core': '0.6.23', '@llamaindex/env': '0.1.31' },
  },
  mastra: {
    name: 'Mastra 1.71.0',
    needs: 22.13,
    packages: { '@mastra/core': '1.71.0', '@ai-sdk/amazon-bedrock': '5.0.101', zod: ZOD },
  },
  'openai-6': { name: 'openai 6.49.0', needs: 20, packages: { openai: '6.49.0', ...OPENAI_SIGNER } },
  'openai-7': { name: 'openai 7.59.0', needs: 22, packages: { openai: '7.59.0', ...OPENAI_SIGNER } },
  anthropic: {
    name: "Anthropic's clients (sdk 1.14.0, bedrock-sdk 1.1.3)",
    needs: 20,
    packages: { '@anthropic-ai/sdk': '1.14.0', '@anthropic-ai/bedrock-sdk': '1.1.3' },
  },
  // Providers of other vendors, which a gateway is a server for.
  'ai-6-others': {
    name: 'AI SDK 6.0.326 with providers of OpenAI and Anthropic',
    needs: 20,
    packages: {
      ai: '6.0.326',
      '@ai-sdk/openai': '3.0.141',
      '@ai-sdk/openai-compatible': '2.0.92',
      '@ai-sdk/anthropic': '3.0.140',
      zod: ZOD,
    },
  },
  'ai-7-others': {
    name: 'AI SDK 7.0.173 with providers of OpenAI and Anthropic',
    needs: 22,
    packages: {
      ai: '7.0.173',
      '@ai-sdk/openai': '4.0.118',
      '@ai-sdk/openai-compatible': '3.0.92',
      '@ai-sdk/anthropic': '4.0.105',
      zod: ZOD,
    },
  },
  // Not a client of Bedrock, but of the gateway's budgets.
  'rate-limiter-flexible': {
    name: 'rate-limiter-flexible 11.4.0',
    needs: 20,
    packages: { 'rate-limiter-flexible': '11.4.0' },
  },
  opentelemetry: {
    name: 'OpenTelemetry (API 1.9.1, SDK 2.12.1)',
    needs: 20,
    packages: {
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/core': '2.12.1',
      '@opentelemetry/sdk-metrics': '2.12.1',
      '@opentelemetry/sdk-trace-base': '2.12.1',
    },
  },
  strands: {
    name: 'Strands Agents 1.19.0',
    needs: 22,
    packages: { '@strands-agents/sdk': '1.19.0', zod: ZOD },
  },
};

/**
 * The name of a client with its version, and where it is once it is installed: programs in this folder find its packages.
 *
 * @param {string} key
 */
export function clientOf(key) {
  const client = CLIENTS[key];
  if (client === undefined)
    throw new RangeError(`There is no client ${key}. Choose from ${Object.keys(CLIENTS).join(', ')}.`);
  const versions = Object.values(client.packages).join('-');
  return { ...client, folder: cacheFolder(`client-${key}-${versions}`) };
}

/**
 * A Node that a client runs on: this one, or a newer one from npm.
 *
 * @param {string} key
 */
export async function findNodeFor(key) {
  const { name, needs } = clientOf(key);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major + minor / 100 >= needs) return process.execPath;
  const node = await findNpmRuntime('node24');
  if (node === undefined) throw new Error(`${name} needs Node ${needs} or newer, and ${whyNot('node24')}.`);
  return node;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [...keys] = process.argv.slice(2);
  for (const key of keys.length > 0 ? keys : Object.keys(CLIENTS)) {
    const { folder, packages } = clientOf(key);
    await findNodeFor(key);
    installInCache(folder, packages);
  }
}
