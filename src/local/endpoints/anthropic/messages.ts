import type { Json } from '../../check/shape.js';
import type { AnswerBlock } from '../../conversation/answer.js';
import { capitalize, invalid, ServiceException } from '../../exception.js';
import { claude } from '../../invoke/chat/claude.js';
import { checkTurns } from '../../invoke/chat/claude-messages.js';
import { readConversation, refuseOthers, requireMembers } from '../../invoke/chat/claude-request.js';
import type { AnswerFacts, ChunkWriter, Counts, Ending } from '../../invoke/family.js';
import type { Address } from '../address.js';
import { makeBase32Id } from '../base32-id.js';
import { writeAnthropicError } from '../failure.js';
import { eventFrame } from '../sse.js';
import type { StreamWriter } from '../stream.js';

type Headers = ReadonlyMap<string, string>;

/** Members that these paths have besides those of InvokeModel. */
const OWN = 'model stream anthropic_version anthropic_beta';

/**
 * Reads a request of the Messages API as a body of Converse.
 *
 * @throws ServiceException in the words of the model
 */
export function readMessages(address: Address, headers: Headers, modelId: string): Json {
  const { json, endpoint } = address;
  checkVersion(json, headers);
  requireMembers(json, 'max_tokens', 'messages');
  refuseOthers(json, OWN);
  checkUser(json, endpoint);
  const read = readConversation(withBetas(json, headers), modelId);
  checkTurns(read);
  return read;
}

/** Reads a request for the number of its tokens. */
export function readCounted(address: Address, headers: Headers, modelId: string): Json {
  const { json } = address;
  checkVersion(json, headers);
  requireMembers(json, 'messages');
  refuseOthers(json, OWN);
  const read = readConversation(json, modelId);
  checkTurns(read);
  return read;
}

/** Some clients put the version into the body, as InvokeModel wants it. */
function checkVersion({ anthropic_version: inBody }: Json, headers: Headers): void {
  const version = headers.get('anthropic-version') ?? inBody;
  if (version === undefined) throw invalid('anthropic-version: header is required');
  if (typeof version === 'string' && /^(?:bedrock-)?\d{4}-\d\d-\d\d$/.test(version)) return;
  throw invalid(`anthropic-version: "${String(version).slice(0, 100)}" is not a valid version`);
}

/** The values that request metadata can have. Source: the service model of Bedrock Runtime, `RequestMetadataValueString`. */
const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

/** bedrock-runtime refuses the JSON that Claude Code sends as the user's id (notebooks of aws-samples, 2026-08-20). */
function checkUser({ metadata }: Json, endpoint: Address['endpoint']): void {
  const { user_id: user } = Object(metadata) as Json;
  if (endpoint !== 'runtime' || typeof user !== 'string' || METADATA.test(user)) return;
  throw invalid('Request metadata contains a value that violates the regular expression');
}

function withBetas(json: Json, headers: Headers): Json {
  const named = headers.get('anthropic-beta')?.split(',') ?? [];
  const inBody = Array.isArray(json['anthropic_beta']) ? (json['anthropic_beta'] as unknown[]) : [];
  const betas = [...named.map((beta) => beta.trim()).filter((beta) => beta !== ''), ...inBody];
  return betas.length === 0 ? json : { ...json, anthropic_beta: betas };
}

/** What an answer depends on, besides the blocks. */
export interface MessageFacts extends AnswerFacts {
  address: Address;
}

/** Writes a whole answer. */
export function writeMessage(blocks: readonly AnswerBlock[], facts: MessageFacts): Json {
  return { ...complete(claude.write(blocks, facts), facts), usage: usageOf(facts) };
}

/** The members that these paths have besides those of InvokeModel, as recorded at bedrock-mantle by pydantic/pydantic-ai, 2026-07. */
function complete(message: Json, facts: MessageFacts): Json {
  const own = facts.address.endpoint === 'mantle' ? { id: makeBase32Id('msg_bdrk_', facts.roll) } : {};
  return { ...message, ...own, stop_details: null, usage: usageOf({ ...facts, outputTokens: 1 }) };
}

function usageOf({ inputTokens, outputTokens, cacheRead, cacheWrite }: Counts): Json {
  return {
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: cacheWrite },
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: 0 },
    service_tier: 'standard',
  };
}

/** Writes a stream: the chunks of InvokeModel, each as an event with its name. */
export function streamMessage(facts: MessageFacts, ending: Ending, requestId: string): StreamWriter {
  const write: ChunkWriter = claude.stream(facts, ending);
  return {
    write: (event) => write(event).map((chunk) => eventFrame(completeChunk(chunk, facts, ending))),
    fail: (name, message) => {
      const exception = new ServiceException(capitalize(name), message);
      return eventFrame(writeAnthropicError(exception, requestId) as { type: string });
    },
  };
}

function completeChunk(chunk: Json, facts: MessageFacts, ending: Ending): { type: string } {
  const { type, message } = chunk as { type: string; message?: Json };
  if (message !== undefined) return { type, message: complete(message, facts) } as { type: string };
  if (type !== 'message_delta') return chunk as { type: string };
  // Clients overwrite what the beginning said with this.
  const { service_tier: _tier, cache_creation: _creation, ...usage } = usageOf(ending);
  return { ...chunk, type, usage } as { type: string };
}
