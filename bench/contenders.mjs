/**
 * Who is measured. A row is one entry: what it is called, the module that opens it, and the packages whose versions
 * count. `auth` says how requests are authorized.
 *
 * @typedef {object} Contender
 * @property {string} id         its name on the command line
 * @property {string} title      its name in tables
 * @property {string} module     file in `contenders/`
 * @property {string} [open]     the export that opens it; `open` unless told otherwise
 * @property {'bearer' | 'SigV4'} auth
 * @property {string[]} packages what it needs, as installed; the first is imported first
 * @property {'all' | 'request'} [in] `request`: only where the request itself is measured
 * @property {string} [handler]  the AWS client's request handler
 * @property {string} [decoder]  the AWS client's decoder
 */

const AWS = '@aws-sdk/client-bedrock-runtime';

/** @type {Contender[]} */
export const CONTENDERS = [
  {
    id: 'fetch',
    title: 'bare fetch, bytes counted',
    module: 'bare',
    open: 'openCount',
    auth: 'bearer',
    packages: [],
  },
  {
    id: 'floor',
    title: 'floor: split + JSON.parse, no CRC',
    module: 'bare',
    open: 'openFloor',
    auth: 'bearer',
    packages: [],
  },
  { id: 'ours', title: 'bedrock-anywhere', module: 'ours', auth: 'bearer', packages: [] },
  { id: 'ours-sigv4', title: 'bedrock-anywhere', module: 'ours', auth: 'SigV4', packages: [], in: 'request' },
  aws('aws-node', 'AWS client, NodeHttpHandler', { handler: 'node' }),
  aws('aws-fetch', 'AWS client, FetchHttpHandler', { handler: 'fetch' }),
  aws('aws-fetch-bearer', 'AWS client, FetchHttpHandler', {
    handler: 'fetch',
    auth: 'bearer',
    in: 'request',
  }),
  aws('aws-decoder', 'AWS client, FetchHttpHandler, our decoder', { handler: 'fetch', decoder: 'ours' }),
  aws('aws-http2', 'AWS client, its default (HTTP/2)', { handler: 'default' }),
  {
    id: 'ai-sdk',
    title: '@ai-sdk/amazon-bedrock doStream',
    module: 'ai-sdk',
    open: 'openProvider',
    auth: 'SigV4',
    packages: ['@ai-sdk/amazon-bedrock'],
  },
  {
    id: 'ai',
    title: 'ai streamText',
    module: 'ai-sdk',
    open: 'openStreamText',
    auth: 'SigV4',
    packages: ['@ai-sdk/amazon-bedrock', 'ai'],
  },
  {
    id: 'ai-sdk-newest',
    title: '@ai-sdk/amazon-bedrock 5 doStream',
    module: 'ai-sdk',
    open: 'openProvider',
    auth: 'SigV4',
    packages: ['ai-sdk-amazon-bedrock-5'],
  },
  {
    id: 'ai-newest',
    title: 'ai 7 streamText',
    module: 'ai-sdk',
    open: 'openStreamText',
    auth: 'SigV4',
    packages: ['ai-sdk-amazon-bedrock-5', 'ai-7'],
  },
  {
    id: 'ours-ai-sdk',
    title: 'bedrock-anywhere/ai-sdk doStream',
    module: 'ai-sdk',
    open: 'openOwnProvider',
    auth: 'SigV4',
    packages: [],
  },
  {
    id: 'ours-ai-newest',
    title: 'ai 7 streamText, bedrock-anywhere/ai-sdk',
    module: 'ai-sdk',
    open: 'openOwnStreamText',
    auth: 'SigV4',
    packages: ['ai-7'],
  },
  { id: 'pi', title: 'pi-ai', module: 'pi', auth: 'bearer', packages: ['@earendil-works/pi-ai'] },
  {
    id: 'langchain',
    title: '@langchain/aws',
    module: 'langchain',
    auth: 'SigV4',
    packages: ['@langchain/aws', '@langchain/core', AWS],
  },
];

/** @returns {Contender} */
function aws(id, title, { auth = 'SigV4', ...rest }) {
  const packages = [AWS, '@smithy/node-http-handler', '@smithy/fetch-http-handler'];
  return { id, title, module: 'aws', auth, packages, ...rest };
}
