import type { Json } from '../../check/shape.js';
import { invalid } from '../../exception.js';
import { asText } from '../as-text.js';
import { malformed } from '../body-schema.js';
import { definedOf, inferenceConfig } from '../family.js';

// What Claude says about a body that it cannot read. "anthropic_version: Field required": QuantumNous/new-api#3339, 2026-03;
// "max_tokens: Field required" and "model: Extra inputs are not permitted": public gateways that quote InvokeModel, 2026.

/** Members of a request on every path. */
const KNOWN =
  'max_tokens messages system tools tool_choice temperature top_p top_k stop_sequences thinking output_config metadata ' +
  'context_management mcp_servers container cache_control inference_geo';

/**
 * Models that accept the versions of Anthropic's own API too. Source: "Versions" in Anthropic's documentation, 2026-11-28; the client
 * `@anthropic-ai/bedrock-sdk` 1.1.3 sends 2026-10-21.
 */
const TAKES_OWN_VERSIONS = /claude-(?:opus-4-[7-9]|[a-z]+-[5-9]|mythos)/;

/** Converts a body in Anthropic's Messages format to Converse's. */
export function readClaude(body: unknown, modelId: string): Json {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed();
  const given = body as Json;
  requireMembers(given, 'anthropic_version', 'max_tokens', 'messages');
  refuseOthers(given, 'anthropic_version anthropic_beta amazon-bedrock-guardrailConfig');
  const version = asText(given['anthropic_version']);
  const isOwn = /^\d{4}-\d\d-\d\d$/.test(version) && TAKES_OWN_VERSIONS.test(modelId);
  if (!isOwn && !/^bedrock-\d{4}-\d\d-\d\d$/.test(version)) throw invalid(`Invalid API version: ${version}`);
  return readConversation(given, modelId);
}

/** Requires members of a body. */
export function requireMembers(given: Json, ...names: readonly string[]): void {
  const missing = names.find((name) => (given[name] ?? undefined) === undefined);
  if (missing !== undefined) throw invalid(`${missing}: Field required`);
}

/** Refuses members that no request has; `also` lists those that this path has besides. */
export function refuseOthers(given: Json, also: string): void {
  const known = `${KNOWN} ${also}`.split(' ');
  const extra = Object.keys(given).find((name) => !known.includes(name));
  if (extra !== undefined) throw invalid(`${extra}: Extra inputs are not permitted`);
}

/** Converts the members that requests have on every path. */
export function readConversation(given: Json, modelId: string): Json {
  const { max_tokens: maxTokens, temperature, top_p: topP, stop_sequences: stops, system, tools } = given;
  if (maxTokens !== undefined) {
    if (!Number.isInteger(maxTokens)) throw invalid('max_tokens: Input should be a valid integer');
    if ((maxTokens as number) < 1) throw invalid('max_tokens: Input should be greater than or equal to 1');
  }
  const listed = listOf(tools, 'tools');
  const messages = listOf(given['messages'], 'messages').map((message, i) =>
    readMessage(message, i, modelId),
  );
  return definedOf({
    messages: mergeTurns(messages),
    system: system === undefined ? undefined : readBlocks(system, 'system'),
    toolConfig: listed.length === 0 ? undefined : readTools(listed, given['tool_choice']),
    inferenceConfig: inferenceConfig(maxTokens, stops, definedOf({ temperature, topP })),
    additionalModelRequestFields: pick(given, 'thinking', 'output_config', 'anthropic_beta', 'top_k'),
  });
}

function pick(given: Json, ...names: string[]): Json | undefined {
  const found = definedOf(Object.fromEntries(names.map((name) => [name, given[name]])));
  return Object.keys(found).length === 0 ? undefined : found;
}

function listOf(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`${path}: Input should be a valid list`);
  return value;
}

function objectOf(value: unknown, path: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw invalid(`${path}: Input should be a valid dictionary or object to extract fields from`);
}

function textOf(value: unknown, path: string): string {
  if (value === undefined) throw invalid(`${path}: Field required`);
  if (typeof value === 'string') return value;
  throw invalid(`${path}: Input should be a valid string`);
}

/** Models of Claude without the role `system`. Source: BerriAI/litellm#32831 and #32882, answers to InvokeModel, 2026-07. */
const LACKS_SYSTEM_ROLE = /claude-(?!opus-4-[89]|[a-z]+-[5-9]|mythos)/;

function readMessage(message: unknown, i: number, modelId: string): { role: string; content: Json[] } {
  const { role, content } = objectOf(message, `messages.${i}`);
  if (role === 'system' && LACKS_SYSTEM_ROLE.test(modelId))
    throw invalid(`messages.${i}: role 'system' is not supported on this model`);
  if (role !== 'user' && role !== 'assistant' && role !== 'system')
    throw invalid(`messages.${i}.role: Input should be 'user' or 'assistant'`);
  if (content === undefined) throw invalid(`messages.${i}.content: Field required`);
  return { role, content: readBlocks(content, `messages.${i}.content`) };
}

/** Claude treats consecutive turns of the same role as one. */
function mergeTurns(messages: { role: string; content: Json[] }[]): Json[] {
  const merged: { role: string; content: Json[] }[] = [];
  for (const { role, content } of messages) {
    const last = merged.at(-1);
    if (last?.role === role) last.content.push(...content);
    else merged.push({ role, content: [...content] });
  }
  return merged as unknown as Json[];
}

/** A string, or blocks; each block with `cache_control` is followed by a cache point. */
function readBlocks(content: unknown, path: string): Json[] {
  if (typeof content === 'string') return content === '' ? [] : [{ text: content }];
  return listOf(content, path).flatMap((item, i) => {
    const block = objectOf(item, `${path}.${i}`);
    return [readBlock(block, `${path}.${i}`), ...cachePointOf(block)];
  });
}

function cachePointOf({ cache_control: mark }: Json): Json[] {
  if (typeof mark !== 'object' || mark === null) return [];
  return [{ cachePoint: definedOf({ type: 'default', ttl: (mark as Json)['ttl'] }) }];
}

function readBlock(block: Json, path: string): Json {
  const { type } = block;
  switch (type) {
    case 'text': {
      const text = textOf(block['text'], `${path}.text.text`);
      if (text.trim() === '') throw invalid('messages: text content blocks must be non-empty');
      return { text };
    }
    case 'image':
      return { image: readMedia(block, `${path}.image`) };
    case 'document':
      return readDocument(block, `${path}.document`);
    case 'tool_use':
      return {
        toolUse: {
          toolUseId: textOf(block['id'], `${path}.tool_use.id`),
          name: textOf(block['name'], `${path}.tool_use.name`),
          input: block['input'] ?? {},
        },
      };
    case 'tool_result':
      return readToolResult(block, path);
    case 'thinking':
      return {
        reasoningContent: {
          reasoningText: {
            text: textOf(block['thinking'], `${path}.thinking.thinking`),
            signature: textOf(block['signature'], `${path}.thinking.signature`),
          },
        },
      };
    case 'redacted_thinking':
      return {
        reasoningContent: { redactedContent: textOf(block['data'], `${path}.redacted_thinking.data`) },
      };
    case 'search_result':
      return { searchResult: block };
    default:
      throw invalid(
        type === undefined
          ? `${path}: Unable to extract tag using discriminator 'type'`
          : `${path}: Input tag '${asText(type)}' found using 'type' does not match any of the expected tags: 'document', ` +
              "'image', 'redacted_thinking', 'search_result', 'text', 'thinking', 'tool_result', 'tool_use'",
      );
  }
}

/** Format by MIME type, and base64. */
function readMedia({ source }: Json, path: string): { format: string; source: Json } {
  const { type, media_type: mediaType, data } = objectOf(source, `${path}.source`);
  // Bedrock does not have URLs and files of Anthropic's own API.
  if (type !== 'base64')
    throw invalid(
      `${path}.source: Input tag '${asText(type)}' found using 'type' does not match any of the expected tags: 'base64'`,
    );
  const format = textOf(mediaType, `${path}.source.base64.media_type`).replace(/^\w+\//, '');
  return { format, source: { bytes: textOf(data, `${path}.source.base64.data`) } };
}

function readDocument(block: Json, path: string): Json {
  const { type, data } = objectOf(block['source'], `${path}.source`);
  const isText = type === 'text';
  const media = isText
    ? { format: 'txt', source: { text: textOf(data, `${path}.source.text.data`) } }
    : readMedia(block, path);
  const { citations } = block;
  // Converse requires a name, which this format does not have.
  const name = `document ${path.replace(/\D+/g, ' ').trim()}`;
  return { document: definedOf({ ...media, name, citations }) };
}

function readToolResult(block: Json, path: string): Json {
  const { content = [], is_error: isError } = block;
  return {
    toolResult: definedOf({
      toolUseId: textOf(block['tool_use_id'], `${path}.tool_result.tool_use_id`),
      content: readBlocks(content, `${path}.tool_result.content`).filter(
        (one) => one['cachePoint'] === undefined,
      ),
      status: isError === true ? 'error' : undefined,
    }),
  };
}

function readTools(tools: readonly unknown[], choice: unknown): Json | undefined {
  const given = tools.map((tool, i) => objectOf(tool, `tools.${i}`));
  const written = given.flatMap((tool, i) => {
    const { name, description, input_schema: schema, type } = tool;
    // Tools that Anthropic defines have a type instead of a schema.
    if (type !== undefined && type !== 'custom') return [];
    if (schema === undefined) throw invalid(`tools.${i}.custom.input_schema: Field required`);
    const spec = definedOf({
      name: textOf(name, `tools.${i}.custom.name`),
      description: description === '' ? undefined : description,
      inputSchema: { json: schema },
    });
    return [{ toolSpec: spec }, ...cachePointOf(tool)];
  });
  const { type, name } = choice === undefined ? ({} as Json) : objectOf(choice, 'tool_choice');
  // With "none", the tools stay in the prompt, but the model must not call one.
  if (written.length === 0) return undefined;
  const toolChoice = type === 'any' ? { any: {} } : type === 'tool' ? { tool: { name } } : undefined;
  return definedOf({ tools: written, toolChoice });
}
