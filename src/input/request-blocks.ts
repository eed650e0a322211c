import { bytes } from './bytes.js';
import { flag, object, type Read, text } from './read.js';
import { json, role, schema } from './request-values.js';
import { atMost, block, blocks, list, struct, union } from './shape.js';

const TOOL = '{ toolSpec: { name, description, inputSchema: { json: schema } } }';

/**
 * More messages are refused before any is looked at: checking and repairing them would block the event loop. Claude accepts no
 * more either, and no other model reads as many.
 *
 * https://platform.claude.com/docs/en/api/messages, 2026-11-28: "There is a limit of 100,000 messages in a single request."
 */
const MAX_MESSAGES = 100_000;

/**
 * The members of a conversation. Only members that every request needs are required: AWS makes members optional over time, as
 * it did with a document's format, and the service itself reports anything else that is missing.
 */
export function conversationMembers(): Record<string, Read> {
  const s3Location = struct({ uri: text });
  const file = union({ bytes, s3Location });
  const image = struct({ format: text, source: file }, 'source');
  const passages = blocks(union({ text }));
  const source = union({ bytes, text, content: passages, s3Location });
  const shared = {
    text,
    image,
    document: struct({ format: text, name: text, source, context: text }, 'source'),
    video: image,
    searchResult: struct({ source: text, title: text, content: passages }),
  };
  const guardText = block(struct({ text, qualifiers: list(text) }, 'text'));
  const guardContent = block(union({ text: guardText, image }));
  const cachePoint = struct({ type: text, ttl: text });
  const result = blocks(union({ ...shared, json }, { nullable: 'json' }));
  const content = union({
    ...shared,
    audio: image,
    toolUse: struct({ toolUseId: text, name: text, input: json }, 'toolUseId name'),
    toolResult: struct({ toolUseId: text, content: result, status: text }, 'toolUseId content'),
    guardContent,
    cachePoint,
    reasoningContent: union({
      reasoningText: struct({ text, signature: text }),
      redactedContent: bytes,
    }),
    citationsContent: struct({ content: passages, citations: list(struct({ sourceContent: passages })) }),
  });
  const named = struct({ name: text }, 'name');
  const inputSchema = struct({ json: schema }, 'json');
  const toolSpec = struct({ name: text, description: text, inputSchema, strict: flag }, 'name inputSchema');
  const toolChoice = union({ auto: object, any: object, tool: named });
  return {
    messages: atMost(MAX_MESSAGES, list(struct({ role, content: blocks(content) }, 'role content'))),
    system: blocks(union({ text, guardContent, cachePoint })),
    toolConfig: struct(
      { tools: list(union({ toolSpec, systemTool: named, cachePoint }, { wanted: TOOL })), toolChoice },
      'tools',
    ),
    additionalModelRequestFields: json,
  };
}
