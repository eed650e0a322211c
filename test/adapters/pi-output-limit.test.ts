import { createBedrockProvider, type PiContext, type PiModel } from 'bedrock-anywhere/pi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assistant, image, text, user } from './pi-contexts.js';
import { IDS, type Local, modelAt, startPeerBedrock } from './pi-peer.js';

let local: Local;
beforeAll(async () => {
  local = await startPeerBedrock({ script: [{ text: 'fine' }] });
});
afterAll(() => local.close());

const words = (tokens: number): PiContext => ({ messages: [user('abc'.repeat(tokens))] });

/** What a simple call asks for. */
async function asked(
  model: Partial<PiModel> & { id: string },
  context: PiContext,
  options: Parameters<ReturnType<typeof createBedrockProvider>['streamSimple']>[2] = {},
): Promise<Record<string, unknown>> {
  const { streamSimple } = createBedrockProvider({ region: local.region, credentials: local.credentials });
  const message = await streamSimple(modelAt(local, model.id, model), context, options).result();
  // A conversation or a limit of the caller's may be too long for the model, which only the service knows.
  expect(message.errorMessage ?? '').toMatch(/^$|maximum context length/);
  return local.requests.at(-1)?.body as Record<string, unknown>;
}

async function maxTokens(...call: Parameters<typeof asked>): Promise<number | undefined> {
  const { inferenceConfig } = (await asked(...call)) as { inferenceConfig?: { maxTokens?: number } };
  return inferenceConfig?.maxTokens;
}

describe('the output limit of a simple call', () => {
  const whole = { id: IDS.oss, contextWindow: 128_000, maxTokens: 128_000 };

  it('is what the model writes, where that fits beside the conversation', async () => {
    expect(await maxTokens({ id: IDS.sonnet45 }, words(10))).toBe(64_000);
    expect(await maxTokens({ id: IDS.sonnet45 }, words(100_000))).toBe(64_000);
  });

  it('is less than the context window, where the model would write all of it', async () => {
    expect(await maxTokens(whole, words(10))).toBe(128_000 - 16_000 - 10 - 1);
    expect(await maxTokens(whole, words(50_000))).toBe(128_000 - 16_000 - 50_000 - 1);
  });

  it('leaves room for an answer, however long the conversation is', async () => {
    expect(await maxTokens(whole, words(200_000))).toBe(8000);
    expect(await maxTokens({ ...whole, maxTokens: 4096 }, words(200_000))).toBe(4096);
  });

  it('counts the system prompt, tools, answers, thinking and images', async () => {
    const base = (await maxTokens(whole, words(1))) ?? 0;
    const letters = 'x'.repeat(3000);
    const call = { type: 'toolCall' as const, id: 'a', name: 'b', arguments: { c: letters } };
    const thinking = { type: 'thinking' as const, thinking: letters };
    const more: [PiContext, number][] = [
      [{ ...words(1), systemPrompt: letters }, 1000],
      [{ ...words(1), tools: [{ name: 'a', description: letters, parameters: {} }] }, 1000],
      [{ messages: [user('abc'), assistant([text(letters), thinking, call]), user('abc')] }, 3000],
      [{ messages: [user([text('abc'), image()])] }, 1600],
      [{ messages: [user(`abc${'界'.repeat(1000)}`)] }, 1000],
    ];
    for (const [context, tokens] of more) {
      const used =
        base - ((await maxTokens({ ...whole, id: IDS.sonnet45, input: ['text', 'image'] }, context)) ?? 0);
      expect(used).toBeGreaterThanOrEqual(tokens);
      expect(used).toBeLessThan(tokens + 50);
    }
  });

  it('is left alone where the caller gave one', async () => {
    expect(await maxTokens(whole, words(10), { maxTokens: 128_000 })).toBe(128_000);
    expect(await maxTokens(whole, words(200_000), { maxTokens: 127_999 })).toBe(127_999);
  });

  it('keeps the thinking within it', async () => {
    const claude = { id: IDS.sonnet45, contextWindow: 100_000, maxTokens: 64_000 };
    const body = await asked(claude, words(60_000), { reasoning: 'high' });
    expect(body).toMatchObject({
      inferenceConfig: { maxTokens: 27_499 },
      additionalModelRequestFields: { thinking: { budget_tokens: 16_384 } },
    });
  });

  it('is not sent where nothing is known of the model', async () => {
    expect(await maxTokens({ id: IDS.sonnet45, maxTokens: 0, contextWindow: 0 }, words(10))).toBeUndefined();
    expect(await maxTokens({ ...whole, contextWindow: 0 }, words(10))).toBe(128_000);
    const thinking = await asked({ id: IDS.sonnet45, maxTokens: 0 }, words(10), { reasoning: 'low' });
    expect(thinking).toMatchObject({ inferenceConfig: { maxTokens: 2048 } });
  });
});
