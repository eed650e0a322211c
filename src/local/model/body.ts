/**
 * The body of Converse, ConverseStream and CountTokens as it is on the wire, bytes as base64: the members that the
 * local Bedrock reads. Values are of these types once `checkShape` has seen them.
 */

/** Any JSON object. */
export type Json = Record<string, unknown>;

/** Bytes in the request, or a place in S3. */
interface Source {
  bytes?: string;
  s3Location?: { uri?: string };
  text?: string;
  content?: { text?: string }[];
}

/** An image, video, audio or document. */
export interface Media {
  format?: string;
  name?: string;
  source?: Source;
  citations?: { enabled?: boolean };
}

/** A tool that the model asked for. */
interface ToolUse {
  toolUseId: string;
  name: string;
  input?: unknown;
}

/** What a tool answered. */
export interface ToolResult {
  toolUseId: string;
  content: (Block & { json?: unknown })[];
  status?: string;
}

/** Text or an image that a guardrail is to look at. */
interface GuardContent {
  text?: { text: string; qualifiers?: string[] };
  image?: Media;
}

/** A block of content: one of the members is set. */
export interface Block {
  text?: string;
  image?: Media;
  document?: Media;
  video?: Media;
  audio?: Media;
  toolUse?: ToolUse;
  toolResult?: ToolResult;
  guardContent?: GuardContent;
  cachePoint?: { type?: string; ttl?: string };
  reasoningContent?: { reasoningText?: { text: string; signature?: string }; redactedContent?: string };
  citationsContent?: { content?: { text?: string }[] };
  searchResult?: Json;
}

/** One turn of the conversation. */
export interface Message {
  role: string;
  content: Block[];
}

/** A tool that is offered to the model. */
export interface ToolSpec {
  name: string;
  description?: string;
  inputSchema?: { json?: unknown };
}

/** What a guardrail is asked to do. */
export interface GuardrailConfig {
  guardrailIdentifier?: string;
  guardrailVersion?: string;
  trace?: string;
  streamProcessingMode?: string;
}

/** The request body of Converse and ConverseStream. */
export interface ConverseBody {
  messages?: Message[];
  system?: Block[];
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  toolConfig?: {
    tools: {
      toolSpec?: ToolSpec;
      systemTool?: { name: string };
      cachePoint?: { type?: string; ttl?: string };
    }[];
    toolChoice?: { auto?: object; any?: object; tool?: { name: string } };
  };
  guardrailConfig?: GuardrailConfig;
  additionalModelRequestFields?: Json;
  additionalModelResponseFieldPaths?: string[];
  performanceConfig?: { latency?: string };
  serviceTier?: { type?: string };
  outputConfig?: { textFormat?: { structure?: { jsonSchema?: { schema?: string } } } };
}

/** The last message of the conversation. */
export function lastMessage(body: ConverseBody): Message | undefined {
  return body.messages?.[body.messages.length - 1];
}

/** Text of the last message where the user wrote it; empty where it holds tool results only. */
export function lastUserText(body: ConverseBody): string {
  const last = lastMessage(body);
  if (last?.role !== 'user') return '';
  return last.content
    .map((block) => block.text ?? block.guardContent?.text?.text)
    .filter((text) => text !== undefined)
    .join('\n');
}

/** Tool results of the last message. */
export function lastToolResults(body: ConverseBody): ToolResult[] {
  const last = lastMessage(body);
  return (last?.content ?? []).flatMap((block) => (block.toolResult === undefined ? [] : [block.toolResult]));
}

/** A tool's answer as text: its text, or its JSON. */
export function toolResultText(result: ToolResult): string {
  return result.content
    .map((block) => block.text ?? (block.json === undefined ? '' : JSON.stringify(block.json)))
    .filter((text) => text !== '')
    .join('\n');
}
