import type { LocalModel } from './account.js';
import type { Answer, AnswerBlock } from './answer.js';
import {
  type ConverseBody,
  type Json,
  lastMessage,
  lastToolResults,
  lastUserText,
  type ToolResult,
  type ToolSpec,
  toolResultText,
} from './body.js';
import { type Dice, toolUseId } from './random.js';
import { mentions, valueFor } from './schema-value.js';
import { signatureOf } from './script.js';

/**
 * The answer that nobody wrote a script for: a few sentences that tell what was seen, a tool use where one is called
 * for, reasoning where it was asked for. The same request gets the same answer.
 */
export function think(body: ConverseBody, model: LocalModel, roll: Dice): Answer {
  const prompt = lastUserText(body);
  const results = lastToolResults(body);
  const tool = results.length > 0 ? undefined : chooseTool(body, prompt);
  const blocks: AnswerBlock[] = [];
  if (wantsReasoning(body, model)) {
    const text = reasoningText(prompt, tool, results);
    blocks.push({ kind: 'reasoning', text, signature: signatureOf(text) });
  }
  if (tool !== undefined) {
    if (!isForced(body)) blocks.push({ kind: 'text', text: `I'll use ${tool.name} for that.` });
    const input = valueFor(tool.inputSchema?.json, prompt);
    blocks.push({ kind: 'toolUse', toolUseId: toolUseId(roll), name: tool.name, input: Object(input ?? {}) });
    return { blocks, stopReason: 'tool_use' };
  }
  blocks.push({ kind: 'text', text: structured(body, prompt) ?? words(body, model, prompt, results) });
  return { blocks, stopReason: 'end_turn' };
}

/** Models that think before they answer; AWS's summaries do not tell. */
const REASONING_MODELS =
  /claude-(?:3-7|(?:sonnet|opus|haiku)-[4-9])|claude-[a-z]+-[5-9]|nova-2|deepseek\.|gpt-|qwen3|kimi|magistral/;

function wantsReasoning(body: ConverseBody, model: LocalModel): boolean {
  if (!REASONING_MODELS.test(model.modelId)) return false;
  const fields = body.additionalModelRequestFields ?? {};
  const config = fields['thinking'] ?? fields['reasoning_config'] ?? fields['reasoningConfig'];
  const type = (config as Json | undefined)?.['type'];
  return type === 'enabled' || type === 'adaptive' || fields['reasoning_effort'] !== undefined;
}

function reasoningText(prompt: string, tool: ToolSpec | undefined, results: readonly ToolResult[]): string {
  if (results.length > 0)
    return `The ${plural(results.length, 'tool result')} is here. I can answer from it now.`;
  if (tool !== undefined)
    return `The user asks: "${shortened(prompt)}". ${tool.name} can find that out, so I'll call it.`;
  return `The user wrote: "${shortened(prompt)}". I'll say what I received and keep it short.`;
}

/** JSON where the request asks for an answer of a certain shape. */
function structured(body: ConverseBody, prompt: string): string | undefined {
  const schema = body.outputConfig?.textFormat?.structure?.jsonSchema?.schema;
  if (schema === undefined) return undefined;
  try {
    return JSON.stringify(valueFor(JSON.parse(schema), prompt));
  } catch {
    return undefined;
  }
}

function words(
  body: ConverseBody,
  model: LocalModel,
  prompt: string,
  results: readonly ToolResult[],
): string {
  if (results.length > 0) return resultWords(body, results);
  const name = model.modelName ?? model.modelId;
  const seen = seenWords(body);
  const sentences = [`Hello from the local Bedrock, which stands in for ${name}.`];
  if (prompt !== '') sentences.push(`You wrote: "${shortened(prompt)}"`);
  if (seen !== '') sentences.push(`I also received ${seen}.`);
  if (prompt.trim().endsWith('?')) {
    sentences.push('A real model would know the answer; I can only show how it would arrive, word by word.');
  } else {
    sentences.push('A real model would have more to say; these words only show how they would arrive.');
  }
  return sentences.join(' ');
}

/** What came with the text of the last message, and the tools on offer. */
function seenWords(body: ConverseBody): string {
  const content = lastMessage(body)?.content ?? [];
  const found: string[] = [];
  const images = content.flatMap((block) => block.image ?? block.guardContent?.image ?? []);
  if (images.length > 0)
    found.push(`${plural(images.length, 'image')} (${images.map((one) => one.format).join(', ')})`);
  const documents = content.flatMap((block) => block.document ?? []);
  if (documents.length > 0) {
    found.push(`${plural(documents.length, 'document')} (${documents.map((one) => one.name).join(', ')})`);
  }
  const videos = content.filter((block) => block.video !== undefined);
  if (videos.length > 0) found.push(plural(videos.length, 'video'));
  const tools = toolsOf(body).map((tool) => tool.name);
  if (tools.length > 0) found.push(`${plural(tools.length, 'tool')} to use (${tools.join(', ')})`);
  const turns = body.messages?.length ?? 0;
  if (turns > 1) found.push(`${plural(turns - 1, 'earlier message')}`);
  return found.length < 2 ? found.join('') : `${found.slice(0, -1).join(', ')} and ${found.at(-1)}`;
}

function resultWords(body: ConverseBody, results: readonly ToolResult[]): string {
  const uses = body.messages?.at(-2)?.content.flatMap((block) => block.toolUse ?? []) ?? [];
  const sentences = results.map((result) => {
    const name = uses.find((use) => use.toolUseId === result.toolUseId)?.name ?? 'The tool';
    const json =
      result.content.find((block) => block.json !== undefined)?.json ?? jsonIn(toolResultText(result));
    const says = json === undefined ? toolResultText(result) : memberWords(json);
    if (result.status === 'error') return `${name} failed: ${says === '' ? 'it did not say why' : says}.`;
    return says === '' ? `${name} answered without words.` : `${name} says: ${says.replace(/[.\s]+$/, '')}.`;
  });
  return `${sentences.join(' ')} That is what I can tell you.`;
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(memberWords).join('; ');
  return Object.entries(value)
    .map(([name, member]) => `${name} ${memberWords(member)}`)
    .join(', ');
}

function toolsOf(body: ConverseBody): ToolSpec[] {
  return (body.toolConfig?.tools ?? []).flatMap((tool) => tool.toolSpec ?? []);
}

function isForced(body: ConverseBody): boolean {
  const choice = body.toolConfig?.toolChoice;
  return choice?.any !== undefined || choice?.tool !== undefined;
}

/** The tool that the request forces, or that the prompt calls for by its name or what it does. */
function chooseTool(body: ConverseBody, prompt: string): ToolSpec | undefined {
  const tools = toolsOf(body);
  const named = body.toolConfig?.toolChoice?.tool?.name;
  if (named !== undefined) return tools.find((tool) => tool.name === named);
  const scored = tools.map((tool) => ({ tool, score: scoreOf(tool, prompt) }));
  scored.sort((a, b) => b.score - a.score);
  const [best] = scored;
  return best !== undefined && (best.score > 0 || isForced(body)) ? best.tool : undefined;
}

/** Words that say nothing about what a tool is for. */
const EMPTY_WORDS = new Set(
  (
    'a an and are by call current data do for from get give given gets fetch find in info information is list look of ' +
    'on or read returns return run search send set show tell that the this to tool use user with your'
  ).split(' '),
);

function scoreOf(tool: ToolSpec, prompt: string): number {
  if (mentions(prompt, tool.name)) return 100;
  const nameWords = wordsIn(tool.name.replace(/([a-z])([A-Z])/g, '$1 $2'));
  const described = wordsIn(tool.description ?? '').filter((word) => word.length > 3);
  const byName = nameWords.filter((word) => mentionsStem(prompt, word)).length;
  const byDescription = described.filter((word) => mentionsStem(prompt, word)).length;
  if (byName > 0) return 10 * byName + byDescription;
  return byDescription > 1 ? byDescription : 0;
}

function wordsIn(text: string): string[] {
  const words = text.toLowerCase().match(/\p{L}{2,}/gu) ?? [];
  return [...new Set(words)].filter((word) => !EMPTY_WORDS.has(word));
}

function mentionsStem(prompt: string, word: string): boolean {
  const stem = word.replace(/(?:ing|ed|es|s)$/, '');
  return ['', 's', 'es', 'ed', 'ing', 'e'].some((end) => mentions(prompt, stem + end));
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length <= 160 ? line : `${line.slice(0, 157).replace(/[\ud800-\udbff]$/, '')}…`;
}
