import { fromBase64 } from '../../wire/base64.js';
import type { ResolvedModel } from '../account/catalog.js';
import { invalid, ServiceException } from '../exception.js';
import type { Block, ConverseBody, Json, Media, Message } from '../model/body.js';
import { blocksOf, modelRefused, modelTakes } from './quirks.js';

/** What a check sees beside the body. */
interface CheckContext extends ResolvedModel {
  /** Whether the answer is to be streamed. */
  streaming: boolean;
}

type Check = (body: ConverseBody, context: CheckContext) => void;

/** What the service refuses beyond types and limits, in the order in which it is looked at. */
const CHECKS: readonly Check[] = [
  modelStreams,
  messagesPresent,
  startsWithUser,
  rolesAlternate,
  contentPresent,
  blocksAreOneOf,
  textNotBlank,
  mediaSupported,
  bytesAreBase64,
  documentNames,
  toolConfigPresent,
  toolNamesUnique,
  toolSchemasAreObjects,
  toolChoiceKnown,
  toolUseInputs,
  toolResultJson,
  toolPairs,
  guardrailComplete,
  modelTakes,
  thinkingBudget,
  thoughtBeforeToolUse,
];

/**
 * Checks a Converse body as the service does; its types and limits are known to be right.
 *
 * @throws ServiceException ValidationException with the first thing that is wrong
 */
export function validateConverse(body: ConverseBody, context: CheckContext): void {
  for (const check of CHECKS) check(body, context);
}

/** The JSON of a request body. An empty body is an empty object. */
export function parseBody(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ServiceException('SerializationException', 'The request body is not valid UTF-8.');
  }
  if (text.trim() === '') return {};
  try {
    const json: unknown = JSON.parse(text);
    // Half a character can only hide in an escape.
    if (/\\ud[89a-f]/i.test(text)) refuseHalfCharacters(json, '');
    return json;
  } catch (error) {
    if (error instanceof ServiceException) throw error;
    throw new ServiceException('SerializationException', 'The request body is not valid JSON.');
  }
}

function refuseHalfCharacters(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) {
      throw invalid(`The text at ${path.slice(1)} holds half of a surrogate pair, which is not a character.`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      refuseHalfCharacters(key, `${path}.${key}`);
      refuseHalfCharacters(item, `${path}.${key}`);
    }
  }
}

function modelStreams(_body: ConverseBody, { model, streaming }: CheckContext): void {
  if (streaming && model.responseStreamingSupported !== true) {
    throw invalid('The model is unsupported for streaming.');
  }
}

function messagesPresent({ messages }: ConverseBody, { prompt }: CheckContext): void {
  if (prompt !== true && (messages === undefined || messages.length === 0)) {
    throw invalid('The messages field is empty. Add a user message to the messages field and try again.');
  }
}

/** Messages that the rules of turns apply to. */
function turns({ messages = [] }: ConverseBody): Message[] {
  return messages.filter((message) => message.role !== 'system');
}

function startsWithUser(body: ConverseBody): void {
  const [first] = turns(body);
  if (first !== undefined && first.role !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
}

function rolesAlternate(body: ConverseBody, { model }: CheckContext): void {
  // Titan takes several messages of one role in a row.
  if (model.modelId.startsWith('amazon.titan-text')) return;
  let before = '';
  for (const { role } of turns(body)) {
    if (role === before) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. ' +
          'Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
    before = role;
  }
}

function contentPresent({ messages = [] }: ConverseBody): void {
  for (const [i, message] of messages.entries()) {
    if (message.content.length > 0) continue;
    throw invalid(
      `The content field in the Message object at messages.${i} is empty. ` +
        'Add a ContentBlock object to the content field and try again.',
    );
  }
}

function blocksAreOneOf(body: ConverseBody): void {
  for (const [block, path] of blocksOf(body)) {
    const set = Object.keys(block);
    if (set.length === 1) continue;
    const found = set.length === 0 ? 'has none' : `has ${set.join(', ')}`;
    throw invalid(`The ContentBlock object at ${path} must have exactly one member, and ${found}.`);
  }
}

function textNotBlank(body: ConverseBody): void {
  for (const [block, path] of blocksOf(body)) {
    if (block.text !== undefined && block.text.trim() === '') {
      throw invalid(
        `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`,
      );
    }
  }
}

/** Images, documents and the like of the conversation, those in tool results included. */
function* mediaOf(body: ConverseBody): Generator<[media: Media, kind: string, path: string, role: string]> {
  for (const [block, path, role] of blocksOf(body)) {
    const holders: [Block, string][] = [[block, path]];
    for (const [k, inner] of (block.toolResult?.content ?? []).entries()) {
      holders.push([inner, `${path}.toolResult.content.${k}`]);
    }
    for (const [holder, at] of holders) {
      const { image, document, video, audio } = holder;
      for (const [kind, media] of Object.entries({ image, document, video, audio })) {
        if (media !== undefined) yield [media, kind, `${at}.${kind}`, role];
      }
    }
  }
}

const MODALITIES: Readonly<Record<string, string>> = { image: 'IMAGE', video: 'VIDEO', audio: 'AUDIO' };

function mediaSupported(body: ConverseBody, { model }: CheckContext): void {
  for (const [, kind, , role] of mediaOf(body)) {
    const modality = MODALITIES[kind];
    if (modality === undefined || model.inputModalities === undefined) continue;
    const speech = kind === 'audio' && model.inputModalities.includes('SPEECH');
    if (speech || model.inputModalities.includes(modality)) continue;
    throw invalid(
      `This model doesn't support the ${kind} field for ${role} messages. Remove ${kind} and try again.`,
    );
  }
}

function bytesAreBase64(body: ConverseBody): void {
  for (const [media, , path] of mediaOf(body))
    refuseForeignBytes(media.source?.bytes, `${path}.source.bytes`);
  for (const [block, path] of blocksOf(body)) {
    const redacted = block.reasoningContent?.redactedContent;
    refuseForeignBytes(redacted, `${path}.reasoningContent.redactedContent`);
    refuseForeignBytes(block.guardContent?.image?.source?.bytes, `${path}.guardContent.image.source.bytes`);
  }
}

function refuseForeignBytes(text: string | undefined, path: string): void {
  if (text !== undefined && fromBase64(text) === undefined) {
    throw invalid(`The value at ${path} is not valid base64. Encode the bytes as base64 and try again.`);
  }
}

function documentNames(body: ConverseBody): void {
  for (const [media, kind] of mediaOf(body)) {
    if (kind !== 'document' || media.name === undefined) continue;
    // The words of the service leave out the underscore, which it takes.
    if (/^[a-zA-Z0-9_\s()[\]-]+$/.test(media.name) && !/\s\s/.test(media.name)) continue;
    throw invalid(
      'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, ' +
        "and square brackets. The name can't contain more than one consecutive whitespace character.",
    );
  }
}

function toolConfigPresent(body: ConverseBody): void {
  if (body.toolConfig !== undefined) return;
  for (const [block] of blocksOf(body)) {
    if (block.toolUse === undefined && block.toolResult === undefined) continue;
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
}

function toolNames({ toolConfig }: ConverseBody): string[] {
  return (toolConfig?.tools ?? []).flatMap((tool) => tool.toolSpec?.name ?? tool.systemTool?.name ?? []);
}

function toolNamesUnique(body: ConverseBody): void {
  const names = toolNames(body);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw invalid(`The toolConfig field has more than one tool with the name ${twice}.`);
}

function toolChoiceKnown(body: ConverseBody): void {
  const name = body.toolConfig?.toolChoice?.tool?.name;
  if (name !== undefined && !toolNames(body).includes(name)) {
    throw invalid(`The tool ${name} in the toolChoice field is not among the tools of the toolConfig field.`);
  }
}

function toolUseInputs(body: ConverseBody): void {
  for (const [{ toolUse }, path] of blocksOf(body)) {
    const input = toolUse?.input;
    if (toolUse === undefined || (typeof input === 'object' && input !== null && !Array.isArray(input)))
      continue;
    throw invalid(
      `The format of the value at ${path}.toolUse.input is invalid. Provide a json object for the field and try again.`,
    );
  }
}

function toolSchemasAreObjects({ toolConfig }: ConverseBody): void {
  for (const [i, { toolSpec }] of (toolConfig?.tools ?? []).entries()) {
    const schema = toolSpec?.inputSchema?.json as Json | undefined;
    if (schema === undefined || schema['type'] === 'object') continue;
    throw invalid(
      `The value at toolConfig.tools.${i}.toolSpec.inputSchema.json.type must be one of the following: object.`,
    );
  }
}

function toolResultJson(body: ConverseBody): void {
  for (const [{ toolResult }, path] of blocksOf(body)) {
    for (const [k, { json }] of (toolResult?.content ?? []).entries()) {
      if (json === undefined || (typeof json === 'object' && json !== null && !Array.isArray(json))) continue;
      throw invalid(
        `The format of the value at ${path}.toolResult.content.${k}.json is invalid. ` +
          'Provide a json object for the field and try again.',
      );
    }
  }
}

/** Every tool use has its result in the next message, and the other way round. */
function toolPairs(body: ConverseBody): void {
  const { messages = [] } = body;
  let open: string[] = [];
  for (const [i, { role, content }] of messages.entries()) {
    if (role === 'system') continue;
    const results: string[] = [];
    const uses: string[] = [];
    for (const [j, { toolResult, toolUse }] of content.entries()) {
      if (toolUse !== undefined) uses.push(toolUse.toolUseId);
      if (toolResult === undefined) continue;
      results.push(toolResult.toolUseId);
      if (toolResult.status === 'error' && toolResult.content.length === 0) {
        throw invalid(
          `The content field at messages.${i}.content.${j}.toolResult cannot be empty when status value is error.`,
        );
      }
    }
    refuseTwice(uses, 'toolUse', i);
    refuseTwice(results, 'toolResult', i);
    // A tool that runs at the service has its result beside it in the same message.
    const expected = open.concat(uses.filter((id) => results.includes(id)));
    const missing = open.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `Expected toolResult blocks at messages.${i}.content for the following Ids: ${missing.join(', ')}`,
      );
    }
    if (results.length > expected.length) {
      throw invalid(
        `The number of toolResult blocks at messages.${i}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
    open = uses.filter((id) => !results.includes(id));
  }
}

function refuseTwice(ids: readonly string[], kind: string, index: number): void {
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length === 0) return;
  throw invalid(`The ${kind} blocks at messages.${index}.content contain duplicate Ids: ${twice.join(', ')}`);
}

function guardrailComplete({ guardrailConfig: config }: ConverseBody): void {
  if (config === undefined) return;
  for (const name of ['guardrailIdentifier', 'guardrailVersion'] as const) {
    if (config[name] === undefined || config[name] === '') {
      throw invalid(
        `The guardrailConfig field needs guardrailIdentifier and guardrailVersion; ${name} is missing.`,
      );
    }
  }
}

/** The limits that Claude puts on extended thinking, whose errors come back through the service. */
function thinkingBudget(body: ConverseBody): void {
  const thinking = body.additionalModelRequestFields?.['thinking'] as {
    type?: unknown;
    budget_tokens?: unknown;
  };
  if (thinking?.type !== 'enabled') return;
  const budget = thinking.budget_tokens;
  const maxTokens = body.inferenceConfig?.maxTokens;
  const temperature = body.inferenceConfig?.temperature;
  if (typeof budget !== 'number') throw modelRefused('thinking.enabled.budget_tokens: Field required');
  if (budget < 1024) {
    throw modelRefused('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  }
  if (maxTokens !== undefined && maxTokens <= budget) {
    throw modelRefused('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  if (temperature !== undefined && temperature !== 1) {
    throw modelRefused('`temperature` may only be set to 1 when thinking is enabled.');
  }
  const choice = body.toolConfig?.toolChoice;
  if (choice?.any !== undefined || choice?.tool !== undefined) {
    throw modelRefused('Thinking may not be enabled when tool_choice forces tool use.');
  }
}

/** With a budget to think, a turn that uses tools begins with a thought. */
function thoughtBeforeToolUse({ messages = [], additionalModelRequestFields }: ConverseBody): void {
  if ((additionalModelRequestFields?.['thinking'] as Json | undefined)?.['type'] !== 'enabled') return;
  const i = messages.map(({ role }) => role).lastIndexOf('assistant');
  const content = messages[i]?.content ?? [];
  if (content[0]?.reasoningContent !== undefined || !content.some((block) => block.toolUse !== undefined))
    return;
  throw modelRefused(
    `messages.${i}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ` +
      `\`${content[0]?.toolUse === undefined ? 'text' : 'tool_use'}\`. When \`thinking\` is enabled, a final ` +
      '`assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and ' +
      '`tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this ' +
      'requirement, disable `thinking`.',
  );
}
