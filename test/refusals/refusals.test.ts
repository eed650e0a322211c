import { type CallOptions, type ConverseRequest, createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, ORIGIN, send } from '../local/request.js';
import { REFUSALS } from './all.js';
import type { Refusal } from './refusal.js';

/** Does what helps, and what should not be needed for it. */
const OPTIONS: Record<Refusal['client'], { helps: CallOptions; lacks?: CallOptions }> = {
  repairs: { helps: {}, lacks: { repair: false } },
  'repairs with all': { helps: { repair: 'all' }, lacks: {} },
  adapts: { helps: { adapt: true }, lacks: {} },
  'says what to do': { helps: {} },
  'cannot help': { helps: { repair: 'all', adapt: true } },
};

const titles = Object.values(REFUSALS)
  .flat()
  .map((refusal) => [`${refusal.what} (${refusal.modelId})`, refusal] as const);

const start = ({ modelId, model }: Refusal) =>
  createLocalBedrock({ models: [{ modelId, responseStreamingSupported: true, ...model }], profiles: [] });

describe('the local Bedrock refuses in the words of the service', () => {
  it.each(titles)('%s', async (_, refusal) => {
    const { body, modelId, status = 400, exception = 'ValidationException', message } = refusal;
    for (const operation of operationsOf(refusal)) {
      const answer = await failure(await send(start(refusal), { path: modelPath(operation, modelId), body }));
      expect(answer).toMatchObject({ status, name: exception });
      if (typeof message === 'string') expect(answer.message).toBe(message);
      else expect(answer.message).toMatch(message);
    }
  });

  it.each(titles)('%s, with a dated source', (_, { source, read }) => {
    expect(source).toMatch(/https:\/\/\S+/);
    expect(read).toMatch(/^20\d\d-\d\d-\d\d$/);
  });
});

it('the local Bedrock refuses bytes that are not a text', async () => {
  const local = createLocalBedrock();
  const init = {
    method: 'POST',
    headers: { authorization: `Bearer ${local.apiKey}` },
    body: new Uint8Array([0x22, 0xff]),
  };
  const response = await local.fetch(new Request(ORIGIN + modelPath('converse'), init));
  expect(await failure(response)).toEqual({
    status: 400,
    name: 'SerializationException',
    message: 'The request body is not valid UTF-8.',
  });
});

describe('the client gets past it, or gives the same refusal', () => {
  it.each(titles)('%s', async (_, refusal) => {
    const { helps, lacks } = OPTIONS[refusal.client];
    const refused = { message: expect.stringContaining(await refusalOf(refusal)) };
    if (refusal.client === 'says what to do') {
      const message = expect.stringMatching(refusal.advice ?? /$^/);
      await expect(call(refusal, helps)).rejects.toMatchObject({ code: 'ERR_INPUT', message });
    } else if (refusal.client === 'cannot help')
      await expect(call(refusal, helps)).rejects.toMatchObject(refused);
    else expect(await call(refusal, helps)).toMatchObject({ stopReason: expect.any(String) });
    if (lacks !== undefined) await expect(call(refusal, lacks)).rejects.toMatchObject(refused);
  });
});

function operationsOf({ only }: Refusal): readonly NonNullable<Refusal['only']>[] {
  return only === undefined ? ['converse', 'converse-stream'] : [only];
}

/** The sentence of the service, whatever advice the client puts around it. */
async function refusalOf(refusal: Refusal): Promise<string> {
  const { body, modelId } = refusal;
  const { message } = await failure(
    await send(start(refusal), { path: modelPath(operationsOf(refusal)[0] ?? 'converse', modelId), body }),
  );
  // The client's errors have a space for each line break.
  return message.replace(/\s+/g, ' ').replace(/\.$/, '');
}

async function call(refusal: Refusal, options: CallOptions): Promise<unknown> {
  const bedrock = createBedrock({ transport: localTransport(start(refusal)) });
  const request = { modelId: refusal.modelId, ...withBytes(refusal.body) } as ConverseRequest;
  const ways = {
    converse: () => bedrock.converse(request, options),
    'converse-stream': () => bedrock.stream(request, options).result(),
  };
  let answer: unknown;
  for (const operation of operationsOf(refusal)) answer = await ways[operation]();
  return answer;
}

/** The client takes bytes where the wire has base64. */
function withBytes(body: object): object {
  const revive = (name: string, value: unknown): unknown =>
    name === 'bytes' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
  return JSON.parse(JSON.stringify(body), revive) as object;
}
