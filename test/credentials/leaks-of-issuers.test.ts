import { expect, it } from 'vitest';
import { fromCognitoIdentityPool, isBedrockError } from '../../src/index.js';
import { expectNoMark, secret } from './marks.js';

const IdentityId = 'us-east-1:00000000-0000-4000-8000-000000000000';
const KEYS = { AccessKeyId: 'ASIA', SecretKey: secret('key'), SessionToken: secret('session') };
const JSON_TYPE = { 'content-type': 'application/json' };
const ANSWERS: Readonly<Record<string, string>> = {
  GetId: JSON.stringify({ IdentityId }),
  GetCredentialsForIdentity: JSON.stringify({ IdentityId, Credentials: KEYS }),
  GetOpenIdToken: JSON.stringify({ IdentityId, Token: secret('token') }),
  AssumeRoleWithWebIdentity:
    '<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>' +
    `<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>${KEYS.SecretKey}</SecretAccessKey>` +
    `<SessionToken>${KEYS.SessionToken}</SessionToken></Credentials></AssumeRoleWithWebIdentityResult>` +
    '</AssumeRoleWithWebIdentityResponse>',
};

/** AWS's name of what is asked for: STS has no header for it. */
const operationOf = (headers: HeadersInit | undefined): string =>
  new Headers(headers).get('x-amz-target')?.split('.')[1] ?? 'AssumeRoleWithWebIdentity';

/** What issues keys, and whom for. */
const ISSUERS: [operation: string, init: object][] = [
  ['GetCredentialsForIdentity', { logins: { 'login.example': 'good' } }],
  ['GetOpenIdToken', { guestRoleArn: 'arn:aws:iam::123456789012:role/guests' }],
  ['AssumeRoleWithWebIdentity', { guestRoleArn: 'arn:aws:iam::123456789012:role/guests' }],
];

it.each(ISSUERS)(
  'half an answer to %s does not show what it issues, wherever it ends',
  async (half, init) => {
    const whole = ANSWERS[half] as string;
    let end = 0;
    const provider = fromCognitoIdentityPool({
      identityPoolId: IdentityId,
      ...init,
      fetch: async (_input, { headers } = {}) => {
        const operation = operationOf(headers);
        const text = ANSWERS[operation] ?? '';
        return new Response(operation === half ? text.slice(0, end) : text, { headers: JSON_TYPE });
      },
    });
    for (; end < whole.length; end++) {
      const error: unknown = await Promise.resolve(provider()).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      // STS's answer is complete once the elements that are read are.
      if (error === undefined) continue;
      expect(isBedrockError(error)).toBe(true);
      expectNoMark(error, `the answer up to ${end}`);
    }
  },
);

it.each(ISSUERS)(
  'an answer to %s with the status of a failure does not show what it issues, wherever it ends',
  async (failed, init) => {
    let status = 0;
    let end = 0;
    const provider = fromCognitoIdentityPool({
      identityPoolId: IdentityId,
      ...init,
      fetch: async (_input, { headers } = {}) => {
        const operation = operationOf(headers);
        const text = ANSWERS[operation] ?? '';
        return operation === failed
          ? new Response(text.slice(0, end), { status, headers: JSON_TYPE })
          : new Response(text);
      },
    });
    for (status of [400, 403, 500]) {
      for (end = 0; end <= (ANSWERS[failed] as string).length; end++) {
        const error: unknown = await Promise.resolve(provider()).catch((thrown: unknown) => thrown);
        expect(isBedrockError(error)).toBe(true);
        expectNoMark(error, `the answer with ${status} up to ${end}`);
      }
    }
  },
);
