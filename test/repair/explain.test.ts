import { createBedrock, isBedrockError } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { explainRefusal } from '../../src/repair/explain.js';

const MODEL = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const LOOSE =
  "The model returned the following errors: tools.3.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'";

const tool = (name: string, ...keys: string[]) => ({
  toolSpec: {
    name,
    inputSchema: { json: { type: 'object', properties: Object.fromEntries(keys.map((key) => [key, {}])) } },
  },
});
const explain = (said: string, ...tools: object[]) =>
  explainRefusal(said, MODEL, { toolConfig: { tools } } as never, new Map());

describe('explainRefusal()', () => {
  it('names every property that Claude rejects, with its tool', () => {
    const tools = [
      tool('list_apps', 'limit', 'filter[id]', 'filter.name'),
      { cachePoint: { type: 'default' } },
      tool('pay', 'Amount (€)'),
      { toolSpec: { name: 'odd', inputSchema: { json: { properties: null } } } },
    ];
    expect(explain(LOOSE, ...tools)).toBe(`${LOOSE}. Rename "filter[id]" in list_apps, "Amount (€)" in pay.`);
  });

  it('limits what it quotes', () => {
    const names = Array.from({ length: 50 }, (_, i) => `filter[${i}]`);
    expect(explain(LOOSE, tool('list_apps', ...names))?.length).toBeLessThan(LOOSE.length + 220);
    expect(explain(LOOSE, tool('pay', '\u001b[31m'))).toContain('"\\u001b[31m" in pay');
  });

  it('adds nothing if there is nothing to add or it has already been added', () => {
    expect(explain(LOOSE, tool('list_apps', 'limit'))).toBeUndefined();
    expect(explain(LOOSE)).toBeUndefined();
    expect(explain('The text is blank.', tool('list_apps', 'filter[id]'))).toBeUndefined();
    for (const said of [LOOSE, "This model doesn't support tool use."]) {
      const once = explain(said, tool('list_apps', 'filter[id]')) ?? '';
      expect(once).not.toBe('');
      expect(explain(once, tool('list_apps', 'filter[id]'))).toBeUndefined();
    }
  });
});

describe('an error', () => {
  const bedrock = createBedrock({ transport: localTransport(createLocalBedrock()) });
  const request = (modelId: string) => ({
    modelId,
    prompt: 'Hi',
    toolConfig: { tools: [tool('list.apps', 'filter[id]')] },
  });

  it.each([
    ['converse()', (modelId: string) => bedrock.converse(request(modelId))],
    [
      'converse() with one attempt',
      (modelId: string) => bedrock.converse(request(modelId), { maxAttempts: 1 }),
    ],
    ['stream()', (modelId: string) => bedrock.stream(request(modelId)).result()],
  ])("of %s names the request's own tool, in the stack too", async (_, call) => {
    const error: unknown = await call('us.anthropic.claude-sonnet-4-5-20250929-v1:0').catch(
      (thrown: unknown) => thrown,
    );
    expect(isBedrockError(error) && error.code).toBe('ERR_INPUT');
    const { message, stack } = error as Error;
    expect(message.endsWith(`{1,64}$'. Rename "filter[id]" in list.apps.`)).toBe(true);
    expect(stack?.split(message)).toHaveLength(2);
  });
});
