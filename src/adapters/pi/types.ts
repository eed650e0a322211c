/**
 * The part of pi-ai's interface that this adapter speaks, written down here so that nothing of pi is needed to compile or
 * to run it. `@earendil-works/pi-ai` 0.74 and `@mariozechner/pi-ai` 0.73 fit; `test/adapters/pi-types.test.ts` holds the
 * two against each other.
 */

/** How hard a model is to think. `max` is of later versions. */
export type PiThinkingLevel = 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

/** Tokens to think with, by level. */
export interface PiThinkingBudgets {
  minimal?: number;
  low?: number;
  medium?: number;
  high?: number;
}

/** A model of pi's registry. */
export interface PiModel {
  /** Id of a model or inference profile, or the ARN of one. */
  id: string;
  name: string;
  api: string;
  provider: string;
  /** Address of the service, AWS's own included. */
  baseUrl: string;
  reasoning: boolean;
  thinkingLevelMap?: Partial<Record<'off' | PiThinkingLevel, string | null>>;
  input: ('text' | 'image')[];
  /** USD per million tokens. */
  cost: { input: number; output: number; cacheRead: number; cacheWrite: number };
  contextWindow: number;
  maxTokens: number;
  headers?: Record<string, string>;
}

/** Text, of a user, a model or a tool. */
export interface PiText {
  type: 'text';
  text: string;
  textSignature?: string;
}

/** What a model thought. Of redacted thinking the signature holds the encrypted bytes, as base64. */
export interface PiThinking {
  type: 'thinking';
  thinking: string;
  thinkingSignature?: string;
  redacted?: boolean;
}

/** An image, as base64. */
export interface PiImage {
  type: 'image';
  data: string;
  mimeType: string;
}

/** A document, as base64. pi has none: this adapter takes it beside text and images. */
export interface PiDocument {
  type: 'document';
  data: string;
  mimeType: string;
  /** Name that the model sees; letters, digits, spaces, hyphens, parentheses and square brackets are kept. */
  name?: string;
}

/** A tool that a model asks for. */
export interface PiToolCall {
  type: 'toolCall';
  id: string;
  name: string;
  arguments: Record<string, unknown>;
  thoughtSignature?: string;
}

/** Tokens and what they cost, in USD. */
export interface PiUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  totalTokens: number;
  cost: { input: number; output: number; cacheRead: number; cacheWrite: number; total: number };
}

/** Why an answer ended, in pi's words. */
export type PiStopReason = 'stop' | 'length' | 'toolUse' | 'error' | 'aborted';

/** Something to know about an answer, kept with it. */
export interface PiDiagnostic {
  type: string;
  timestamp: number;
  error?: { name?: string; message: string; stack?: string; code?: string | number };
  details?: Record<string, unknown>;
}

/** What a user said. */
export interface PiUserMessage {
  role: 'user';
  content: string | (PiText | PiImage | PiDocument)[];
  timestamp: number;
}

/** What a model answered. */
export interface PiAssistantMessage {
  role: 'assistant';
  content: (PiText | PiThinking | PiToolCall)[];
  api: string;
  provider: string;
  model: string;
  responseModel?: string;
  responseId?: string;
  diagnostics?: PiDiagnostic[];
  usage: PiUsage;
  stopReason: PiStopReason;
  errorMessage?: string;
  timestamp: number;
}

/** What a tool gave. */
export interface PiToolResult {
  role: 'toolResult';
  toolCallId: string;
  toolName: string;
  content: (PiText | PiImage | PiDocument)[];
  isError: boolean;
  timestamp: number;
}

/** A turn of a conversation. */
export type PiMessage = PiUserMessage | PiAssistantMessage | PiToolResult;

/** A tool that a model may ask for; `parameters` is a JSON schema. */
export interface PiTool {
  name: string;
  description: string;
  parameters: object;
}

/** A conversation. */
export interface PiContext {
  systemPrompt?: string;
  messages: PiMessage[];
  tools?: PiTool[];
}

/** What a stream yields. `partial` is the answer as far as it has come, one object for all events. */
export type PiEvent =
  | { type: 'start'; partial: PiAssistantMessage }
  | { type: 'text_start'; contentIndex: number; partial: PiAssistantMessage }
  | { type: 'text_delta'; contentIndex: number; delta: string; partial: PiAssistantMessage }
  | { type: 'text_end'; contentIndex: number; content: string; partial: PiAssistantMessage }
  | { type: 'thinking_start'; contentIndex: number; partial: PiAssistantMessage }
  | { type: 'thinking_delta'; contentIndex: number; delta: string; partial: PiAssistantMessage }
  | { type: 'thinking_end'; contentIndex: number; content: string; partial: PiAssistantMessage }
  | { type: 'toolcall_start'; contentIndex: number; partial: PiAssistantMessage }
  | { type: 'toolcall_delta'; contentIndex: number; delta: string; partial: PiAssistantMessage }
  | { type: 'toolcall_end'; contentIndex: number; toolCall: PiToolCall; partial: PiAssistantMessage }
  | { type: 'done'; reason: 'stop' | 'length' | 'toolUse'; message: PiAssistantMessage }
  | { type: 'error'; reason: 'aborted' | 'error'; error: PiAssistantMessage };

/** pi's options of every call. */
export interface PiStreamOptions {
  temperature?: number;
  maxTokens?: number;
  signal?: AbortSignal;
  /** A Bedrock API key. What does not look like one, such as pi's `<authenticated>`, is passed over. */
  apiKey?: string;
  transport?: 'sse' | 'websocket' | 'websocket-cached' | 'auto';
  /** How long the prompt stays cached where the model can: `short` is 5 minutes, `long` an hour. Default: `short`. */
  cacheRetention?: 'none' | 'short' | 'long';
  sessionId?: string;
  /** Sees the Converse request before it is sent; what it returns is sent instead. */
  onPayload?(payload: unknown, model: PiModel): unknown;
  /** Sees status and headers of an answer before its body is read. */
  onResponse?(
    response: { status: number; headers: Record<string, string> },
    model: PiModel,
  ): void | Promise<void>;
  /** Headers to add. Those that are part of authorization are refused. */
  headers?: Record<string, string>;
  timeoutMs?: number;
  maxRetries?: number;
  /** The longest wait between two attempts, in milliseconds; 0 is no limit. */
  maxRetryDelayMs?: number;
  metadata?: Record<string, unknown>;
}

/** pi's options that hold for every provider. */
export interface PiSimpleStreamOptions extends PiStreamOptions {
  reasoning?: PiThinkingLevel;
  thinkingBudgets?: PiThinkingBudgets;
}
