import { createBedrock, invokeModel } from 'bedrock-anywhere';
import { catalog } from 'bedrock-anywhere/catalog';
import { expect, it } from 'vitest';
import { createPageBedrock } from '../../playground/engine/page-bedrock.js';

const modelId = 'amazon.nova-lite-v1:0';

it('answers, counts and lists in the page', async () => {
  const bedrock = createBedrock({ transport: createPageBedrock(), catalog });
  const { models } = await bedrock.discover();
  expect(models.find(({ id }) => id === modelId)).toMatchObject({ name: 'Nova Lite', tools: true });
  expect((await bedrock.converse({ modelId, prompt: 'A poem on the sky' })).text).toContain('Light, which');
  const claude = 'anthropic.claude-sonnet-4-20250514-v1:0';
  expect(await bedrock.countTokens({ modelId: claude, prompt: 'How many?' })).toBeGreaterThan(0);
});

it('says that the page speaks no other protocol', async () => {
  const client = createBedrock({ transport: createPageBedrock() });
  const body = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };
  await expect(invokeModel({ modelId, body }, { client })).rejects.toMatchObject({
    code: 'ERR_NOT_FOUND',
    message: expect.stringContaining('is not implemented by the local Bedrock'),
  });
});
