import { ownMember } from '../../../members/own-member.js';
import type { Json } from '../../check/shape.js';
import type { AnswerBlock } from '../../conversation/answer.js';
import { asText } from '../as-text.js';
import { checkBody, each } from '../body-schema.js';
import {
  type AnswerFacts,
  type ChunkWriter,
  definedOf,
  type Ending,
  type Family,
  inferenceConfig,
  joinText,
  makeUuid,
  samplingFields,
  textOf,
} from '../family.js';

// Cohere Command R and R+. Source: "Cohere Command R and Command R+ models", Amazon Bedrock user guide, 2026-11-28.

/** Cohere Command R. */
export const commandR: Family = {
  read(body) {
    checkBody(body, {
      required: ['message'],
      members: {
        message: { type: 'String', minLength: 1 },
        ...each('JSONArray', 'documents stop_sequences'),
        chat_history: { type: 'JSONArray', items: { type: 'JSONObject', required: ['role', 'message'] } },
        tools: {
          type: 'JSONArray',
          items: {
            type: 'JSONObject',
            required: ['name'],
            members: { parameter_definitions: { type: 'JSONObject', entries: { type: 'JSONObject' } } },
            entries: {},
          },
        },
        tool_results: {
          type: 'JSONArray',
          items: {
            type: 'JSONObject',
            required: ['call', 'outputs'],
            members: { outputs: { type: 'JSONArray' } },
            entries: {},
          },
        },
        ...each('Boolean', 'search_queries_only return_prompt raw_prompting'),
        ...each('String', 'preamble prompt_truncation'),
        ...each('Number', 'temperature p k frequency_penalty presence_penalty seed'),
        max_tokens: { type: 'Integer', min: 1 },
      },
    });
    const { message, preamble, chat_history: history = [], tools = [], tool_results: results = [] } = body;
    const turns = (history as Json[]).map((turn) => ({
      role: /^chatbot$/i.test(asText(turn['role'])) ? 'assistant' : 'user',
      content: [{ text: asText(turn['message']) }],
    }));
    const specs = (tools as Json[]).map(readTool);
    return definedOf({
      messages: [...turns, ...readResults(results as Json[], message)],
      system: typeof preamble === 'string' && preamble !== '' ? [{ text: preamble }] : undefined,
      toolConfig: specs.length === 0 ? undefined : { tools: specs },
      inferenceConfig: inferenceConfig(body['max_tokens'], body['stop_sequences']),
      additionalModelRequestFields: samplingFields(body),
    });
  },
  write: (blocks, facts) => writeAnswer(blocks, facts),
  stream: (facts, ending) => writeEvents(facts, ending),
};

/** The message, and the results of the tools that it led to. */
function readResults(results: readonly Json[], message: unknown): Json[] {
  const asked = { role: 'user', content: [{ text: message }] };
  if (results.length === 0) return [asked];
  const called = results.map(({ call }, i) => {
    const { name = 'tool', parameters = {} } = Object(call) as Json;
    return { toolUse: { toolUseId: `call_${i}`, name, input: parameters } };
  });
  const answered = results.map(({ outputs = [] }, i) => ({
    toolResult: { toolUseId: `call_${i}`, content: (outputs as unknown[]).map((json) => ({ json })) },
  }));
  return [asked, { role: 'assistant', content: called }, { role: 'user', content: answered }];
}

/** Parameters have Python's types. */
const TYPES: Readonly<Record<string, string>> = {
  str: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  list: 'array',
  dict: 'object',
};

function readTool({ name, description, parameter_definitions: parameters }: Json): Json {
  const given = Object.entries(Object(parameters) as Record<string, Json>);
  const properties = given.map(([key, { type, description: about }]) => {
    const known = asText(type ?? 'str')
      .replace(/\[.*/s, '')
      .toLowerCase();
    return [key, definedOf({ type: ownMember(TYPES, known) ?? known, description: about })];
  });
  const json = {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: given.filter(([, one]) => one['required'] === true).map(([key]) => key),
  };
  return { toolSpec: definedOf({ name, description: description || undefined, inputSchema: { json } }) };
}

function reasonOf(stopReason: string): string {
  return stopReason === 'max_tokens' ? 'MAX_TOKENS' : 'COMPLETE';
}

function writeAnswer(blocks: readonly AnswerBlock[], facts: AnswerFacts): Json {
  const { body, roll, stopReason } = facts;
  const text = joinText(blocks);
  const calls = blocks.flatMap((block) =>
    block.kind === 'toolUse' ? [{ name: block.name, parameters: block.input }] : [],
  );
  const history = Array.isArray(body['chat_history']) ? body['chat_history'] : [];
  return definedOf({
    response_id: makeUuid(roll),
    text,
    generation_id: makeUuid(roll),
    chat_history: [
      ...history,
      { role: 'USER', message: body['message'] },
      { role: 'CHATBOT', message: text },
    ],
    finish_reason: reasonOf(stopReason),
    tool_calls: calls.length === 0 ? undefined : calls,
  });
}

function writeEvents(facts: AnswerFacts, ending: Ending): ChunkWriter {
  const texts: string[] = [];
  const calls: { name: unknown; input: string }[] = [];
  return (event) => {
    const { delta, start } = event.payload as Json;
    const text = textOf(event);
    if (text !== undefined) {
      texts.push(text);
      return [{ is_finished: false, event_type: 'text-generation', text }];
    }
    const opened = Object(Object(start).toolUse) as Json;
    if (event.type === 'contentBlockStart') calls.push({ name: opened['name'], input: '' });
    const { input } = Object(Object(delta).toolUse) as Json;
    const call = calls.at(-1);
    if (call !== undefined && typeof input === 'string') call.input += input;
    if (event.type !== 'metadata') return [];
    const blocks: AnswerBlock[] = [
      { kind: 'text', text: texts.join('') },
      ...calls.map(({ name, input: json }) => ({
        kind: 'toolUse' as const,
        toolUseId: '',
        name: String(name),
        input: JSON.parse(json || '{}') as unknown,
      })),
    ];
    const response = writeAnswer(blocks, { ...facts, stopReason: ending.stopReason });
    const finish = {
      is_finished: true,
      event_type: 'stream-end',
      response,
      finish_reason: reasonOf(ending.stopReason),
    };
    if (calls.length === 0) return [finish];
    return [
      { is_finished: false, event_type: 'tool-calls-generation', tool_calls: response['tool_calls'] },
      finish,
    ];
  };
}
