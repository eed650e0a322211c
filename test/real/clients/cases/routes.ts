import { expect } from 'vitest';
import { bodiesOf, environmentOf, NOVA, SONNET, SONNET_BASE, startBedrock } from '../bedrock.js';
import type { Failure } from '../client.js';
import type { DefineCase, Running } from '../suite.js';
import { operationsOf } from './endpoints.js';

const CLAUDE_BODY = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hello' }],
};
const NOVA_BODY = { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] };

const POEM = 'Roses are red, violets are blue, streams are long, and this one is too.';

interface Invoked {
  body: object;
  contentType: string;
  /** From the headers. */
  tokens: { input: number; output: number };
}

/** The operations beside Converse, whose bodies and answers AWS's own clients hand through or check. */
export function testRoutes(client: Running, define: DefineCase): void {
  define('invoke', 'invokes a model', async () => {
    const bedrock = await startBedrock({ script: [{ text: 'Good morning.' }] });
    const input = { model: SONNET, body: CLAUDE_BODY };
    const invoked = await client().run<Invoked>('invoke', environmentOf(bedrock), input);
    expect(invoked.body).toMatchObject({
      type: 'message',
      content: [{ type: 'text', text: 'Good morning.' }],
      usage: { input_tokens: invoked.tokens.input, output_tokens: invoked.tokens.output },
    });
    expect(invoked.tokens.output).toBeGreaterThan(0);
    expect(invoked.contentType).toBe('application/json');
    expect(bodiesOf(bedrock)).toEqual([CLAUDE_BODY]);
  });

  for (const [model, body, read] of [
    [SONNET, CLAUDE_BODY, (chunk: Chunk) => chunk.delta?.text ?? ''],
    [NOVA, NOVA_BODY, (chunk: Chunk) => chunk.contentBlockDelta?.delta.text ?? ''],
  ] as const) {
    define('invoke', `invokes a model for a stream: ${model}`, async () => {
      const bedrock = await startBedrock({ script: [{ text: POEM }] });
      const { chunks } = await client().run<{ chunks: Chunk[] }>('invokeStream', environmentOf(bedrock), {
        model,
        body,
      });
      expect(chunks.map(read).filter(Boolean).length).toBeGreaterThan(2);
      expect(chunks.map(read).join('')).toBe(POEM);
      expect(chunks.at(-1)?.['amazon-bedrock-invocationMetrics']).toMatchObject({
        inputTokenCount: expect.any(Number) as unknown,
      });
      expect(operationsOf(bedrock)).toEqual(['InvokeModelWithResponseStream']);
    });
  }

  define('invoke', 'knows an exception in a stream of an invoked model', async () => {
    const error = { name: 'ThrottlingException', message: 'Too many tokens.', afterEvents: 4 };
    const bedrock = await startBedrock({ script: [{ text: 'word '.repeat(100), error }] });
    const input = { model: SONNET, body: CLAUDE_BODY };
    const { chunks, failure } = await client().run<{ chunks: Chunk[]; failure: Failure }>(
      'invokeStream',
      environmentOf(bedrock),
      input,
    );
    expect(chunks).toHaveLength(4);
    expect(failure.message).toMatch(/throttlingException.*Too many tokens\./);
  });

  define('invoke', 'is told what is wrong with a body', async () => {
    const bedrock = await startBedrock();
    const { max_tokens: _, ...body } = CLAUDE_BODY;
    const failure = await client().fail('invoke', environmentOf(bedrock), { model: SONNET, body });
    expect(failure.message).toMatch(/ValidationException.*max_tokens/);
  });

  define('count', 'counts the tokens of a body', async () => {
    const bedrock = await startBedrock();
    const input = { model: SONNET_BASE, body: CLAUDE_BODY };
    expect(await client().run('countBody', environmentOf(bedrock), input)).toBeGreaterThan(0);
    expect(operationsOf(bedrock)).toEqual(['CountTokens']);
  });

  define('applyGuardrail', 'applies a guardrail to a text', async () => {
    const bedrock = await startBedrock();
    const apply = (text: string) => client().run('applyGuardrail', environmentOf(bedrock), { text });
    expect(await apply('Tell me what is forbidden')).toEqual({
      action: 'GUARDRAIL_INTERVENED',
      outputs: ['Sorry, the guardrail of this local Bedrock does not let that through.'],
      words: ['forbidden'],
      isCounted: true,
    });
    expect(await apply('Good morning')).toEqual({
      action: 'NONE',
      outputs: [],
      words: [],
      isCounted: true,
    });
    expect(operationsOf(bedrock)).toEqual(['ApplyGuardrail', 'ApplyGuardrail']);
  });

  define('guardrails', 'lists guardrails', async () => {
    const bedrock = await startBedrock();
    expect(await client().run('guardrails', environmentOf(bedrock))).toEqual([
      {
        arn: 'arn:aws:bedrock:us-east-1:123456789012:guardrail/localguardrail',
        status: 'READY',
        year: 2025,
      },
    ]);
  });

  define('models', 'gets a model by its id, and is told that there is none', async () => {
    const bedrock = await startBedrock();
    const get = (id: string) => client().run('model', environmentOf(bedrock), { id });
    expect(await get(SONNET_BASE)).toMatchObject({
      modelId: SONNET_BASE,
      modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${SONNET_BASE}`,
      providerName: 'Anthropic',
      responseStreamingSupported: true,
    });
    const failure = await client().fail('model', environmentOf(bedrock), { id: 'acme.one-v1:0' });
    expect(failure.message).toContain('The provided model identifier is invalid.');
  });
}

/** What the tests look at in a chunk of Claude or Nova. */
interface Chunk {
  delta?: { text?: string };
  contentBlockDelta?: { delta: { text?: string } };
  'amazon-bedrock-invocationMetrics'?: object;
}
