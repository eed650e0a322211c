// A program as a user writes it. `npm run check:declarations` compiles it against the packed package, in projects for Node
// without the DOM library and for browsers without Node's types; the types of this repository are looked at by the way.
import {
  BedrockError,
  type ContentBlock,
  converse,
  createBedrock,
  type ImageBlock,
  indexedDBStorage,
  isBedrockError,
  type JsonObject,
  type KnownModelId,
  type Message,
  type StopReason,
  type SystemContentBlock,
  stream,
  type Tool,
  type ToolConfiguration,
  type ToolResultBlock,
  type ToolUse,
} from 'bedrock-anywhere';
import { createCatalog } from 'bedrock-anywhere/catalog';
import { createLocalBedrock, encodeEvent } from 'bedrock-anywhere/local';
import * as z from 'zod';

interface Schema {
  type: 'object';
  properties: Record<string, { type: string }>;
}

const ofInterface: Schema = { type: 'object', properties: { harbour: { type: 'string' } } };
const ofConst = { type: 'object', properties: { wind: { type: 'number' } }, required: ['wind'] } as const;
const ofZod = z.toJSONSchema(z.object({ city: z.string(), days: z.number().optional() }));

const tools: Tool[] = [
  { toolSpec: { name: 'get_tide', inputSchema: { json: ofInterface } } },
  { toolSpec: { name: 'get_wind', inputSchema: { json: ofConst } } },
  { toolSpec: { name: 'get_weather', description: 'The weather.', inputSchema: { json: ofZod } } },
  { cachePoint: { type: 'default' } },
];
export const toolConfig: ToolConfiguration = { tools, toolChoice: { auto: {} } };

const system: SystemContentBlock[] = [{ text: 'Be brief.' }];
const image: ImageBlock = { format: 'png', source: { bytes: new Uint8Array(3) } };
const question: ContentBlock[] = [{ text: 'What is this?' }, { image }];
const messages: Message[] = [{ role: 'user', content: question }];
const known: KnownModelId = 'amazon.nova-lite-v1:0';
const ofConfiguration: string = 'my-own-model';

// Exported, so that a library that re-exports a client can write its own declarations.
export const bedrock = createBedrock({ region: 'eu-central-1', fetch: globalThis.fetch });
export const storage = indexedDBStorage({ databaseName: 'models' });
export const local = createLocalBedrock();

export async function useAnswers(signal: AbortSignal): Promise<string> {
  const headers = new Headers({ 'x-tenant': 'one' });
  const options = { signal, headers, catalog: createCatalog() };
  const answer = stream({ modelId: known, messages, system, toolConfig }, options);
  for await (const event of answer) if (event.type === 'messageStop') reasons.push(event.stopReason);
  const result = await answer.result();
  for (const toolUse of result.toolUses)
    messages.push({ role: 'user', content: [{ toolResult: run(toolUse) }] });
  await bedrock.converse({ modelId: ofConfiguration, messages }, { headers: [['x-tenant', 'two']] });
  await bedrock.countTokens({ modelId: known, messages });
  const { text } = await converse({ modelId: known, messages }, { headers: { 'x-tenant': 'three' } });
  const bytes: Uint8Array = encodeEvent({ type: 'messageStart', role: 'assistant' });
  return `${result.text} ${text} ${bytes.length}`;
}

const reasons: StopReason[] = [];

function run(toolUse: ToolUse): ToolResultBlock {
  const { toolUseId } = toolUse;
  const city: unknown = toolUse.input.city;
  if (toolUse.inputError !== undefined) {
    const raw: string = toolUse.input;
    return { toolUseId, status: 'error', content: [{ text: `${toolUse.inputError}: ${raw.slice(0, 80)}` }] };
  }
  const input: JsonObject = toolUse.input;
  return { toolUseId, content: [{ json: { city: String(city), input } }] };
}

export function whatHadArrived(error: unknown): string {
  if (isBedrockError(error)) return error.partial?.text ?? error.code;
  if (error instanceof BedrockError) return error.partial?.message.role ?? '';
  return String(error);
}
