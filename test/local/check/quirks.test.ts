import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { modelQuirks } from 'bedrock-anywhere';
import { createLocalBedrock, type LocalModel } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { findRejections, type Rejections } from '../../../src/local/check/quirks.js';
import { failure, modelPath, say, send } from '../request.js';

const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const hi = { text: 'Hi' };
const USE = { toolUse: { toolUseId: 'tooluse_1', name: 'look_up', input: {} } };
const cachePoint = { cachePoint: { type: 'default' } };
const TOOLS = { tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }] };
const thinking = { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } } };

const localOf = (modelId: string, rejects?: LocalModel['rejects']) =>
  createLocalBedrock({ models: [{ modelId, responseStreamingSupported: true, rejects }], profiles: [] });

describe('what a family of models refuses, in its words', () => {
  it.each<[modelId: string, title: string, body: object, message: RegExp]>([
    [
      'openai.gpt-oss-120b-1:0',
      'stop sequences',
      { ...say('Hi'), inferenceConfig: { stopSequences: ['x'] } },
      /^This model doesn't support the stopSequences field\. Remove stopSequences and try again\.$/,
    ],
    [
      'anthropic.claude-opus-4-7',
      'temperature',
      { ...say('Hi'), inferenceConfig: { temperature: 0 } },
      /^The model returned the following errors: `temperature` is deprecated for this model\.$/,
    ],
    [
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'temperature beside topP',
      { ...say('Hi'), inferenceConfig: { temperature: 0, topP: 0 } },
      /^The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model\. Please use only one\.$/,
    ],
    [
      'meta.llama3-3-70b-instruct-v1:0',
      'a tool choice',
      { ...say('Hi'), toolConfig: { ...TOOLS, toolChoice: { any: {} } } },
      /^This model doesn't support the toolConfig\.toolChoice\.any field\. Remove toolConfig\.toolChoice\.any and try again\.$/,
    ],
    [
      'amazon.nova-pro-v1:0',
      'a cache point among tools',
      { ...say('Hi'), toolConfig: { tools: [...TOOLS.tools, cachePoint] } },
      /Malformed input request: #\/toolConfig\/tools\/1: extraneous key \[cachePoint\] is not permitted, please reformat your input and try again\.$/,
    ],
    [
      'amazon.nova-pro-v1:0',
      'a time for a cache point',
      { ...say('Hi'), system: [hi, { cachePoint: { type: 'default', ttl: '5m' } }] },
      /^Extended TTL prompt caching is only supported for Anthropic models$/,
    ],
    [
      'meta.llama3-3-70b-instruct-v1:0',
      'a cache point',
      { messages: [user(hi, cachePoint)] },
      /^You invoked an unsupported model or your request did not allow prompt caching\./,
    ],
    [
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'an empty signature',
      {
        messages: [
          user(hi),
          assistant({ reasoningContent: { reasoningText: { text: 'Hm.', signature: '' } } }, hi),
          user(hi),
        ],
      },
      /messages\.1\.content\.0: Invalid `signature` in `thinking` block$/,
    ],
    [
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'to think on with a turn that did not begin with a thought',
      {
        messages: [user(hi), assistant(USE), user({ toolResult: { toolUseId: 'tooluse_1', content: [hi] } })],
        toolConfig: TOOLS,
        ...thinking,
      },
      /^The model returned the following errors: messages\.1\.content\.0\.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`\. When `thinking` is enabled/,
    ],
  ])('%s: %s', async (modelId, _title, body, message) => {
    const response = await send(localOf(modelId), { path: modelPath('converse', modelId), body });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect((await failure(response)).message).toMatch(message);
  });

  it('takes the same from a model that nothing is known of', async () => {
    const body = {
      messages: [
        user(hi, cachePoint),
        assistant({ reasoningContent: { reasoningText: { text: 'Hm.' } } }, hi),
        user(hi),
      ],
      inferenceConfig: { temperature: 0, topP: 0, stopSequences: ['x'] },
      toolConfig: { tools: [...TOOLS.tools, cachePoint], toolChoice: { any: {} } },
    };
    const response = await send(localOf('acme.brain-v1:0'), {
      path: modelPath('converse', 'acme.brain-v1:0'),
      body,
    });
    expect(response.status).toBe(200);
  });
});

describe('rejects', () => {
  it('is not listed, and refuses in the words that were given', async () => {
    const local = localOf('acme.brain-v1:0', [{ field: 'system', message: 'No system, please.' }]);
    const list = await send(local, { method: 'GET', path: '/foundation-models' });
    const { modelSummaries } = (await list.json()) as { modelSummaries: object[] };
    expect(Object.keys(modelSummaries[0] ?? {})).not.toContain('rejects');
    const path = modelPath('converse', 'acme.brain-v1:0');
    const refused = await failure(await send(local, { path, body: { ...say('Hi'), system: [hi] } }));
    expect(refused.message).toBe('No system, please.');
    expect((await send(local, { path, body: say('Hi') })).status).toBe(200);
  });
});

describe('the rules of the local Bedrock', () => {
  /** Every id that editors suggest, and names of families that are not among them. */
  const ids = [
    ...readFileSync(
      fileURLToPath(new URL('../../../src/types/model-ids.ts', import.meta.url)),
      'utf8',
    ).matchAll(/'([^']+)'/g),
  ].map(([, id = '']) => id);

  /** What the library's own table says a model rejects. */
  function expected(modelId: string): Rejections {
    const { rejects, temperatureOrTopP, toolChoice, cachePoints, cacheTtls, reasoning, ...rest } =
      modelQuirks(modelId);
    const kinds = (['auto', 'any', 'tool'] as const).filter((kind) => toolChoice?.includes(kind) === false);
    const claude = modelId.includes('claude');
    const all: Rejections = {
      ...(rejects && { inferenceConfig: rejects }),
      ...(temperatureOrTopP && { temperatureWithTopP: true }),
      ...(kinds.length > 0 && { toolChoice: kinds }),
      ...(cachePoints?.length === 0 && { cachePoints: 'anywhere' as const }),
      ...(cachePoints?.length === 2 && { cachePoints: 'tools' as const }),
      ...(cacheTtls?.length === 0 && { cacheTtl: true }),
      ...(reasoning && {
        reasoning: ({ none: 'any', unsigned: 'signed', signed: 'unsigned' } as const)[reasoning],
      }),
      ...(rest.redactedReasoning === false && { redactedReasoning: true }),
      resultImages: rest.toolResultImages !== true,
      ...(rest.documents === false && { documents: true }),
      ...(rest.errorResultTextOnly && { errorMedia: true }),
      ...(rest.tools === false && !modelId.includes('palmyra') && { tools: true }),
      ...(claude && {
        looseProperties: true,
        looseToolUseIds: true,
        prefill: rest.prefill === false ? 'any' : 'trailing-space',
      }),
      ...(rest.toolUseIdLength && { toolUseIdsBelow: rest.toolUseIdLength }),
      ...(rest.resultStatus === false && { resultStatus: true }),
      ...(rest.emptyResults === false && { emptyResults: true }),
      ...(rest.usesAlone && { besideUses: true }),
      ...(claude && !modelId.includes('sonnet-4-6') && { behindUses: true }),
      ...(rest.resultsAlone && {
        besideResults: rest.resultsAlone === true ? ('anything' as const) : ('documents' as const),
      }),
      ...(rest.schemaRoot && {
        schemaRoot: [
          ...(rest.schemaRoot === 'bare' ? ['definitions', '$defs'] : []),
          'allOf',
          'anyOf',
          'oneOf',
        ],
      }),
      ...(rest.boundReasoning && { movedReasoning: true }),
      ...(rest.budgetThinking === false && {
        strictTools: true,
        outputFormat: true,
        thinking: [
          'enabled',
          ...(rest.thinksByDefault && rest.thinkingOff !== 'disabled' ? ['disabled' as const] : []),
        ],
      }),
      ...(rest.thinking === 'adaptive' && !rest.efforts?.includes('xhigh') && { efforts: ['xhigh'] }),
    };
    return all;
  }

  it('agree with what the library knows, though neither reads the other', () => {
    expect(ids.length).toBeGreaterThan(100);
    for (const id of ids) {
      // Whether a model streams tool inputs or supports system prompts, how it names a field and its minimum of tokens are learned
      // only from its answers. Palmyra Vision rejects tools with its own server's message, which the local Bedrock does not know.
      const {
        system: _moved,
        streamedTools: _learned,
        fields: _named,
        maxTokensBelow: _raised,
        ...rejected
      } = findRejections(id);
      if (rejected.cachePoints === 'messages') rejected.cachePoints = 'anywhere';
      expect({ id, ...rejected }).toEqual({ id, ...expected(id) });
    }
  });
});
