import type { LocalModel } from '../account/account.js';
import type { Sign } from '../check/reasoning/binding.js';
import type { ConverseBody, ToolResult, ToolSpec } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import type { Answer, AnswerBlock } from '../conversation/answer.js';
import {
  lastMessage,
  lastToolResults,
  lastUserText,
  listTurns,
  toolResultText,
} from '../conversation/last-turn.js';
import { parseJsonIfPossible } from '../parse-json.js';
import { type Dice, makeToolUseId } from '../random.js';
import { quoteDocuments } from './citations.js';
import { type PromptWords, readPrompt, toolCalledFor } from './prompt-words.js';
import { toolInput, valueFor } from './schema-value.js';

/**
 * Answers a request that no script rule matches: with a few sentences about what was received, a tool use if `toolChoice`
 * requires one, reasoning if it was requested. The same request gets the same answer.
 *
 * Prompts can come from anyone and an agent runs the tools it is told to, so words of the prompt are only ever quoted. In
 * the demo they also choose a tool and fill in its input.
 */
export function answerFreely(
  body: ConverseBody,
  model: LocalModel,
  isDemo: boolean,
  sign: Sign,
  roll: Dice,
): Answer {
  const prompt = lastUserText(body);
  const results = lastToolResults(body);
  const words = isDemo ? readPrompt(prompt) : undefined;
  const tools = toolsOf(body);
  const called = isDemo && results.length === 0 ? toolCalledFor(tools, prompt) : undefined;
  const tool = chooseTool(body, tools, called);
  const blocks: AnswerBlock[] = [];
  if (wantsReasoning(body, model)) {
    const text = writeReasoning(prompt, tool, results);
    blocks.push({ kind: 'reasoning', text, signature: sign(text) });
  }
  if (tool !== undefined) {
    if (tool === called && !isForced(body))
      blocks.push({ kind: 'text', text: `I'll use ${tool.name} for that.` });
    const input = toolInput(tool.inputSchema?.json, words);
    blocks.push({ kind: 'toolUse', toolUseId: makeToolUseId(roll), name: tool.name, input });
    return { blocks, stopReason: 'tool_use' };
  }
  const json = writeJsonAnswer(body, words);
  blocks.push({ kind: 'text', text: json ?? writeSentences(body, model, isDemo, results) });
  if (json === undefined) blocks.push(...quoteDocuments(body));
  return { blocks, stopReason: 'end_turn' };
}

/** How many names or tool results an answer repeats, and how many letters of a result. */
const MOST_NAMES = 50;
const MOST_LETTERS = 2000;

/** Models that can reason; AWS's summaries do not say which do. */
const REASONING_MODELS =
  /claude-(?:3-7|(?:sonnet|opus|haiku)-[4-9])|claude-[a-z]+-[5-9]|nova-2|deepseek\.|gpt-|qwen3|kimi|magistral/;

/** Whether answers of this model may have reasoning in front. */
export function canReason({ modelId }: LocalModel): boolean {
  return REASONING_MODELS.test(modelId);
}

function wantsReasoning(body: ConverseBody, model: LocalModel): boolean {
  if (!canReason(model)) return false;
  const fields = body.additionalModelRequestFields ?? {};
  const config = fields['thinking'] ?? fields['reasoning_config'] ?? fields['reasoningConfig'];
  const type = (config as Json | undefined)?.['type'];
  return type === 'enabled' || type === 'adaptive' || fields['reasoning_effort'] !== undefined;
}

function writeReasoning(prompt: string, tool: ToolSpec | undefined, results: readonly ToolResult[]): string {
  if (tool !== undefined)
    return `The user wrote: "${shorten(prompt)}". The answer is a call to ${tool.name}.`;
  if (results.length > 0) return `Now I have ${plural(results.length, 'tool result')} to answer from.`;
  return `The user wrote: "${shorten(prompt)}". I'll say what I received and keep it short.`;
}

/** Writes JSON if the request wants an answer of a certain shape. */
function writeJsonAnswer(body: ConverseBody, words: PromptWords | undefined): string | undefined {
  const schema = outputSchemaOf(body);
  return schema === undefined ? undefined : JSON.stringify(valueFor(schema, words));
}

/** The JSON schema that the request wants the answer to match, in either of its places. */
export function outputSchemaOf(body: ConverseBody): unknown {
  const schema = body.outputConfig?.textFormat?.structure?.jsonSchema?.schema;
  return schema === undefined ? schemaOfClaude(body) : parseJsonIfPossible(schema);
}

/** The schema in Claude's own field, where the AI SDK and Mastra put it. */
function schemaOfClaude({ additionalModelRequestFields: fields }: ConverseBody): unknown {
  const format = (fields?.['output_config'] as { format?: { type?: unknown; schema?: unknown } } | undefined)
    ?.format;
  return format?.type === 'json_schema' ? format.schema : undefined;
}

function writeSentences(
  body: ConverseBody,
  model: LocalModel,
  isDemo: boolean,
  results: readonly ToolResult[],
): string {
  if (results.length > 0) return describeResults(body, results);
  const prompt = lastUserText(body);
  const seen = describeContent(body);
  const said = [`Hello from the local Bedrock, which stands in for ${model.modelName ?? model.modelId}.`];
  if (prompt !== '') said.push(`You wrote: "${shorten(prompt)}"`);
  if (seen !== '') said.push(`I also received ${seen}.`);
  if (!isDemo && toolsOf(body).length > 0)
    said.push('I only call a tool if a script or toolChoice requires it.');
  said.push('A real model would have more to say; these words only show how they would arrive.');
  return said.join(' ');
}

/** Lists what came with the text of the last message, and the tools on offer. */
function describeContent(body: ConverseBody): string {
  const content = lastMessage(body)?.content ?? [];
  const found: string[] = [];
  const images = content.flatMap((block) => block.image ?? block.guardContent?.image ?? []);
  if (images.length > 0) {
    found.push(`${plural(images.length, 'image')} (${listNames(images.map((one) => one.format))})`);
  }
  const documents = content.flatMap((block) => block.document ?? []);
  if (documents.length > 0) {
    found.push(`${plural(documents.length, 'document')} (${listNames(documents.map((one) => one.name))})`);
  }
  const videos = content.filter((block) => block.video !== undefined);
  if (videos.length > 0) found.push(plural(videos.length, 'video'));
  const tools = toolsOf(body).map((tool) => tool.name);
  if (tools.length > 0) found.push(`${plural(tools.length, 'tool')} to use (${listNames(tools)})`);
  const turns = body.messages?.length ?? 0;
  if (turns > 1) found.push(`${plural(turns - 1, 'earlier message')}`);
  return found.length < 2 ? found.join('') : `${found.slice(0, -1).join(', ')} and ${found.at(-1)}`;
}

function describeResults(body: ConverseBody, results: readonly ToolResult[]): string {
  const uses =
    listTurns(body)
      .at(-2)
      ?.content.flatMap((block) => block.toolUse ?? []) ?? [];
  const names = new Map(uses.map(({ toolUseId, name }) => [toolUseId, name]));
  const sentences = results.slice(0, MOST_NAMES).map((result) => {
    const name = names.get(result.toolUseId) ?? 'The tool';
    const text = toolResultText(result);
    const json = result.content.find((block) => block.json !== undefined)?.json ?? readJson(text);
    const says = json === undefined ? text.slice(0, MOST_LETTERS) : describeJson(json);
    if (result.status === 'error') return `${name} failed: ${says === '' ? 'it did not say why' : says}.`;
    return says === '' ? `${name} answered without words.` : `${name} says: ${withoutStop(says)}.`;
  });
  const more = results.length - sentences.length;
  if (more > 0) sentences.push(`There are ${more} more.`);
  return `${sentences.join(' ')} That is what I can tell you.`;
}

function readJson(text: string): unknown {
  return /^\s*[[{]/.test(text) ? parseJsonIfPossible(text) : undefined;
}

/** Writes JSON without its punctuation, as far as it is worth repeating. */
function describeJson(value: unknown): string {
  let left = MOST_LETTERS;
  function write(part: unknown): string {
    if (left <= 0) return '';
    if (typeof part !== 'object' || part === null) {
      const text = String(part).slice(0, left);
      left -= text.length + 1;
      return text;
    }
    const texts: string[] = [];
    for (const name in part) {
      if (left <= 0) break;
      const member = (part as Json)[name];
      texts.push(Array.isArray(part) ? write(member) : `${write(name)} ${write(member)}`);
    }
    return texts.join(Array.isArray(part) ? '; ' : ', ');
  }
  return write(value);
}

function withoutStop(text: string): string {
  let end = text.length;
  while (end > 0 && /[.\s]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function listNames(names: readonly (string | undefined)[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown}, …` : shown;
}

function toolsOf(body: ConverseBody): ToolSpec[] {
  return (body.toolConfig?.tools ?? []).flatMap((tool) => tool.toolSpec ?? []);
}

function isForced(body: ConverseBody): boolean {
  const choice = body.toolConfig?.toolChoice;
  return choice?.any !== undefined || choice?.tool !== undefined;
}

/** Chooses the tool that the request requires; in the demo also the one that the prompt seems to want. */
function chooseTool({ toolConfig }: ConverseBody, tools: readonly ToolSpec[], called: ToolSpec | undefined) {
  const { any, tool: named } = toolConfig?.toolChoice ?? {};
  if (named !== undefined) return tools.find(({ name }) => name === named.name);
  return called ?? (any === undefined ? undefined : tools[0]);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length <= 160 ? line : `${line.slice(0, 157).replace(/[\ud800-\udbff]$/, '')}…`;
}
