import {
  type ClientOptions,
  createBedrock,
  fromCognitoIdentityPool,
  isBedrockError,
  type Login,
  type StorageLike,
} from 'bedrock-anywhere';

/** What the scenarios need, as JSON. */
export interface Setup {
  url: string;
  region: string;
  identityPoolId: string;
  /** A token of the user, for the provider of this name. */
  login: [provider: string, token: string];
  credentials: NonNullable<ClientOptions['credentials']>;
}

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'ping' }] }],
};

/** A guest, the same guest with a second provider, a user, and somebody whom the pool refuses. */
export async function identities(setup: Setup): Promise<object> {
  const { url, region, identityPoolId, login } = setup;
  const cache = isPage() ? undefined : memory();
  const ask = async (logins?: Record<string, Login>): Promise<string> => {
    const credentials = fromCognitoIdentityPool({
      identityPoolId,
      logins,
      cache,
      clientConfig: { endpoint: url },
    });
    try {
      const bedrock = createBedrock({ endpoint: url, region, credentials });
      const [first, second] = await Promise.all([
        bedrock.stream(request).text(),
        bedrock.stream(request).text(),
      ]);
      return first === second ? first : `${first} | ${second}`;
    } catch (error) {
      return isBedrockError(error) ? error.code : String(error);
    }
  };
  const [provider, token] = login;
  return {
    guest: await ask(),
    again: await ask(),
    user: await ask({ [provider]: async () => token }),
    refused: await ask({ [provider]: 'made up' }),
  };
}

/** Two calls by a clock that is wrong, and what of an answer's time the page can see. */
export async function skewed({ url, region, credentials }: Setup): Promise<object> {
  const bedrock = createBedrock({ endpoint: url, region, credentials, maxAttempts: 1 });
  const dateHeader = (await fetch(url)).headers.get('date');
  const texts: string[] = [];
  for (let call = 0; call < 2; call++) {
    try {
      texts.push(await bedrock.stream(request).text());
    } catch (error) {
      texts.push(String(error));
    }
  }
  return { dateHeader, texts, clock: Date.now() };
}

function isPage(): boolean {
  return 'document' in globalThis;
}

function memory(): StorageLike {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
  };
}
