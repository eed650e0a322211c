import type { BedrockStreamOptions, PiContext, PiModel, PiThinkingLevel } from 'bedrock-anywhere/pi';
import {
  assistant,
  call,
  clock,
  image,
  longReplay,
  text,
  thinking,
  toolResult,
  user,
  weather,
} from './pi-contexts.js';
import { APPLICATION_PROFILE, IDS } from './pi-peer.js';

/** Where our request differs from that of pi's own provider, and why. docs/pi.md has the same sentences. */
export const DIFFERENCES = {
  'repeated-roles':
    'Consecutive messages of one role become one, because the service rejects them otherwise; pi sends them separately.',
  'lost-results':
    'A tool result whose call is not in the history is omitted, because the service rejects it; pi sends it.',
  'unique-ids':
    'Tool-call ids that would become the same when shortened to 64 characters stay different; in pi they collide.',
  'no-description':
    'A tool with an empty description is sent without one, because the service rejects it; pi sends it.',
  'tools-kept':
    'With `toolChoice: "none"`, the tools are still sent if the history contains tool blocks, because the service rejects it without them; pi omits them.',
  'error-images':
    'Images in a failed tool result are moved after the results for models that accept only text there; pi 0.74 does not move them (pi 1.5 does).',
  'redacted-thinking':
    'Encrypted thinking is sent back as `redactedContent`; pi 0.74 sends its placeholder as signed thinking (pi 1.5 does as we do).',
  'empty-thinking':
    'Thinking with a signature but no text (`thinkingDisplay: "omitted"`) is sent back, because Claude expects it before a tool use; pi omits it.',
  'no-thinking-back':
    'Models that reject earlier thinking get none; pi sends it to them without its signature.',
  'fixed-temperature':
    'Claude gets no temperature while it thinks, because it rejects any but 1; pi sends what you pass.',
  'refused-sampling': 'Models that accept no temperature get none; pi sends what you pass.',
  'no-interleaving-beta':
    'Claude 3.7 does not get the beta for interleaved thinking, which started with Claude 4; pi sends it to every Claude with a thinking budget.',
  'thinking-of-others':
    'The thinking level is also sent to gpt-oss, Nova 2 and others; pi 0.74 sends it to Claude only (pi 1.5 also to OpenAI models).',
  'short-cache':
    'Caching for an hour is requested from models that support it, others use their default; pi requests it from all.',
  'half-characters':
    'A lone surrogate in the arguments of a tool call is repaired; pi sends it and is rejected.',
  'blank-text':
    'Blank text of a user or a tool is repaired; pi 0.74 sends it and is rejected (pi 1.5 sends a placeholder).',
  'tools-missing':
    'If the history contains tool blocks and the context has no tools, tools are derived from the history; pi sends none and is rejected.',
  'tool-names':
    'Tool names that the service rejects, such as those with a dot, are replaced by valid ones, and the answer has your own; pi sends them and is rejected.',
} as const;

type Difference = keyof typeof DIFFERENCES;

interface Turn {
  role: string;
  content: Record<string, unknown>[];
}

/** A request body. */
export interface Body {
  messages: Turn[];
  inferenceConfig?: Record<string, unknown>;
  additionalModelRequestFields?: Record<string, unknown>;
  [member: string]: unknown;
}

/** A conversation, and what the two requests for it have to do with each other: the same, unless said otherwise. */
export interface Case {
  name: string;
  context: PiContext;
  model?: Partial<PiModel> & { id: string };
  options?: BedrockStreamOptions;
  simple?: boolean;
  differs?: Difference;
  /** What our request must be, given pi's. */
  ours?: (theirs: Body) => unknown;
  /** Status that pi's own request gets, where it is refused. */
  theirStatus?: number;
}

const one: PiContext = { messages: [user('hello')] };
const withTools: PiContext = { messages: [user('weather in Bonn?')], tools: [weather] };
const used: PiContext['messages'] = [
  user('weather in Bonn?'),
  assistant([call('tooluse_1')], { stopReason: 'toolUse' }),
  toolResult('tooluse_1'),
];
const point = { cachePoint: { type: 'default' } };

const texts: Case[] = [
  { name: 'text', context: one },
  { name: 'a system prompt', context: { ...one, systemPrompt: 'Be brief.' } },
  { name: 'an empty system prompt', context: { ...one, systemPrompt: '' } },
  { name: 'limits', context: one, options: { maxTokens: 100, temperature: 0.5 } },
  { name: 'limits of a simple call', context: one, options: { temperature: 0 }, simple: true },
  { name: 'metadata for the bill', context: one, options: { requestMetadata: { team: 'blue' } } },
  { name: 'several blocks', context: { messages: [user([text('a'), text('b')])] } },
  { name: 'pairs of surrogates', context: { messages: [user('🙈 and 𝔘')] } },
  {
    name: 'half a surrogate pair',
    context: {
      systemPrompt: 'x\ud83d',
      messages: [user('a\ud83d b\ude48'), assistant([text('\udc00c')]), user('d')],
    },
  },
  {
    name: 'blank text of the model',
    context: { messages: [user('a'), assistant([text(' '), text('b')]), user('c')] },
  },
];

const images: Case[] = [
  {
    name: 'images of every format',
    context: {
      messages: [
        user([
          text('see'),
          ...['image/png', 'image/jpeg', 'image/jpg', 'image/gif', 'image/webp'].map(image),
        ]),
      ],
    },
  },
  {
    name: 'images for a model that sees none',
    model: { id: IDS.sonnet45, input: ['text'] },
    context: {
      messages: [
        user([image(), image(), text('what?'), image()]),
        assistant([call('tooluse_1')], { stopReason: 'toolUse' }),
        toolResult('tooluse_1', [text('seen'), image()]),
      ],
      tools: [weather],
    },
  },
  {
    name: 'an image in a tool result',
    context: {
      messages: [
        user('look'),
        assistant([call('tooluse_1')], { stopReason: 'toolUse' }),
        toolResult('tooluse_1', [text('here'), image()]),
      ],
      tools: [weather],
    },
  },
  {
    name: 'an image in the result of a tool that failed',
    differs: 'error-images',
    theirStatus: 400,
    context: {
      messages: [
        user('look'),
        assistant([call('tooluse_1'), call('tooluse_2')], { stopReason: 'toolUse' }),
        toolResult('tooluse_1', [text('broken'), image()], true),
        toolResult('tooluse_2'),
      ],
      tools: [weather],
    },
    ours: (theirs) => {
      const [first, second, ...rest] = theirs.messages.at(-1)?.content ?? [];
      const result = first?.['toolResult'] as { content: unknown[] };
      const moved = result.content.splice(1, 1);
      result.content.push({ text: 'See the images after the tool results.' });
      return lastTurn(theirs, [first, second, ...moved, ...rest]);
    },
  },
];

const tools: Case[] = [
  { name: 'a tool', context: withTools },
  { name: 'any tool', context: withTools, options: { toolChoice: 'any' } },
  { name: 'the tool that the model chooses', context: withTools, options: { toolChoice: 'auto' } },
  { name: 'one tool', context: withTools, options: { toolChoice: { type: 'tool', name: 'weather' } } },
  { name: 'no tool', context: withTools, options: { toolChoice: 'none' } },
  { name: 'an empty list of tools', context: { ...one, tools: [] } },
  { name: 'a tool round', context: { messages: used, tools: [weather] } },
  {
    name: 'no tool after a tool round',
    differs: 'tools-kept',
    context: { messages: used, tools: [weather] },
    options: { toolChoice: 'none' },
    theirStatus: 400,
    ours: (theirs) => ({ ...theirs, toolConfig: toolConfig() }),
  },
  {
    name: 'a tool without description',
    differs: 'no-description',
    context: { ...one, tools: [clock] },
    theirStatus: 400,
    ours: (theirs) => ({
      ...theirs,
      toolConfig: { tools: [{ toolSpec: { name: 'clock', inputSchema: { json: clock.parameters } } }] },
    }),
  },
  {
    name: 'results of several tools, one failed',
    context: {
      messages: [
        user('weather?'),
        assistant([text('Let me see.'), call('a-1'), call('b_2', 'weather', {})], { stopReason: 'toolUse' }),
        toolResult('a-1', [text('x'), text('y')]),
        toolResult('b_2', [text('no')], true),
        assistant([text('done')]),
        user('thanks'),
      ],
      tools: [weather],
    },
  },
];

const odd: Case[] = [
  {
    name: 'a call without a result, at the end',
    context: { messages: used.slice(0, 2), tools: [weather] },
  },
  {
    name: 'one call of two without a result',
    context: {
      messages: [
        user('weather?'),
        assistant([call('a'), call('b')], { stopReason: 'toolUse' }),
        toolResult('a'),
        assistant([text('half')]),
        user('and?'),
      ],
      tools: [weather],
    },
  },
  {
    name: 'a user who interrupts a tool',
    differs: 'repeated-roles',
    context: { messages: [...used.slice(0, 2), user('stop')], tools: [weather] },
    theirStatus: 400,
    ours: mergedTurns,
  },
  {
    name: 'a result that comes too late',
    differs: 'lost-results',
    context: {
      messages: [
        ...used.slice(0, 2),
        assistant([text('never mind')]),
        user('go on'),
        toolResult('tooluse_1'),
      ],
      tools: [weather],
    },
    theirStatus: 400,
    ours: (theirs) => {
      const messages = theirs.messages.slice(0, -1);
      messages.at(-1)?.content.push(point);
      return { ...theirs, messages };
    },
  },
  {
    name: 'a turn that failed',
    differs: 'repeated-roles',
    context: {
      messages: [user('a'), assistant([text('half a tho')], { stopReason: 'error' }), user('again')],
    },
    theirStatus: 400,
    ours: mergedTurns,
  },
  {
    name: 'an aborted turn with a tool call, and its result',
    differs: 'lost-results',
    context: {
      messages: [
        user('a'),
        assistant([call('gone')], { stopReason: 'aborted' }),
        toolResult('gone'),
        user('again'),
      ],
      tools: [weather],
    },
    theirStatus: 400,
    ours: (theirs) => ({
      ...theirs,
      messages: [{ role: 'user', content: [{ text: 'a' }, { text: 'again' }, point] }],
    }),
  },
  {
    name: 'an answer with nothing in it',
    context: { messages: [user('a'), assistant([]), user('b')] },
    differs: 'repeated-roles',
    theirStatus: 400,
    ours: mergedTurns,
  },
  {
    name: 'ids of another provider',
    context: {
      messages: [
        user('a'),
        assistant([call(`call_${'x'.repeat(70)}|fc.1`)], {
          provider: 'openai',
          api: 'openai-responses',
          model: 'gpt-5',
        }),
        toolResult(`call_${'x'.repeat(70)}|fc.1`),
      ],
      tools: [weather],
    },
  },
  {
    name: 'ids of another provider that are cut to the same',
    differs: 'unique-ids',
    context: {
      messages: [
        user('a'),
        assistant([call(`${'x'.repeat(70)}1`), call(`${'x'.repeat(70)}2`)], {
          provider: 'openai',
          api: 'openai-responses',
          model: 'gpt-5',
        }),
        toolResult(`${'x'.repeat(70)}1`),
        toolResult(`${'x'.repeat(70)}2`),
      ],
      tools: [weather],
    },
    theirStatus: 400,
    ours: (theirs) => {
      const second = `${'x'.repeat(62)}_2`;
      const [, turn, results] = theirs.messages;
      (turn?.content[1]?.['toolUse'] as { toolUseId: string }).toolUseId = second;
      (results?.content[1]?.['toolResult'] as { toolUseId: string }).toolUseId = second;
      return theirs;
    },
  },
  { name: 'a long replay', context: { systemPrompt: 'Be brief.', messages: longReplay(), tools: [weather] } },
];

const signed = assistant([thinking('hm', 'sig'), text('so'), call('t')], { stopReason: 'toolUse' });

/** A history in which a model has thought, for a model. */
function replay(id: string, content = signed.content, more = {}): PiContext {
  return {
    messages: [user('a'), assistant(content, { model: id, ...more }), toolResult('t')],
    tools: [weather],
  };
}

const thoughts: Case[] = [
  { name: 'signed thinking of the same model', context: replay(IDS.sonnet45) },
  {
    name: 'thinking of the same model without a signature',
    context: replay(IDS.sonnet45, [thinking('hm'), text('so'), call('t')]),
  },
  {
    name: 'blank thinking of the same model',
    context: replay(IDS.sonnet45, [thinking(' '), text('so'), call('t')]),
  },
  { name: 'signed thinking of another model', context: replay(IDS.opus46) },
  {
    name: 'thinking of another provider',
    context: replay('gpt-5', signed.content, { provider: 'openai', api: 'openai-responses' }),
  },
  {
    name: 'encrypted thinking of another model',
    context: replay(IDS.opus46, [
      { ...thinking('[Reasoning redacted]', 'AQID'), redacted: true },
      text('so'),
      call('t'),
    ]),
  },
  {
    name: 'encrypted thinking of the same model',
    differs: 'redacted-thinking',
    context: replay(IDS.sonnet45, [
      { ...thinking('[Reasoning redacted]', 'AQID'), redacted: true },
      text('so'),
      call('t'),
    ]),
    ours: (theirs) => {
      (theirs.messages[1] as Turn).content[0] = { reasoningContent: { redactedContent: 'AQID' } };
      return theirs;
    },
  },
  {
    name: 'a signature without its thinking',
    differs: 'empty-thinking',
    context: replay(IDS.sonnet45, [thinking('', 'sig'), call('t')]),
    ours: (theirs) => {
      theirs.messages[1]?.content.unshift({
        reasoningContent: { reasoningText: { text: '', signature: 'sig' } },
      });
      return theirs;
    },
  },
  { name: 'thinking of gpt-oss', model: { id: IDS.oss }, context: replay(IDS.oss) },
  {
    name: 'thinking of a model that refuses it',
    differs: 'no-thinking-back',
    theirStatus: 400,
    model: { id: IDS.deepseek },
    // The model does not support tools, so the history has none.
    context: {
      messages: [
        user('a'),
        assistant([thinking('hm', 'sig'), text('so')], { model: IDS.deepseek }),
        user('b'),
      ],
    },
    ours: (theirs) => {
      theirs.messages[1]?.content.shift();
      return theirs;
    },
  },
];

const LEVELS: PiThinkingLevel[] = ['minimal', 'low', 'medium', 'high', 'xhigh'];
const fields = (more: Record<string, unknown>) => (theirs: Body) => ({
  ...theirs,
  additionalModelRequestFields: more,
});

const levels: Case[] = LEVELS.flatMap((reasoning): Case[] => [
  { name: `${reasoning} by budget`, context: one, options: { reasoning, maxTokens: 20_000 } },
  { name: `${reasoning} by budget, simple`, context: one, options: { reasoning }, simple: true },
  {
    name: `${reasoning} by budget with little room, simple`,
    context: one,
    model: { id: IDS.sonnet45, maxTokens: 3000 },
    options: { reasoning, maxTokens: 500 },
    simple: true,
  },
  {
    name: `${reasoning}, adaptive`,
    context: one,
    model: { id: IDS.opus46, thinkingLevelMap: { xhigh: 'max' } },
    options: { reasoning },
    simple: true,
  },
  {
    name: `${reasoning}, adaptive, of the newest`,
    context: one,
    model: { id: IDS.opus47, thinkingLevelMap: { xhigh: 'xhigh' } },
    options: { reasoning },
  },
  {
    name: `${reasoning} of gpt-oss`,
    differs: 'thinking-of-others',
    context: one,
    model: { id: IDS.oss },
    options: { reasoning },
    ours: fields({
      reasoning_effort: {
        minimal: 'low',
        low: 'low',
        medium: 'medium',
        high: 'high',
        xhigh: 'high',
        max: 'high',
      }[reasoning],
    }),
  },
  {
    name: `${reasoning} of a model that does not think`,
    context: one,
    model: { id: IDS.llama },
    options: { reasoning },
  },
]);

const thinks: Case[] = [
  ...levels,
  {
    name: 'Nova 2',
    differs: 'thinking-of-others',
    context: one,
    model: { id: IDS.nova2 },
    options: { reasoning: 'low' },
    ours: fields({ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }),
  },
  {
    name: 'Nova 2, as hard as it can',
    differs: 'thinking-of-others',
    context: one,
    model: { id: IDS.nova2 },
    options: { reasoning: 'xhigh', temperature: 0.5 },
    simple: true,
    ours: ({ inferenceConfig: _, ...theirs }) =>
      fields({ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } })(theirs),
  },
  {
    name: 'a model of which pi says that it does not',
    context: one,
    model: { id: IDS.sonnet45, reasoning: false },
    options: { reasoning: 'high' },
  },
  {
    name: 'budgets of the caller',
    context: one,
    options: { reasoning: 'medium', thinkingBudgets: { medium: 3000 }, maxTokens: 9000 },
  },
  {
    name: 'no thinking between tools',
    context: withTools,
    options: { reasoning: 'low', interleavedThinking: false, maxTokens: 9000 },
  },
  {
    name: 'thinking that is not shown',
    context: one,
    model: { id: IDS.opus47 },
    options: { reasoning: 'low', thinkingDisplay: 'omitted' },
  },
  { name: 'GovCloud', context: one, model: { id: IDS.gov }, options: { reasoning: 'low', maxTokens: 9000 } },
  {
    name: 'Claude 3.7',
    differs: 'no-interleaving-beta',
    context: one,
    model: { id: IDS.sonnet37 },
    options: { reasoning: 'low', maxTokens: 9000 },
    ours: ({ additionalModelRequestFields: { anthropic_beta: _, ...rest } = {}, ...theirs }) => ({
      ...theirs,
      additionalModelRequestFields: rest,
    }),
  },
  {
    name: 'a temperature beside it',
    differs: 'fixed-temperature',
    context: one,
    options: { reasoning: 'low', maxTokens: 9000, temperature: 0.2 },
    theirStatus: 400,
    ours: (theirs) => ({ ...theirs, inferenceConfig: { maxTokens: 9000 } }),
  },
  {
    name: 'a temperature for a model that takes none',
    differs: 'refused-sampling',
    theirStatus: 400,
    context: one,
    model: { id: IDS.opus47 },
    options: { temperature: 0.2 },
    ours: ({ inferenceConfig: _, ...theirs }) => theirs,
  },
];

const caching: Case[] = [
  { name: 'no caching', context: { ...one, systemPrompt: 'x' }, options: { cacheRetention: 'none' } },
  { name: 'short caching', context: { ...one, systemPrompt: 'x' }, options: { cacheRetention: 'short' } },
  { name: 'long caching', context: { ...one, systemPrompt: 'x' }, options: { cacheRetention: 'long' } },
  {
    name: 'long caching behind tools',
    context: { messages: used, tools: [weather] },
    options: { cacheRetention: 'long' },
  },
  {
    name: 'long caching of a model that has no hour',
    differs: 'short-cache',
    context: { ...one, systemPrompt: 'x' },
    model: { id: IDS.sonnet37 },
    options: { cacheRetention: 'long' },
    ours: (theirs) => ({
      ...theirs,
      system: [{ text: 'x' }, point],
      messages: [{ role: 'user', content: [{ text: 'hello' }, point] }],
    }),
  },
  { name: 'caching of a Claude without it', context: one, model: { id: IDS.haiku3 } },
  {
    name: 'caching of Nova, which does it by itself',
    context: { ...one, systemPrompt: 'x' },
    model: { id: IDS.nova },
  },
  { name: 'an application profile', context: one, model: { id: APPLICATION_PROFILE, name: 'mine' } },
  {
    name: 'an application profile that the name tells',
    context: { ...one, systemPrompt: 'x' },
    model: { id: APPLICATION_PROFILE, name: 'Claude Sonnet 4.5' },
    options: { reasoning: 'low', maxTokens: 9000 },
  },
];

const repaired: Case[] = [
  {
    name: 'half a surrogate pair in the arguments of a tool',
    differs: 'half-characters',
    context: {
      messages: [user('a'), assistant([call('t', 'weather', { city: 'B\ud83d' })]), toolResult('t')],
      tools: [weather],
    },
    theirStatus: 400,
    ours: (theirs) => {
      (theirs.messages[1]?.content[0]?.['toolUse'] as { input: unknown }).input = { city: 'B\ufffd' };
      return theirs;
    },
  },
  {
    name: 'blank words of a user',
    differs: 'blank-text',
    context: { messages: [user([text(' '), text('b')]), assistant([text('c')]), user('d')] },
    theirStatus: 400,
    ours: (theirs) => {
      theirs.messages[0]?.content.shift();
      return theirs;
    },
  },
  {
    name: 'nothing but blank words of a user',
    differs: 'blank-text',
    context: { messages: [user('')] },
    theirStatus: 400,
    ours: (theirs) => ({ ...theirs, messages: [{ role: 'user', content: [{ text: '(empty)' }] }] }),
  },
  {
    name: 'tools of the history that the context has no more',
    differs: 'tools-missing',
    context: { messages: used },
    theirStatus: 400,
    ours: (theirs) => ({
      ...theirs,
      toolConfig: { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object' } } } }] },
    }),
  },
  {
    name: 'a tool whose name has a dot',
    differs: 'tool-names',
    context: { ...one, tools: [{ ...weather, name: 'get.weather' }] },
    theirStatus: 400,
    ours: (theirs) => ({
      ...theirs,
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'get_weather',
              description: weather.description,
              inputSchema: { json: weather.parameters },
            },
          },
        ],
      },
    }),
  },
];

export const cases: readonly Case[] = [
  ...texts,
  ...images,
  ...tools,
  ...odd,
  ...thoughts,
  ...thinks,
  ...caching,
  ...repaired,
];

/** pi's turns, those of one role in a row put together. */
function mergedTurns(theirs: Body): Body {
  const messages: Turn[] = [];
  for (const turn of theirs.messages) {
    const last = messages.at(-1);
    if (last?.role === turn.role) last.content.push(...turn.content);
    else messages.push({ ...turn });
  }
  return { ...theirs, messages };
}

function lastTurn(body: Body, content: unknown[]): unknown {
  return { ...body, messages: [...body.messages.slice(0, -1), { role: 'user', content }] };
}

function toolConfig(): unknown {
  const { name, description, parameters } = weather;
  return { tools: [{ toolSpec: { name, description, inputSchema: { json: parameters } } }] };
}
