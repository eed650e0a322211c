import type {
  ClientOptions,
  CognitoIdentityPoolInit,
  CredentialProvider,
  StorageLike,
} from 'bedrock-anywhere';
import { ensure, equal, matches } from '../check.js';
import { client, failure, nothingSent, PING, PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

const HOUR_MS = 60 * 60_000;

/** Who the calls are made by, and how the server takes it. */
export function credentials(): Case[] {
  return [
    {
      name: 'access keys sign with SigV4',
      async run(context) {
        await pong(context, context.setup.keys);
        const [seen] = await context.server.seen();
        const { authorization = '' } = seen?.headers ?? {};
        const { accessKeyId } = context.setup.keys;
        ensure(authorization.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`), authorization);
        equal(seen?.headers['x-amz-security-token'], undefined, 'The session token');
      },
    },
    {
      name: 'a session token goes with its keys, and is signed',
      async run(context) {
        await pong(context, context.setup.session);
        const [seen] = await context.server.seen();
        const { authorization = '', 'x-amz-security-token': token } = seen?.headers ?? {};
        ensure(token !== undefined && authorization.includes('x-amz-security-token'), authorization);
      },
    },
    {
      name: 'an API key is a bearer token',
      async run(context) {
        await pong(context, { token: context.setup.apiKey });
        await pong(
          context,
          context.lib.fromBearerToken(async () => context.setup.apiKey),
        );
        for (const { headers } of await context.server.seen()) equal(headers['authorization'], 'Bearer …');
      },
    },
    {
      name: 'a short-term API key is made here, and taken',
      async run(context) {
        const { lib, setup } = context;
        const key = await lib.createApiKey(setup.session, { region: setup.region, expiresInSeconds: 900 });
        await pong(context, lib.fromBearerToken(key));
        const ends = lib.apiKeyExpiration(key)?.getTime() ?? 0;
        ensure(Math.abs(ends - Date.now() - 900_000) < 60_000, 'The key does not end in 900 s.');
      },
    },
    {
      name: 'fromEnvironment() reads what it is given',
      async run(context) {
        const { accessKeyId, secretAccessKey, sessionToken } = context.setup.session;
        const env = {
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_SESSION_TOKEN: sessionToken,
        };
        await pong(context, context.lib.fromEnvironment(env));
        await pong(context, context.lib.fromEnvironment({ AWS_BEARER_TOKEN_BEDROCK: context.setup.apiKey }));
      },
    },
    {
      name: 'firstAvailable() goes on where there are none',
      async run(context) {
        const { firstAvailable, fromEnvironment, fromStatic } = context.lib;
        await pong(context, firstAvailable(fromEnvironment({}), fromStatic(context.setup.keys)));
      },
    },
    {
      name: 'a guest of a Cognito identity pool, known again',
      async run(context) {
        const cache = remembering();
        await pong(context, pool(context, { cache }));
        await pong(context, pool(context, { cache }));
        equal(await context.server.lines(), [
          'GetId 200',
          ...GUEST,
          'ConverseStream 200',
          ...GUEST,
          'ConverseStream 200',
        ]);
      },
    },
    {
      name: 'a guest is known again where nothing is said of a cache',
      async run(context) {
        const { identityPoolId } = context.setup;
        const key = `aws:cognito-identity-credentials:${identityPoolId}:ANONYMOUS`;
        const { crossOrigin: isPage } = context.setup;
        if (isPage) localStorage.removeItem(key);
        const guest = pool(context, { cache: undefined });
        await guest();
        if (isPage) ensure(localStorage.getItem(key)?.includes(':'), 'The page does not remember the guest.');
        await guest();
        equal(await context.server.lines(), ['GetId 200', ...GUEST, ...GUEST]);
      },
    },
    {
      name: 'a user of a Cognito identity pool',
      async run(context) {
        const { provider, token } = context.setup.login;
        await pong(context, pool(context, { logins: { [provider]: async () => token } }));
        equal(await context.server.lines(), [
          'GetId 200',
          'GetCredentialsForIdentity 200',
          'ConverseStream 200',
        ]);
      },
    },
    {
      name: 'a login that the Cognito identity pool refuses',
      async run(context) {
        const { provider } = context.setup.login;
        const error = await refused(context, pool(context, { logins: { [provider]: 'made up' } }));
        equal(error.code, 'ERR_CREDENTIALS');
        equal(await context.server.lines(), ['GetId 400']);
      },
    },
    {
      name: 'a provider is asked again on ExpiredToken',
      async run(context) {
        const { expired, session } = context.setup;
        let asked = 0;
        await pong(context, async () => (asked++ === 0 ? expired : session));
        equal(asked, 2, 'How often the provider was asked');
        equal(await context.server.lines(), ['ConverseStream 403', 'ConverseStream 200']);
      },
    },
    {
      name: 'calls at the same time share one question to a provider',
      async run(context) {
        // A promise that requests share hangs in workerd, so each call has to ask there.
        const expected = globalThis.navigator?.userAgent === 'Cloudflare-Workers' ? 3 : 1;
        let asked = 0;
        let answer = (): void => {};
        const allHaveAsked = new Promise<void>((resolve) => {
          answer = resolve;
        });
        const provider: CredentialProvider = async () => {
          asked += 1;
          if (asked === expected) answer();
          // A call that asks later finds the answer in the cache.
          await allHaveAsked;
          return { ...context.setup.keys, expiration: new Date(Date.now() + HOUR_MS) };
        };
        const bedrock = client(context, { credentials: provider });
        const texts = await Promise.all([1, 2, 3].map(() => bedrock.stream(PING).text()));
        equal(texts, [PONG, PONG, PONG]);
        equal(asked, expected);
      },
    },
    {
      name: 'a wrong secret, key id or token is an error of its own kind',
      async run(context) {
        const { keys, session, setup } = { ...context.setup, setup: context.setup };
        const wrong: NonNullable<ClientOptions['credentials']>[] = [
          { ...keys, secretAccessKey: 'wrong' },
          { ...keys, accessKeyId: 'ASIAWRONGWRONGWRONG0' },
          { ...session, sessionToken: 'wrong' },
          setup.expired,
          { token: 'bedrock-api-key-wrong' },
        ];
        for (const one of wrong) {
          const error = await refused(context, one);
          matches(error, { code: 'ERR_CREDENTIALS', status: 403, retryable: false, phase: 'request' });
        }
      },
    },
    {
      name: 'an error repeats no secret',
      async run(context) {
        const secrets = [context.setup.expired.secretAccessKey, context.setup.expired.sessionToken];
        const error = await refused(context, context.setup.expired);
        const said = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
        for (const secret of secrets) ensure(!said.includes(secret), 'The error holds a secret.');
      },
    },
    {
      name: 'no credentials: nothing is sent',
      async run(context) {
        const bedrock = client(context, { credentials: null });
        matches(await failure(context, bedrock.stream(PING).text()), {
          code: 'ERR_CREDENTIALS',
          phase: 'prepare',
        });
        await nothingSent(context);
      },
    },
    {
      name: 'getCallerIdentity() tells whose keys they are',
      async run({ lib, setup }) {
        const { url: endpoint, region, session: credentials } = setup;
        const { account, arn } = await lib.getCallerIdentity({ endpoint, region, credentials });
        ensure(/^\d{12}$/.test(account) && arn.includes(account), `${account} ${arn}`);
      },
    },
    ...[HOUR_MS, -HOUR_MS].map((offMs) => ({
      name: `a clock that is an hour ${offMs > 0 ? 'ahead' : 'behind'} is set right once`,
      run: (context: Context) => withClock(context, offMs),
    })),
  ];
}

async function withClock(context: Context, offMs: number): Promise<void> {
  const { now } = Date;
  Date.now = () => now() + offMs;
  try {
    await pong(context, context.setup.keys);
    await pong(context, context.setup.keys);
    equal(await context.server.lines(), ['ConverseStream 403', 'ConverseStream 200', 'ConverseStream 200']);
  } finally {
    Date.now = now;
  }
  // What was learnt is wrong now, and is set right for the cases that follow.
  await pong(context, context.setup.keys);
}

async function pong(context: Context, given: NonNullable<ClientOptions['credentials']>): Promise<void> {
  equal(await client(context, { credentials: given }).stream(PING).text(), PONG, 'The answer');
}

function refused(context: Context, given: NonNullable<ClientOptions['credentials']>) {
  return failure(context, client(context, { credentials: given, maxAttempts: 1 }).stream(PING).text());
}

function pool({ lib, setup }: Context, init: Partial<CognitoIdentityPoolInit>): CredentialProvider {
  const { identityPoolId, guestRoleArn, url } = setup;
  return lib.fromCognitoIdentityPool({
    identityPoolId,
    guestRoleArn,
    clientConfig: { endpoint: url },
    cache: remembering(),
    ...init,
  });
}

/** How a guest who is known gets keys. */
const GUEST = ['GetOpenIdToken 200', 'AssumeRoleWithWebIdentity 200'];

function remembering(): StorageLike {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}
