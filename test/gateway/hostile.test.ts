import { describe, expect, it } from 'vitest';
import { unpackReasoning } from '../../src/gateway/conversation/carrier.js';
import { ToolNames } from '../../src/gateway/conversation/tool-names.js';
import { CLAUDE, json, NOVA, setUp } from './setup.js';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
const MESSAGES = [{ role: 'user', content: 'Hi' }];

/** JSON may hold such an object, and it cannot be turned into a string or a number. */
const POISON = { toString: 1, valueOf: 1 };

async function refusal(
  path: string,
  body: object,
): Promise<{ status: number; param: string; message: string }> {
  const gateway = await setUp();
  const response = await gateway.send(path, { model: NOVA, ...body });
  const { error } = await json(response);
  return { status: response.status, param: error?.param, message: error?.message };
}

describe('an object that cannot become a string or a number', () => {
  it.each([
    [CHAT, { messages: MESSAGES, tools: [{ type: POISON }] }, 'tools.0.type'],
    [CHAT, { messages: MESSAGES, top_logprobs: POISON }, 'top_logprobs'],
    [
      CHAT,
      {
        messages: MESSAGES,
        tools: [{ type: 'custom', custom: { name: 'a', format: { syntax: POISON, definition: 'x' } } }],
      },
      'tools.0.custom.format.syntax',
    ],
    [RESPONSES, { input: 'Hi', tools: [{ type: POISON }] }, 'tools.0.type'],
    [RESPONSES, { input: [{ type: 'item_reference', id: POISON }] }, 'input.0.id'],
    [RESPONSES, { input: [{ type: POISON }] }, 'input.0.type'],
  ])('is a 400 (%s, %j)', async (path, body, param) => {
    expect(await refusal(path, body)).toMatchObject({ status: 400, param });
  });
});

describe('many tools', () => {
  it('are refused beyond 1,000 names', async () => {
    const tools = Array.from({ length: 1001 }, (_, i) => ({
      type: 'function',
      function: { name: `tool_${i}` },
    }));
    expect(await refusal(CHAT, { messages: MESSAGES, tools })).toMatchObject({ status: 400, param: 'tools' });
  });

  it('whose names look alike keep names of their own', () => {
    const names = new ToolNames();
    const own = Array.from({ length: 1000 }, (_, i) => String.fromCodePoint(0x4e00 + i));
    const sent = own.map((name) => names.send(name));
    expect(new Set(sent).size).toBe(1000);
    expect(sent.slice(0, 3)).toEqual(['_', '__2', '__3']);
    expect(sent.map((name) => names.receive(name).name)).toEqual(own);
  });
});

describe('JSON inside a string', () => {
  const DEEP = '['.repeat(200_000);

  it.each([
    [
      CHAT,
      {
        messages: [
          ...MESSAGES,
          {
            role: 'assistant',
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: DEEP } }],
          },
        ],
      },
      'messages.1.tool_calls.0.function.arguments',
    ],
    [
      CHAT,
      { messages: [...MESSAGES, { role: 'assistant', function_call: { name: 'a', arguments: DEEP } }] },
      'messages.1.function_call.arguments',
    ],
    [
      RESPONSES,
      { input: [{ type: 'function_call', call_id: 'a', name: 'a', arguments: DEEP }] },
      'input.0.arguments',
    ],
  ])('has the bounds of a body (%s)', async (path, body, param) => {
    const { message, ...rest } = await refusal(path, body);
    expect(rest).toEqual({ status: 400, param });
    expect(message).toContain('nested deeper');
  });

  it('is not read as reasoning beyond what an answer has', () => {
    const pack = (blocks: number) =>
      `ba1.${Buffer.from(JSON.stringify(Array.from({ length: blocks }, () => ({ t: '' })))).toString('base64url')}`;
    expect(unpackReasoning(pack(100))).toHaveLength(100);
    expect(unpackReasoning(pack(20_000))).toEqual([]);
  });
});

describe('a long name', () => {
  it('is cut where errors and notes repeat it', async () => {
    const name = 'n'.repeat(5000);
    const choice = { type: 'function', function: { name } };
    const { status, message } = await refusal(CHAT, {
      messages: MESSAGES,
      tools: [{ type: 'function', function: { name: 'a' } }],
      tool_choice: choice,
    });
    expect([status, message.length < 500]).toEqual([400, true]);
    const gateway = await setUp();
    const response = await gateway.send(CHAT, {
      model: CLAUDE,
      messages: MESSAGES,
      metadata: { [name]: 'é' },
    });
    // It is logged once it has been read.
    await response.text();
    expect(gateway.log[0]?.notes.join().length).toBeLessThan(500);
  });

  it.each(['constructor', 'toString'])('%s is no media type of a document', async (type) => {
    const { status, param } = await refusal(CHAT, {
      messages: [
        { role: 'user', content: [{ type: 'file', file: { file_data: `data:${type};base64,QUJD` } }] },
      ],
    });
    expect([status, param]).toEqual([400, 'messages.0.content.0.file.file_data']);
  });
});
