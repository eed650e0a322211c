/** Valid requests of each protocol. */
import fc from '../property.js';
import { PIXEL_BASE64 } from './recorded.js';
import { CLAUDE, GPT_OSS, NEW_CLAUDE, NOVA } from './setup.js';

const words = fc.constantFrom('Hi', ' ', '', 'What is the weather in Bern?', '\u0000\ud83d', 'x'.repeat(300));
const name = fc.constantFrom('get_weather', 'a.b', 'a_b', 'täg', 'x'.repeat(80));
const schema = fc.constantFrom(
  { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  { type: 'object' },
  { anyOf: [{ type: 'object' }] },
  {},
);
const model = fc.constantFrom(
  CLAUDE,
  NEW_CLAUDE,
  'us.anthropic.claude-opus-5-5',
  NOVA,
  GPT_OSS,
  'us.meta.llama3-3-70b-instruct-v1:0',
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const id = fc.constantFrom('call_1', 'call_2', 'tooluse:é', `call_${'9'.repeat(90)}`, 'call_1_ba1_W10');
const image = fc.constantFrom(`data:image/png;base64,${PIXEL_BASE64}`);
const file = fc.constantFrom('data:text/plain;base64,Qmx1ZS4=', 'data:application/pdf;base64,JVBERi0xLjQK');
const filename = maybe(fc.constantFrom('report.txt', 'täglich_2.pdf', '../../etc/passwd', ''));
const args = fc.constantFrom('{}', '{"city":"Bern"}', '', 'not JSON', '[1]');
const effort = fc.constantFrom('none', 'low', 'high', 'max');
const limit = fc.constantFrom(1, 100, 3000, 200_000);
const control = maybe(fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }));

const chatTool = fc.record({
  type: fc.constant('function'),
  function: fc.record({ name, parameters: schema, strict: maybe(fc.boolean()) }),
});
const chatMessage = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer'), content: words, cache_control: control }),
  fc.record({
    role: fc.constant('user'),
    content: fc.oneof(
      words,
      fc.array(
        fc.oneof(
          fc.record({ type: fc.constant('text'), text: words, cache_control: control }),
          fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url: image }) }),
          fc.record({ type: fc.constant('file'), file: fc.record({ filename, file_data: file }) }),
        ),
        { maxLength: 3 },
      ),
    ),
  }),
  fc.record({
    role: fc.constant('assistant'),
    content: maybe(words),
    tool_calls: maybe(
      fc.array(
        fc.record({ id, type: fc.constant('function'), function: fc.record({ name, arguments: args }) }),
        { maxLength: 3 },
      ),
    ),
  }),
  fc.record({ role: fc.constant('tool'), tool_call_id: id, content: words }),
);
const chatRequest = fc.record({
  model,
  messages: fc.array(chatMessage, { minLength: 1, maxLength: 6 }),
  tools: maybe(fc.array(chatTool, { maxLength: 3 })),
  tool_choice: maybe(fc.constantFrom('auto', 'none', 'required')),
  parallel_tool_calls: maybe(fc.boolean()),
  response_format: maybe(
    fc.record({
      type: fc.constant('json_schema'),
      json_schema: fc.record({ name: fc.constant('x'), schema }),
    }),
  ),
  reasoning_effort: maybe(effort),
  max_tokens: maybe(limit),
  temperature: maybe(fc.constantFrom(0, 0.5, 2)),
  top_p: maybe(fc.constantFrom(0, 1)),
  stop: maybe(fc.constantFrom('END', ['END', ' '])),
  metadata: maybe(fc.constantFrom({ a: 'b' }, { user: '{"x":1}' })),
  service_tier: maybe(fc.constantFrom('auto', 'flex', 'scale')),
  stream: fc.boolean(),
});

const anthropicBlock = fc.oneof(
  fc.record({ type: fc.constant('text'), text: words, cache_control: control }),
  fc.record({
    type: fc.constant('image'),
    source: fc.constant({ type: 'base64', media_type: 'image/png', data: PIXEL_BASE64 }),
  }),
  fc.record({
    type: fc.constant('document'),
    title: words,
    source: fc.constant({ type: 'text', media_type: 'text/plain', data: 'Blue.' }),
  }),
  fc.record({
    type: fc.constant('tool_result'),
    tool_use_id: id,
    content: words,
    is_error: maybe(fc.boolean()),
    cache_control: control,
  }),
);
const assistantBlock = fc.oneof(
  fc.record({ type: fc.constant('text'), text: words }),
  fc.record({ type: fc.constant('thinking'), thinking: words, signature: fc.constantFrom('', 'S') }),
  fc.record({ type: fc.constant('redacted_thinking'), data: fc.constantFrom('aGlkZGVu', '%') }),
  fc.record({ type: fc.constant('tool_use'), id, name, input: fc.constantFrom({}, { city: 'Bern' }) }),
);
const anthropicMessage = fc.oneof(
  fc.record({
    role: fc.constant('user'),
    content: fc.oneof(words, fc.array(anthropicBlock, { maxLength: 4 })),
  }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.oneof(words, fc.array(assistantBlock, { maxLength: 4 })),
  }),
  fc.record({ role: fc.constant('system'), content: words }),
);
const anthropicRequest = fc.record({
  model,
  max_tokens: limit,
  system: maybe(
    fc.oneof(
      words,
      fc.array(fc.record({ type: fc.constant('text'), text: words, cache_control: control }), {
        maxLength: 3,
      }),
    ),
  ),
  messages: fc.array(anthropicMessage, { minLength: 1, maxLength: 6 }),
  tools: maybe(
    fc.array(fc.record({ name, input_schema: schema, cache_control: control, strict: maybe(fc.boolean()) }), {
      maxLength: 3,
    }),
  ),
  tool_choice: maybe(
    fc.constantFrom(
      { type: 'auto' },
      { type: 'any' },
      { type: 'none' },
      { type: 'auto', disable_parallel_tool_use: true },
    ),
  ),
  thinking: maybe(
    fc.constantFrom(
      { type: 'adaptive' },
      { type: 'enabled', budget_tokens: 1024 },
      { type: 'enabled', budget_tokens: 50_000 },
      { type: 'disabled' },
    ),
  ),
  output_config: maybe(
    fc.record({
      effort: maybe(fc.constantFrom('low', 'max')),
      format: maybe(fc.record({ type: fc.constant('json_schema'), schema })),
    }),
  ),
  temperature: maybe(fc.constantFrom(0, 1)),
  top_k: maybe(fc.constant(5)),
  stop_sequences: maybe(fc.constantFrom([], ['END', ''])),
  stream: fc.boolean(),
});

const item = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'developer', 'assistant'), content: words }),
  fc.record({
    role: fc.constant('user'),
    content: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('input_text'), text: words }),
        fc.record({ type: fc.constant('input_image'), image_url: image }),
        fc.record({ type: fc.constant('input_file'), filename, file_data: file }),
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    type: fc.constantFrom('function_call'),
    call_id: id,
    name,
    namespace: maybe(fc.constant('space')),
    arguments: args,
  }),
  fc.record({ type: fc.constant('custom_tool_call'), call_id: id, name, input: words }),
  fc.record({
    type: fc.constantFrom('function_call_output', 'custom_tool_call_output'),
    call_id: id,
    output: words,
  }),
  fc.record({
    type: fc.constant('reasoning'),
    summary: fc.constant([]),
    encrypted_content: fc.constantFrom('x', 'ba1.W10'),
  }),
);
const flatTool = fc.record({
  type: fc.constant('function'),
  name,
  parameters: maybe(schema),
  strict: maybe(fc.boolean()),
});
const responsesRequest = fc.record({
  model,
  instructions: maybe(words),
  input: fc.oneof(words, fc.array(item, { maxLength: 6 })),
  tools: maybe(
    fc.array(
      fc.oneof(
        flatTool,
        fc.record({ type: fc.constant('custom'), name }),
        fc.record({
          type: fc.constant('namespace'),
          name: fc.constant('space'),
          tools: fc.array(flatTool, { maxLength: 2 }),
        }),
        fc.constant({ type: 'web_search' }),
      ),
      { maxLength: 3 },
    ),
  ),
  tool_choice: maybe(fc.constantFrom('auto', 'none', 'required')),
  text: maybe(
    fc.record({ format: fc.record({ type: fc.constant('json_schema'), name: fc.constant('x'), schema }) }),
  ),
  reasoning: maybe(fc.record({ effort })),
  max_output_tokens: maybe(limit),
  stream: fc.boolean(),
});

/** Requests by their path. */
export const ANY_REQUEST: readonly [path: string, request: fc.Arbitrary<object>][] = [
  ['/v1/chat/completions', chatRequest],
  ['/v1/messages', anthropicRequest],
  ['/v1/responses', responsesRequest],
];
