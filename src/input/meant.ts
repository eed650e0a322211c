import { plain } from './nearest.js';

type Table = readonly (readonly [names: string, here: string])[];

/** What other libraries call an option, as `plain` writes it, and its name here. */
const OPTIONS: Table = [
  ['apikey token bearertoken', 'credentials: fromBearerToken(…)'],
  [
    'accesskeyid secretaccesskey sessiontoken accesskey secretkey',
    'credentials: { accessKeyId, secretAccessKey, sessionToken }',
  ],
  ['profile', "credentials: fromSdkChain({ profile }) of 'bedrock-anywhere/aws'"],
  ['baseurl url', 'endpoint'],
  ['retries maxretries', 'maxAttempts, which counts the first request too'],
  ['timeout', 'timeoutMs or idleTimeoutMs, in milliseconds'],
  ['abortsignal abortcontroller', 'signal: controller.signal'],
  ['requesthandler agent proxy', 'a fetch that uses it'],
];

/** Names that belong elsewhere. */
const PLACES: Table = [
  ['signal headers price', 'it to the call, as in stream(request, { signal, headers, price })'],
  [
    'enabled refreshinterval storage cachescope checkaccess providerfilter expandprofiles allowglobal',
    'it to discover()',
  ],
  ['modelid messages system prompt inferenceconfig toolconfig', 'it in the request, the first argument'],
];

/** What other APIs call a member of a request. */
const MEMBERS: Table = [
  ['model', 'modelId'],
  ['input contents', 'messages or prompt'],
  ['systemprompt instructions', 'system'],
  ['maxtokens maxoutputtokens maxcompletiontokens', 'inferenceConfig: { maxTokens }'],
  ['temperature', 'inferenceConfig: { temperature }'],
  ['topp', 'inferenceConfig: { topP }'],
  ['stop stopsequences', 'inferenceConfig: { stopSequences }'],
  ['topk thinking reasoning reasoningeffort', 'additionalModelRequestFields'],
  ['tools functions', 'toolConfig: { tools: [{ toolSpec: { name, inputSchema: { json: schema } } }] }'],
  ['toolchoice', 'toolConfig: { tools, toolChoice }'],
  ['metadata', 'requestMetadata'],
];

/** What an unknown option probably means. */
export function meantOption(name: string): string | undefined {
  return lookUp(OPTIONS, name);
}

/** What an unknown member of a request probably means. */
export function meantMember(name: string): string | undefined {
  return lookUp(MEMBERS, name);
}

/** The place where a name belongs if it is not an option of this function. */
export function placeOf(name: string): string | undefined {
  const inRequest = meantMember(name);
  return inRequest === undefined ? lookUp(PLACES, name) : `${inRequest} in the request, the first argument`;
}

function lookUp(table: Table, name: string): string | undefined {
  const own = plain(name);
  return table.find(([names]) => names.split(' ').includes(own))?.[1];
}
