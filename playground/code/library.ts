import type { Connection } from '../connection/connection.js';
import type { CodeRequest } from './code-request.js';
import { replaceBytes } from './files.js';
import { quote, Raw, toSource } from './source.js';

/** The request with this library. */
export function writeLibrary({ connection, frame, messages, tools }: CodeRequest): string {
  const client = clientOf(connection);
  const names = ['createBedrock', ...client.imports].sort();
  let hasFiles = false;
  const sent = replaceBytes({ ...frame, messages }, (name) => {
    hasFiles = true;
    return new Raw(`await readFile(${quote(name)})`);
  });
  const lines = [
    ...(hasFiles ? ["import { readFile } from 'node:fs/promises';"] : []),
    `import { ${names.join(', ')} } from 'bedrock-anywhere';`,
    ...client.moreImports,
    '',
    ...client.setup,
    `const bedrock = createBedrock(${toSource(client.options)});`,
    '',
    ...(tools.length > 0
      ? [`// With your tools: runTools({ ..., tools }). The page has ${tools.join(', ')}.`]
      : []),
    `const answer = bedrock.stream(${toSource(sent)});`,
    'for await (const text of answer.textStream()) console.log(text);',
    'const { usage, cost, stopReason } = await answer.result();',
  ];
  return `${lines.join('\n')}\n`;
}

interface Client {
  imports: string[];
  moreImports: string[];
  setup: string[];
  options: object;
}

/** How the connection is made outside the page. Keys come from the environment, and are never written into code. */
function clientOf({
  kind,
  region,
  endpoint,
  identityPoolId,
  guestRoleArn,
  loginProvider,
}: Connection): Client {
  const place = { region, ...(endpoint !== '' && { endpoint }) };
  const none = { imports: [], moreImports: [], setup: [] };
  const clientConfig = endpoint === '' ? {} : { clientConfig: { endpoint } };
  switch (kind) {
    case 'local':
      return {
        ...none,
        moreImports: ["import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';"],
        options: { transport: new Raw('localTransport(createLocalBedrock())') },
      };
    case 'guest': {
      const pool = toSource({ identityPoolId, guestRoleArn, ...clientConfig }, '  ');
      return {
        ...none,
        imports: ['fromCognitoIdentityPool'],
        options: { ...place, credentials: new Raw(`fromCognitoIdentityPool(${pool})`) },
      };
    }
    case 'login': {
      const logins = { [loginProvider]: new Raw('idToken') };
      const pool = toSource({ identityPoolId, logins, ...clientConfig }, '  ');
      return {
        ...none,
        imports: ['fromCognitoIdentityPool'],
        setup: ["const idToken = process.env['ID_TOKEN'] ?? '';"],
        options: { ...place, credentials: new Raw(`fromCognitoIdentityPool(${pool})`) },
      };
    }
    case 'gateway':
      return {
        ...none,
        imports: ['fromBearerToken'],
        options: { ...place, credentials: new Raw("fromBearerToken(process.env['GATEWAY_KEY'] ?? '')") },
      };
    case 'machine':
      return { ...none, options: place };
    default:
      return {
        ...none,
        setup: [
          `// ${kind === 'keys' ? 'AWS_ACCESS_KEY_ID and the others are' : 'AWS_BEARER_TOKEN_BEDROCK is'} read from the environment.`,
        ],
        options: place,
      };
  }
}
