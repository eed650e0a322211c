import fc, { type Arbitrary } from '../../property.js';
import { CLAUDE, CONVERSATIONS, MODELS } from './conversations.js';
import { oddHeaders } from './odd-headers.js';
import { bytesOf, changed, rarely, writeJson } from './odd-json.js';

/** A request that has not been signed yet. */
export interface Draft {
  method: string;
  /** Path and query, as they go over the wire. */
  path: string;
  headers: Record<string, string>;
  /** Its bytes, as Latin-1, which can be read where a failure is printed. */
  body: string;
  signing: 'key' | 'sigv4' | 'sts' | 'none';
  isHttp2: boolean;
}

const modelId = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('amazon.nova-lite-v1:0', CLAUDE, ...MODELS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'amazon.titan-embed-text-v2:0',
      'arn:aws:bedrock:us-east-1:123456789012:prompt/ABC',
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/none',
      'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/x',
      'none',
      'constructor',
      '..',
      'a/b',
      'x'.repeat(3000),
    ),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }) },
);

const encode = (text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80';
  }
};

type Route = Pick<Draft, 'method' | 'path' | 'headers' | 'signing' | 'body'>;

const json = { 'content-type': 'application/json' };
const conversation = fc.constantFrom(...CONVERSATIONS);

const converse: Arbitrary<Route> = fc
  .record({
    id: modelId,
    operation: fc.constantFrom('converse', 'converse-stream', 'count-tokens'),
    body: changed(conversation),
    other: changed(fc.constant({ input: { invokeModel: { body: 'YQ==' } } })),
    signing: fc.constantFrom<Draft['signing'][]>(...Array(9).fill('key'), 'sigv4', 'sigv4', 'none'),
  })
  .chain(({ id, operation, body, other, signing }) => {
    const whole = operation === 'count-tokens' ? [{ input: { converse: body } }, other] : [body];
    return bytesOf(fc.constantFrom(...whole.map(writeJson))).map((bytes) => ({
      method: 'POST',
      path: `/model/${encode(id)}/${operation}`,
      headers: json,
      signing,
      body: bytes,
    }));
  });

const lists: Arbitrary<Route> = fc
  .record({
    path: fc.constantFrom(
      '/foundation-models',
      '/foundation-models?byProvider=Amazon&byOutputModality=TEXT&byInferenceType=ON_DEMAND&byCustomizationType=x',
      '/inference-profiles',
      '/inference-profiles?maxResults=1&type=SYSTEM_DEFINED',
      '/inference-profiles?maxResults=0',
      '/inference-profiles?maxResults=1e3&nextToken=b2Zmc2V0OjE=',
      '/inference-profiles?nextToken=b2Zmc2V0Ojk5OTk5OTk5OTk5OTk5OTk5OTk5',
      '/inference-profiles?nextToken=%00&typeEquals=constructor',
      `/inference-profiles/${encode(CLAUDE)}`,
      '/inference-profiles/constructor',
      '/foundation-model-availability/amazon.nova-lite-v1%3A0',
      '/foundation-model-availability/%E0%A4%A',
      `/foundation-models?${'a=b&'.repeat(1000)}`,
    ),
    signing: fc.constantFrom<Draft['signing'][]>('key', 'key', 'sigv4', 'none'),
  })
  .map((one) => ({ ...one, method: 'GET', headers: {}, body: '' }));

/** Stands for what only the running server knows. */
export const POOL_ID = 'POOL-ID';
export const IDENTITY_ID = 'IDENTITY-ID';

const cognito: Arbitrary<Route> = fc
  .tuple(
    fc.constantFrom('GetId', 'GetCredentialsForIdentity', 'GetOpenIdToken', 'Converse', 'constructor'),
    changed(
      fc.constantFrom<object>(
        { IdentityPoolId: POOL_ID },
        { IdentityPoolId: POOL_ID, Logins: { 'login.example.com': 'good' } },
        { IdentityId: IDENTITY_ID },
        {
          IdentityId: IDENTITY_ID,
          Logins: { 'login.example.com': 'good' },
          CustomRoleArn: 'arn:aws:iam::123456789012:role/a',
        },
      ),
    ),
  )
  .chain(([operation, body]) =>
    bytesOf(fc.constant(writeJson(body))).map((bytes) => ({
      method: 'POST',
      path: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityService.${operation}`,
      },
      signing: 'none' as const,
      body: bytes,
    })),
  );

const word = fc.oneof(
  fc.constantFrom(
    '',
    'me',
    'arn:aws:iam::123456789012:role/a',
    'token',
    '900',
    '1e9',
    '-1',
    '\u0000<&>"',
    'x'.repeat(3000),
  ),
  fc.string({ maxLength: 10, unit: 'binary' }),
);

const sts: Arbitrary<Route> = fc
  .record({
    action: fc.constantFrom(
      'GetCallerIdentity',
      'AssumeRole',
      'AssumeRoleWithWebIdentity',
      'GetSessionToken',
      'constructor',
      'Converse',
    ),
    members: fc.dictionary(
      fc.constantFrom('RoleArn', 'RoleSessionName', 'DurationSeconds', 'WebIdentityToken', 'Other'),
      word,
    ),
    isRight: fc.boolean(),
    accept: fc.constantFrom('*/*', 'application/json'),
  })
  .chain(({ action, members, isRight, accept }) => {
    const right = {
      RoleArn: 'arn:aws:iam::123456789012:role/a',
      RoleSessionName: 'me',
      WebIdentityToken: 'token',
    };
    const form = Object.entries({ Action: action, Version: '2011-06-15', ...(isRight && right), ...members });
    const text = form.map(([name, value]) => `${name}=${encode(value)}`).join('&');
    return bytesOf(fc.constant(text)).map((body) => ({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept },
      signing: action === 'AssumeRoleWithWebIdentity' ? ('none' as const) : ('sts' as const),
      body,
    }));
  });

const metadata: Arbitrary<Route> = fc
  .record({
    path: fc.constantFrom(
      '/latest/api/token',
      '/latest/meta-data/iam/security-credentials',
      '/latest/meta-data/iam/security-credentials/',
      '/latest/meta-data/iam/security-credentials/local-bedrock-role',
      '/latest/meta-data/iam/security-credentials/constructor',
      '/local-container-credentials',
    ),
    headers: fc.dictionary(
      fc.constantFrom(
        'x-aws-ec2-metadata-token',
        'x-aws-ec2-metadata-token-ttl-seconds',
        'authorization',
        'sec-fetch-site',
      ),
      fc.constantFrom('', '60', '21600', '1e3', '-1', 'none', 'cross-site', 'token'),
    ),
  })
  .map((one) => ({
    ...one,
    method: one.path === '/latest/api/token' ? 'PUT' : 'GET',
    signing: 'none' as const,
    body: '',
  }));

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** Any request: one that is right but for some changes, most of the time. */
export const drafts: Arbitrary<Draft> = fc
  .record({
    route: fc.oneof(
      { weight: 6, arbitrary: converse },
      { weight: 1, arbitrary: lists },
      { weight: 1, arbitrary: cognito },
      { weight: 1, arbitrary: sts },
      { weight: 1, arbitrary: metadata },
    ),
    method: rarely(fc.constantFrom(...METHODS), 20),
    path: rarely(
      fc.constantFrom(
        '/',
        '//',
        '/model//converse',
        '/model/%/converse',
        '/a/b/../model/x/converse',
        '/%00',
        '/?',
        `/${'a/'.repeat(2000)}`,
        'http://evil.example/foundation-models',
        'http://localhost/foundation-models',
        '/constructor',
      ),
      20,
    ),
    headers: rarely(oddHeaders, 4),
    isHttp2: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  })
  .map(({ route, method, path, headers, isHttp2 }) => ({
    ...route,
    method: method ?? route.method,
    path: path ?? route.path,
    headers: { ...route.headers, ...headers },
    isHttp2,
  }));
