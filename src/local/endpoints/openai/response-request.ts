import type { Json } from '../../check/shape.js';
import { asText } from '../../invoke/as-text.js';
import type { Address } from '../address.js';
import { invalidParameter } from '../failure.js';
import { listOf, missing, objectOf, readContent, stringOf, unsupportedValue } from './content.js';
import type { ResponseStore } from './response-store.js';
import { buildBody, type OpenAiRequest, readFormat, readLimit } from './settings.js';
import {
  CallIds,
  gatherTools,
  type KnownTool,
  readArguments,
  readToolChoice,
  type ToolSet,
  type ToolSketch,
  type Turn,
  toolNameOf,
} from './tools.js';

/** A request of the Responses API. */
export interface ResponseRequest extends OpenAiRequest {
  /** The conversation with what is stored of it. */
  items: readonly Json[];
}

/**
 * Reads a request of the Responses API as a body of Converse.
 *
 * @throws ServiceException for what OpenAI's API refuses, in its words; they were not recorded at Bedrock
 */
export function readResponseRequest(
  address: Address,
  modelId: string,
  store: ResponseStore,
): ResponseRequest {
  const { json } = address;
  checkUnsupported(json, address);
  checkTier(json['service_tier'], modelId, address);
  const items = [...store.historyOf(json['previous_response_id']), ...readInput(json['input'], store)];
  if (items.length === 0) throw missing('input');
  const { system, turns } = readItems(items);
  const { effort } = Object(json['reasoning']) as Json;
  const format = Object((Object(json['text']) as Json)['format']) as Json;
  const { instructions } = json;
  const tools = readTools(json, items, address);
  checkNamespaces(items, tools, modelId);
  const request = buildBody(json, modelId, {
    system: [...(instructions ? [{ text: stringOf(instructions, 'instructions') }] : []), ...system],
    turns,
    tools,
    maxTokens: readLimit(json, 'max_output_tokens', 16),
    effort,
    format: readFormat(format, 'text.format'),
  });
  return { ...request, items };
}

/** Source of what bedrock-runtime refuses: notebooks of aws-samples, 2026-08-20. */
function checkUnsupported(json: Json, { endpoint }: Address): void {
  if (json['background'] === true) {
    throw invalidParameter(
      endpoint === 'runtime'
        ? "Unsupported value: 'background' does not support true on this endpoint."
        : 'The local Bedrock does not run responses in the background.',
      'background',
    );
  }
  for (const name of ['conversation', 'prompt']) {
    if ((json[name] ?? undefined) === undefined) continue;
    throw invalidParameter(`Unsupported parameter: '${name}' is not supported.`, name);
  }
  if ((json['max_tokens'] ?? undefined) !== undefined) {
    throw invalidParameter(
      "Unsupported parameter: 'max_tokens' is not supported with the Responses API. Use 'max_output_tokens' instead.",
      'max_tokens',
    );
  }
}

/**
 * Newer GPT models have only the default tier at bedrock-mantle. Source: maximhq/bifrost#6532, BerriAI/litellm#34058,
 * openai/codex#25318 (2026-05 to 08).
 */
function checkTier(tier: unknown, modelId: string, { endpoint }: Address): void {
  if (endpoint === 'runtime' || !/^openai\.gpt-[5-9]/.test(modelId)) return;
  if (['auto', 'default'].includes(asText(tier ?? 'auto'))) return;
  throw invalidParameter(`'${asText(tier)}' is not supported for 'service_tier' on this model`);
}

/**
 * Newer GPT models reject a call without its namespace. Source: OpenAI's error in openai/codex#23839 and github/copilot-cli#4519
 * (2026-05 to 09). We assume that Bedrock's is the same.
 */
function checkNamespaces(items: readonly Json[], { known }: ToolSet, modelId: string): void {
  if (!/^openai\.gpt-[5-9]/.test(modelId)) return;
  const tools = [...known.values()];
  const namesOf = (isFit: (tool: KnownTool) => boolean): Set<unknown> =>
    new Set(tools.filter(isFit).map(({ name }) => name));
  const plain = namesOf((tool) => tool.namespace === undefined);
  const inNamespaces = namesOf((tool) => tool.namespace !== undefined);
  for (const { type, name, namespace } of items) {
    const isCall = type === 'function_call' || type === 'custom_tool_call';
    if (!isCall || (namespace ?? undefined) !== undefined) continue;
    if (plain.has(name) || !inNamespaces.has(name)) continue;
    throw invalidParameter(
      `Missing namespace for function_call '${asText(name)}'. It does not exist in the default namespace. Round-trip the model's function_call item with its namespace field included.`,
      'input',
    );
  }
}

/** Reads the input, a string or items, with references to stored items replaced by them. */
function readInput(input: unknown, store: ResponseStore): Json[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  return listOf(input, 'input').map((item, i) => {
    const read = objectOf(item, `input[${i}]`);
    return read['type'] === 'item_reference' ? store.itemOf(stringOf(read['id'], `input[${i}].id`)) : read;
  });
}

const ROLES = ['assistant', 'system', 'developer', 'user'];
function readItems(items: readonly Json[]): { system: Json[]; turns: Turn[] } {
  const system: Json[] = [];
  const turns: Turn[] = [];
  const ids = new CallIds();
  const open = new Map<string, number>();
  for (const [i, item] of items.entries()) {
    const path = `input[${i}]`;
    const { type = 'message', role } = item;
    switch (type) {
      case 'message': {
        if (!ROLES.includes(asText(role))) throw unsupportedValue(role, ROLES, `${path}.role`);
        const content = readContent(item['content'], `${path}.content`);
        if (role === 'user' || role === 'assistant') turns.push({ role, content });
        else system.push(...content);
        break;
      }
      case 'function_call':
      case 'custom_tool_call': {
        const id = stringOf(item['call_id'], `${path}.call_id`);
        const input =
          type === 'function_call' ? readArguments(item['arguments']) : { input: asText(item['input']) };
        const name = toolNameOf(item['name'], `${path}.name`);
        open.set(id, (open.get(id) ?? 0) + 1);
        turns.push({ role: 'assistant', content: [{ toolUse: { toolUseId: ids.call(id), name, input } }] });
        break;
      }
      case 'function_call_output':
      case 'custom_tool_call_output': {
        const id = stringOf(item['call_id'], `${path}.call_id`);
        const toolUseId = ids.result(id);
        if (toolUseId === undefined) {
          throw invalidParameter(`No tool call found for function call output with call_id ${id}.`, 'input');
        }
        open.set(id, (open.get(id) ?? 0) - 1);
        const content = readContent(item['output'], `${path}.output`);
        turns.push({ role: 'user', content: [{ toolResult: { toolUseId, content } }] });
        break;
      }
      case 'reasoning':
      case 'compaction':
      case 'additional_tools':
        // Only the model can read what is encrypted, and nothing here depends on it.
        break;
      default:
        // Recorded for Codex's items: BerriAI/litellm#36546, #38227, openai/codex#37475 (2026-08).
        throw invalidParameter(
          "invalid request body: Invalid 'input': value did not match any expected variant",
        );
    }
  }
  for (const [id, count] of open) {
    if (count > 0) throw invalidParameter(`No tool output found for function call ${id}.`, 'input');
  }
  return { system, turns };
}

function readTools(json: Json, items: readonly Json[], { endpoint }: Address): ToolSet {
  const more = items.flatMap(({ type, tools }) =>
    type === 'additional_tools' ? listOf(tools, 'input') : [],
  );
  const given = [...listOf(json['tools'], 'tools'), ...more];
  const sketches = given.flatMap((tool, i) =>
    readTool(objectOf(tool, `tools[${i}]`), `tools[${i}]`, endpoint),
  );
  return gatherTools(sketches, readToolChoice(json['tool_choice'], given.length > 0));
}

const OF_TOOLS = ['web', 'image_gen', 'browser', 'python'];

/** Namespaces of the service itself. Source: maximhq/bifrost#7039, BerriAI/litellm#36545 (2026-08 and 09). */
const RESERVED: Readonly<Record<Address['endpoint'], ReadonlySet<string>>> = {
  runtime: new Set(OF_TOOLS),
  mantle: new Set([...OF_TOOLS, 'functions']),
};

/** Tools that only the service could run are left out, as a model may do without them; bedrock-runtime refuses them. */
function readTool(tool: Json, path: string, endpoint: Address['endpoint'], namespace?: string): ToolSketch[] {
  const { type, name, description, parameters, tools } = tool;
  if (type === 'namespace') {
    const own = toolNameOf(name, `${path}.name`);
    if (RESERVED[endpoint].has(own)) {
      throw invalidParameter(
        `invalid request body: Invalid Value: 'tools.namespace'. User-defined namespace '${own}' collides with an existing tool namespace.`,
      );
    }
    return listOf(tools, `${path}.tools`).flatMap((one, i) =>
      readTool(objectOf(one, `${path}.tools[${i}]`), `${path}.tools[${i}]`, endpoint, own),
    );
  }
  if (type !== 'function' && type !== 'custom') {
    if (endpoint === 'mantle' && typeof type === 'string') return [];
    throw unsupportedValue(type, ['function', 'custom', 'namespace'], `${path}.type`);
  }
  return [
    {
      name: toolNameOf(name, `${path}.name`),
      ...(namespace !== undefined && { namespace }),
      isCustom: type === 'custom',
      description,
      parameters,
      path: `${path}.parameters`,
    },
  ];
}
