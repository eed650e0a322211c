import { readdirSync, readFileSync } from 'node:fs';
import { createBedrock } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, expect, it } from 'vitest';

const PAGES = [
  'README.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? `docs/${name}` : [])),
];
const ids = new Set(
  PAGES.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/```ts\n(.*?)```/gs)].flatMap(([, code = '']) =>
      [...code.matchAll(/(?:modelId: |fallback: \[)'([^']+)'/g)].map(([, id = '']) => id),
    ),
  ),
);

let local: LocalServer;
beforeAll(async () => {
  local = await startLocalBedrock({ regions: ['eu-central-1'] });
});
afterAll(() => local.close());

it('the pages name models', () => {
  expect(ids).toContain('amazon.nova-lite-v1:0');
});

it.each([...ids])('%s, which an example calls, can be invoked by this id', async (modelId) => {
  const bedrock = createBedrock({
    endpoint: local.url,
    region: modelId.startsWith('eu.') ? 'eu-central-1' : local.region,
    credentials: local.credentials,
  });
  // Models of embeddings have no Converse, but the service looks at the id first.
  const said = await bedrock.converse({ modelId, prompt: 'Hi' }).then(
    () => '',
    ({ message }: Error) => message,
  );
  expect(said).not.toMatch(/on-demand throughput|identifier is invalid/);
});
