import type { Json } from '../../check/shape.js';
import type { AnswerBlock } from '../../conversation/answer.js';
import { parseJsonIfPossible } from '../../parse-json.js';
import { asText } from '../as-text.js';
import { checkBody, each, type Rule } from '../body-schema.js';
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

// Messages in, choices out: newer Mistral models, Jamba, DeepSeek V3, gpt-oss, Qwen and others. Jamba was recorded (DataDog, Arize,
// 2024 to 2026); the others use the format of OpenAI's Chat Completions.

/** AI21 Jamba, whose counts come in a separate chunk. */
export const jamba: Family = createChatFamily(true);

/** Models that use the format of OpenAI's Chat Completions. */
export const chat: Family = createChatFamily(false);

function createChatFamily(isJamba: boolean): Family {
  return {
    read: readChat,
    write: (blocks, facts) => writeAnswer(blocks, facts, isJamba),
    stream: (facts, ending) => writeEvents(facts, ending, isJamba),
  };
}

const message: Rule = {
  type: 'JSONObject',
  required: ['role'],
  members: { tool_calls: { type: 'JSONArray', items: { type: 'JSONObject' } } },
  entries: {},
};

function readChat(body: unknown): Json {
  checkBody(body, {
    required: ['messages'],
    entries: {},
    members: {
      messages: { type: 'JSONArray', minItems: 1, items: message },
      tools: { type: 'JSONArray', items: { type: 'JSONObject' } },
      ...each('Number', 'temperature top_p'),
      ...each('Integer', 'max_tokens max_completion_tokens'),
    },
  });
  const given = body['messages'] as Json[];
  const system = given.filter(({ role }) => role === 'system' || role === 'developer');
  const texts = system.flatMap(({ content }) => readContent(content));
  const { stop, max_tokens: limit, max_completion_tokens: newer, tools, tool_choice: choice } = body;
  const { response_format: format } = body;
  return definedOf({
    messages: joinTurns(given.filter((one) => !system.includes(one)).map(readMessage)),
    system: texts.length === 0 ? undefined : texts,
    toolConfig:
      Array.isArray(tools) && tools.length > 0 && choice !== 'none' ? readTools(tools, choice) : undefined,
    inferenceConfig: inferenceConfig(newer ?? limit, stop === undefined ? stop : [stop].flat()),
    additionalModelRequestFields: definedOf({ ...samplingFields(body), response_format: format }),
  });
}

interface Turn {
  role: string;
  content: Json[];
}

function readMessage({ role, content, tool_calls: calls, tool_call_id: toolUseId }: Json): Turn {
  if (role === 'tool') {
    const result = { toolResult: { toolUseId, content: readContent(content) } };
    return { role: 'user', content: [result] };
  }
  const uses = (Array.isArray(calls) ? (calls as Json[]) : []).map(({ id, function: called }) => {
    const { name, arguments: input } = Object(called) as Json;
    return { toolUse: { toolUseId: id, name, input: parseJsonIfPossible(asText(input)) ?? {} } };
  });
  return { role: role === 'assistant' ? 'assistant' : 'user', content: [...readContent(content), ...uses] };
}

/** A string, or a list of texts and images as data URLs. */
function readContent(content: unknown): Json[] {
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return (Array.isArray(parts) ? (parts as Json[]) : []).flatMap((part): Json[] => {
    const { text, image_url: image } = Object(part) as Json;
    const url = typeof image === 'string' ? image : (Object(image) as Json)['url'];
    const [, format, bytes] = /^data:image\/(\w+);base64,(.*)$/s.exec(asText(url)) ?? [];
    if (format !== undefined) return [{ image: { format, source: { bytes } } }];
    return typeof text === 'string' && text !== '' ? [{ text }] : [];
  });
}

/** Joins the results of several tools, which are separate messages here, into one turn of Converse. */
function joinTurns(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = [];
  for (const { role, content } of turns) {
    const last = joined.at(-1);
    if (last?.role === role) last.content.push(...content);
    else joined.push({ role, content: [...content] });
  }
  return joined;
}

function readTools(tools: readonly unknown[], choice: unknown): Json {
  const specs = (tools as Json[]).map(({ function: given }) => {
    const { name, description, parameters = { type: 'object' } } = Object(given) as Json;
    return {
      toolSpec: definedOf({ name, description: description || undefined, inputSchema: { json: parameters } }),
    };
  });
  const { name } = Object(Object(choice).function) as Json;
  const toolChoice =
    name !== undefined
      ? { tool: { name } }
      : choice === 'required' || choice === 'any'
        ? { any: {} }
        : undefined;
  return definedOf({ tools: specs, toolChoice });
}

function reasonOf(stopReason: string): string {
  if (stopReason === 'tool_use') return 'tool_calls';
  return stopReason === 'max_tokens' ? 'length' : 'stop';
}

function writeHead({ modelId, roll, nowMs }: AnswerFacts, isJamba: boolean, object: string): Json {
  const id = `chatcmpl-${makeUuid(roll)}`;
  return isJamba ? { id } : { id, object, created: Math.floor(nowMs / 1000), model: modelId };
}

function usageOf(input: number, output: number): Json {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

/** If no tool is called, Jamba has a null here; the others omit the member. */
function writeAnswer(blocks: readonly AnswerBlock[], facts: AnswerFacts, isJamba: boolean): Json {
  const calls = blocks.flatMap((block) =>
    block.kind === 'toolUse' ? [writeCall(block.toolUseId, block.name, JSON.stringify(block.input))] : [],
  );
  const reasoning = blocks.flatMap((block) => (block.kind === 'reasoning' ? [block.text] : [])).join('');
  const content = (reasoning === '' ? '' : `<reasoning>${reasoning}</reasoning>`) + joinText(blocks);
  const none = isJamba ? null : undefined;
  const message = definedOf({ role: 'assistant', content, tool_calls: calls.length === 0 ? none : calls });
  const answer = {
    ...writeHead(facts, isJamba, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: reasonOf(facts.stopReason) }],
    usage: usageOf(facts.inputTokens, facts.outputTokens),
  };
  if (!isJamba) return answer;
  return { ...answer, meta: { requestDurationMillis: facts.latencyMs }, model: nameOf(facts.modelId) };
}

function writeCall(id: unknown, name: unknown, input: string): Json {
  return { id, type: 'function', function: { name, arguments: input } };
}

/** Jamba calls itself `jamba-1.5-mini`. */
function nameOf(modelId: string): string {
  return modelId.replace(/^ai21\.|-v\d+(?::\d+)?$/g, '').replace(/(\d)-(\d)/, '$1.$2');
}

function writeEvents(facts: AnswerFacts, ending: Ending, isJamba: boolean): ChunkWriter {
  const head = writeHead(facts, isJamba, 'chat.completion.chunk');
  let tokens = 0;
  let calls = 0;
  const write = (delta: Json, reason: string | null, more: Json = {}): Json => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: reason }],
    ...(isJamba && { usage: usageOf(ending.inputTokens, tokens) }),
    ...more,
  });
  return (event) => {
    const { delta, start } = event.payload as Json;
    const text = textOf(event);
    if (text !== undefined) {
      tokens += Math.max(1, event.tokens);
      return [write({ content: text }, null)];
    }
    switch (event.type) {
      case 'messageStart':
        return [write({ role: 'assistant', content: '' }, null)];
      case 'contentBlockStart': {
        const { toolUseId, name } = Object(Object(start).toolUse) as Json;
        return [write({ tool_calls: [{ index: calls++, ...writeCall(toolUseId, name, '') }] }, null)];
      }
      case 'contentBlockDelta': {
        const { input } = Object(Object(delta).toolUse) as Json;
        if (typeof input !== 'string') return [];
        return [write({ tool_calls: [{ index: calls - 1, function: { arguments: input } }] }, null)];
      }
      case 'metadata': {
        tokens = ending.outputTokens;
        const reason = reasonOf(ending.stopReason);
        if (!isJamba) return [write({}, reason, { usage: usageOf(ending.inputTokens, tokens) })];
        const last = write({ content: '' }, reason, { meta: { requestDurationMillis: ending.latencyMs } });
        // The id of the token that ended the answer, as recorded.
        if (reason === 'stop') Object.assign((last['choices'] as Json[])[0] ?? {}, { stop_reason: 518 });
        return [last, {}];
      }
      default:
        return [];
    }
  };
}
