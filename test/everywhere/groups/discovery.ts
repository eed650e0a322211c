import type { StorageLike } from 'bedrock-anywhere';
import { ensure, equal, matches, pause } from '../check.js';
import { client, failure, fault, PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

/** Models, and profiles of AWS and of the account. */
const LISTS = ['ListFoundationModels 200', 'ListInferenceProfiles 200', 'ListInferenceProfiles 200'];

/** What the account has, and where lists are kept. */
export function discovery(storages: readonly string[]): Case[] {
  return [
    {
      name: 'lists what can be invoked, and says what it left out',
      async run(context) {
        const { models, excluded, source, region, warnings } = await client(context).discover({
          refreshInterval: 0,
        });
        equal([source, region, warnings], ['network', context.setup.region, []]);
        const ids = models.map(({ id }) => id);
        ensure(ids.includes('amazon.nova-lite-v1:0'), ids.join(' '));
        ensure(ids.includes('us.anthropic.claude-haiku-4-5-20251001-v1:0'), ids.join(' '));
        ensure(Object.values(excluded).reduce((sum, count) => sum + count, 0) > 0, 'Nothing was left out.');
        equal((await context.server.lines()).sort(), LISTS);
      },
    },
    {
      name: 'filters by provider, and an id can be called as it stands',
      async run(context) {
        const bedrock = client(context);
        const { models } = await bedrock.discover({ providerFilter: ['anthropic'], refreshInterval: 0 });
        ensure(models.length > 0 && models.every(({ id }) => id.includes('anthropic.')), 'Others came too.');
        const content = [{ text: 'ping' }];
        const messages = [{ role: 'user' as const, content }];
        equal(await bedrock.stream({ modelId: models[0]?.id ?? '', messages }).text(), PONG);
      },
    },
    {
      name: 'with an API key, too',
      async run(context) {
        const bedrock = client(context, { credentials: { token: context.setup.apiKey } });
        equal((await bedrock.discover({ refreshInterval: 0 })).source, 'network');
      },
    },
    {
      name: 'questions at the same time, and the memory of its own',
      async run(context) {
        const bedrock = client(context);
        const cacheScope = unique();
        const found = await Promise.all([1, 2].map(() => bedrock.discover({ cacheScope })));
        equal(found[0]?.models.length, found[1]?.models.length);
        equal((await bedrock.discover({ cacheScope })).source, 'cache');
        // Workers do not share a promise.
        const asked = globalThis.navigator?.userAgent === 'Cloudflare-Workers' ? [...LISTS, ...LISTS] : LISTS;
        equal((await context.server.lines()).sort(), [...asked].sort());
      },
    },
    {
      name: 'without a list there is an error that names the permission',
      async run(context) {
        const denied = client(context).discover({
          ...fault('status=403:AccessDeniedException'),
          refreshInterval: 0,
        });
        const error = await failure(context, denied);
        equal(error.code, 'ERR_ACCESS_DENIED');
        ensure(error.message.includes('bedrock:ListFoundationModels'), error.message);
      },
    },
    ...storages.flatMap((name) => [
      {
        name: `a list is kept in ${name}`,
        async run(context: Context) {
          const options = { storage: await opened(context, name), cacheScope: unique() };
          const first = await client(context).discover(options);
          equal([first.source, first.warnings], ['network', []]);
          const second = await client(context, { credentials: null }).discover(options);
          equal(second, { ...first, source: 'cache' });
          equal((await context.server.lines()).sort(), LISTS);
        },
      },
      {
        name: `an old list in ${name} is better than none, and says so`,
        async run(context: Context) {
          const options = { storage: await opened(context, name), cacheScope: unique() };
          const first = await client(context).discover(options);
          await pause(20);
          // A header as an option would lead to another list.
          const fetch: typeof globalThis.fetch = (input, init) => {
            const headers = new Headers(init?.headers);
            headers.set('x-local-fault', 'status=503');
            return globalThis.fetch(input, { ...init, headers });
          };
          const second = await client(context, { maxAttempts: 1, fetch }).discover({
            ...options,
            refreshInterval: 0.001,
          });
          matches(second, { source: 'stale', models: first.models, fetchedAt: first.fetchedAt });
          ensure(context.lib.isBedrockError(second.cause), 'It does not tell why.');
          ensure(
            second.warnings.some((warning) => warning.includes('old')),
            second.warnings.join(),
          );
        },
      },
    ]),
  ];
}

async function opened({ storages }: Context, name: string): Promise<StorageLike> {
  const open = storages[name];
  ensure(open !== undefined, `There is no storage ${name} here.`);
  return open();
}

/** Keeps what other cases and runs have kept out of this one. */
function unique(): string {
  return `everywhere ${Date.now()} ${Math.random()}`;
}
