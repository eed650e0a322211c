import type { SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseStreamRequest, ModelQuirks, Repair } from '../../../index.js';
import type { BedrockStreamOptions } from '../options.js';
import type { PiContext, PiModel, PiTool } from '../types.js';
import { type Block, type Message, withoutHalfCharacters } from './content.js';
import { historyFor } from './history.js';
import { messagesFor } from './messages.js';
import { rejectedWhileThinking, thinkingFields } from './thinking.js';

type ToolConfig = NonNullable<ConverseStreamRequest['toolConfig']>;
type ToolSpec = NonNullable<NonNullable<ToolConfig['tools']>[number]['toolSpec']>;
type CachePoint = { cachePoint: { type: 'default'; ttl?: '1h' } };

/** A request, and what it omits of the conversation: paths are those of pi's context. */
export interface Converted {
  request: ConverseStreamRequest;
  repairs: Repair[];
}

/** The Converse request for pi's context and options. */
export function requestFor(
  model: PiModel,
  context: PiContext,
  options: BedrockStreamOptions,
  family: ModelQuirks,
): Converted {
  const { messages: history, repairs } = historyFor(model, context.messages);
  const messages = messagesFor(history, family);
  const point = cachePoint(options.cacheRetention ?? 'short', family);
  const system = systemFor(context.systemPrompt);
  if (point !== undefined) {
    if (system !== undefined && family.cachePoints?.includes('system')) system.push(point);
    if (family.cachePoints?.includes('messages')) addCachePoint(messages.at(-1), point);
  }
  const thinking = thinkingFields(model, family, options);
  const fields = joinFields(options.additionalModelRequestFields, thinking);
  const request: ConverseStreamRequest = {
    modelId: model.id,
    messages,
    ...(system && { system }),
    ...inferenceConfig(options, [...(family.rejects ?? []), ...rejectedWhileThinking(thinking)]),
    ...toolConfig(context.tools, options, family, messages),
    ...(Object.keys(fields).length > 0 && {
      additionalModelRequestFields: fields as NonNullable<
        ConverseStreamRequest['additionalModelRequestFields']
      >,
    }),
    ...(options.requestMetadata && { requestMetadata: options.requestMetadata }),
    ...(options.serviceTier && { serviceTier: options.serviceTier }),
    ...(options.performanceConfig && { performanceConfig: options.performanceConfig }),
  };
  return { request, repairs };
}

/** Fields of the caller and those for thinking; betas of both. */
function joinFields(
  given: Record<string, unknown> = {},
  thinking: Record<string, unknown> = {},
): Record<string, unknown> {
  const betas = [given['anthropic_beta'] ?? [], thinking['anthropic_beta'] ?? []].flat();
  return { ...given, ...thinking, ...(betas.length > 0 && { anthropic_beta: [...new Set(betas)] }) };
}

function systemFor(prompt: string | undefined): SystemContentBlock[] | undefined {
  const text = withoutHalfCharacters(prompt ?? '');
  return text.trim() === '' ? undefined : [{ text }];
}

/**
 * Adds a cache point to a user turn, behind the last block that may stand in front of one. Blank text will be omitted, and
 * behind a document that is not a PDF the service rejects a cache point ("messages.0.content.2.type: Field required").
 * Source: https://github.com/aws/aws-sdk-java-v2/issues/6277 (comment of 2026-08-05: csv, txt, md, html, docx and xlsx are
 * rejected, PDFs and images are not).
 */
function addCachePoint(message: Message | undefined, point: CachePoint): void {
  const { role, content = [] } = message ?? {};
  if (role !== 'user') return;
  let at = content.length;
  while (at > 0 && !mayPrecedeCachePoint(content[at - 1])) at -= 1;
  if (at > 0) content.splice(at, 0, point);
}

function mayPrecedeCachePoint(block: Block | undefined): boolean {
  if (block?.document !== undefined) return block.document.format === 'pdf';
  return block?.text?.trim() !== '';
}

/** Families that need cache points have a lifetime to choose from; the others cache without them. */
function cachePoint(
  retention: 'none' | 'short' | 'long',
  { cacheTtls = [] }: ModelQuirks,
): CachePoint | undefined {
  if (retention === 'none' || cacheTtls.length === 0) return undefined;
  const ttl = retention === 'long' && cacheTtls.includes('1h') ? ({ ttl: '1h' } as const) : {};
  return { cachePoint: { type: 'default', ...ttl } };
}

function inferenceConfig(
  { maxTokens, temperature, topP, stopSequences }: BedrockStreamOptions,
  rejected: readonly string[],
): Pick<ConverseStreamRequest, 'inferenceConfig'> {
  const wanted = Object.entries({ maxTokens, temperature, topP, stopSequences });
  const config = wanted.filter(([name, value]) => value !== undefined && !rejected.includes(name));
  return config.length > 0 ? { inferenceConfig: Object.fromEntries(config) } : {};
}

/** The tools, and which of them to use. Converse cannot forbid tools: they can only be omitted. */
function toolConfig(
  tools: readonly PiTool[] | undefined,
  { toolChoice }: BedrockStreamOptions,
  family: ModelQuirks,
  messages: readonly Message[],
): Pick<ConverseStreamRequest, 'toolConfig'> {
  if (tools === undefined || tools.length === 0) return {};
  // The service rejects a history with tool blocks without toolConfig.
  if (toolChoice === 'none' && !holdsTools(messages)) return {};
  const choice = choiceOf(toolChoice, family);
  return { toolConfig: { tools: tools.map((tool) => ({ toolSpec: toolSpec(tool) })), ...choice } };
}

function holdsTools(messages: readonly Message[]): boolean {
  return messages.some(({ content }) =>
    content?.some((block) => block.toolUse !== undefined || block.toolResult !== undefined),
  );
}

function toolSpec({ name, description, parameters }: PiTool): ToolSpec {
  return {
    name,
    ...(description && { description }),
    inputSchema: { json: parameters as never },
  };
}

function choiceOf(
  choice: BedrockStreamOptions['toolChoice'],
  { toolChoice: taken }: ModelQuirks,
): Pick<ToolConfig, 'toolChoice'> {
  if (choice === undefined || choice === 'none') return {};
  const kind = typeof choice === 'string' ? choice : 'tool';
  if (taken !== undefined && !taken.includes(kind)) return {};
  if (typeof choice !== 'string') return { toolChoice: { tool: { name: choice.name } } };
  return { toolChoice: choice === 'auto' ? { auto: {} } : { any: {} } };
}
