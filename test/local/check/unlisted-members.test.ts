import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { CONVERSATIONS, MODELS } from '../fuzz/conversations.js';
import { modelPath, ORIGIN, say, send } from '../request.js';

type Json = Record<string, unknown>;

/** All objects in a body, lists left out. */
function objectsIn(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value as Json, ...inside];
}

const NAMES = [
  ...new Set(CONVERSATIONS.flatMap((body) => objectsIn(body).flatMap((object) => Object.keys(object)))),
  'audio',
  'systemTool',
  'constructor',
  '__proto__',
];

/** Bodies in which one object has every name that it lacks, each with this value. */
function* bodiesWith(body: object, value: unknown): Generator<object> {
  for (let n = 0; n < objectsIn(body).length; n++) {
    const copy = structuredClone(body);
    const object = objectsIn(copy)[n] as Json;
    for (const name of NAMES) {
      if (Object.hasOwn(object, name)) continue;
      Object.defineProperty(object, name, { value, enumerable: true });
    }
    yield copy;
  }
}

describe('members where the service does not know them', () => {
  const local = createLocalBedrock();
  const headers = { authorization: `Bearer ${local.apiKey}` };

  it.each([null, 7, 'text', [[]], [{}], {}, { text: null }].map((value) => [value]))(
    'break nothing as %j',
    async (value) => {
      for (const conversation of CONVERSATIONS) {
        for (const body of bodiesWith(conversation, value)) {
          for (const operation of ['converse', 'count-tokens']) {
            const sent = operation === 'converse' ? body : { input: { converse: body } };
            const path = modelPath(operation, MODELS[0]);
            const init = { method: 'POST', headers, body: JSON.stringify(sent) };
            const response = await local.fetch(new Request(ORIGIN + path, init));
            expect([200, 400], await response.text()).toContain(response.status);
          }
        }
      }
    },
  );

  it('can be told to be rejected, anyway', async () => {
    const rejects = ['toolConfig.tools.toolSpec.strict'];
    const models = [{ modelId: 'acme.brain', responseStreamingSupported: true, rejects }];
    const strict = createLocalBedrock({ models, profiles: [] });
    const toolSpec = { name: 't', inputSchema: { json: { type: 'object' } } };
    const statusOf = async (more: object): Promise<number> => {
      const body = { ...say('Hi'), toolConfig: { tools: [{ toolSpec: { ...toolSpec, ...more } }] } };
      return (await send(strict, { path: modelPath('converse', 'acme.brain'), body })).status;
    };
    expect(await statusOf({ strict: true })).toBe(400);
    expect(await statusOf({ strict: null })).toBe(200);
    expect(await statusOf({})).toBe(200);
  });
});
