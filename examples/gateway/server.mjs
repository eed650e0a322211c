/** A gateway in a Node server of your own, with the files of `serve`: replace `fromKeys` with your own login, or the log. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createBedrock } from 'bedrock-anywhere';
import { catalog } from 'bedrock-anywhere/catalog';
import { createGateway, fromKeys } from 'bedrock-anywhere/gateway';
import { createImageFetcher, serveGateway } from 'bedrock-anywhere/gateway/node';

const { GATEWAY_CONFIG = 'gateway.json', REDIS_URL } = process.env;
const configuration = JSON.parse(await readFile(GATEWAY_CONFIG, 'utf8'));
const { keys } = JSON.parse(await readFile(resolve(dirname(GATEWAY_CONFIG), configuration.keys), 'utf8'));
const store = REDIS_URL && (await import('./redis-budgets.mjs')).default;

const gateway = createGateway({
  // Region and credentials come from the environment, a profile, or the role of the machine.
  bedrock: createBedrock({ catalog }),
  authorize: fromKeys(keys),
  models: configuration.models,
  budgets: { ...configuration.budgets, ...(store && { store }) },
  fetchImage: createImageFetcher(),
  log({ caller, model, modelId, status, outcome, ms, usage, cost, error }) {
    const { inputTokens, outputTokens } = usage ?? {};
    // Its cause is what clients are not told, such as why an image was not fetched.
    const reason =
      error instanceof Error ? [error, error.cause].filter(Boolean).map(String).join(' ') : undefined;
    const tokens = { inputTokens, outputTokens, cost: cost?.total };
    console.log(JSON.stringify({ caller, model, modelId, status, outcome, ms, ...tokens, reason }));
  },
});

const server = await serveGateway(gateway, configuration);
console.log(`The gateway listens at ${server.url}.`);

// Running answers get 30 seconds. A second signal ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    await server.close();
    process.exit();
  });
