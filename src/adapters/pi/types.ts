/**
 * The part of pi-ai's interface that this adapter implements, so that it compiles and runs without pi. It fits
 * `@earendil-works/pi-ai` 0.74 and `@mariozechner/pi-ai` 0.73; `test/adapters/pi-types.test.ts` compares them.
 */

/** How hard a model should think. Only later versions of pi have `max`. */
export type PiThinkingLevel = 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** Tokens for thinking, by level. */
export interface PiThinkingBudgets {
  minimal?: number;
  low?: number;
  medium?: number;
  high?: number;
}

/** USD per million tokens. */
export interface PiRates {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** A model of pi's registry. */
export interface PiModel {
  /** Id of a model or inference profile, or the ARN of one. */
  id: string;
  /**
   * Id of the foundation model, for the ARN of an application profile, which does not show it. pi does not have this member; {@link
   * toPiModel} sets it. Without it, the ARN is treated like an unknown model.
   */
  foundationModelId?: string;
  name: string;
  api: string;
  provider: string;
  /** Address of the service, also if it is AWS's own. */
  baseUrl: string;
  reasoning: boolean;
  thinkingLevelMap?: Partial<Record<'off' | PiThinkingLevel, string | null>>;
  input: ('text' | 'image')[];
  /** The rates, and the tiers that apply to a whole request if its prompt is long. Only later versions of pi have `tiers`. */
  cost: PiRates & { tiers?: readonly (PiRates & { inputTokensAbove: number })[] };
  contextWindow: number;
  maxTokens: number;
  headers?: Record<string, string>;
}

/** Text of a user, a model or a tool. */
export interface PiText {
  type: 'text';
  text: string;
  textSignature?: string;
}

/** A model's thinking. If it is redacted, the signature contains the encrypted bytes as base64. */
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

/** A document, as base64. pi has no documents: this adapter accepts them beside text and images. */
export interface PiDocument {
  type: 'document';
  data: string;
  mimeType: string;
  /** Name that the model sees. Only letters, digits, spaces, hyphens, parentheses and square brackets are kept. */
  name?: string;
}

/** A model's call of a tool. */
export interface PiToolCall {
  type: 'toolCall';
  id: string;
  name: string;
  arguments: Record<string, unknown>;
  thoughtSignature?: string;
}

/** Tokens and their cost in USD. */
export interface PiUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  totalTokens: number;
  cost: { input: number; output: number; cacheRead: number; cacheWrite: number; total: number };
}

/** Why an answer stopped, in pi's words. */
export type PiStopReason = 'stop' | 'length' | 'toolUse' | 'error' | 'aborted';

/** A fact about an answer, stored with it. */
export interface PiDiagnostic {
  type: string;
  timestamp: number;
  error?: { name?: string; message: string; stack?: string; code?: string | number };
  details?: Record<string, unknown>;
}

/** A message of a user. */
export interface PiUserMessage {
  role: 'user';
  content: string | (PiText | PiImage | PiDocument)[];
  timestamp: number;
}

/** An answer of a model. */
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

/** The result of a tool. */
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

/** A tool that a model may call; `parameters` is a JSON schema. */
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

/** An event of a stream. `partial` is the answer so far, the same object in all events. */
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
  /** A Bedrock API key. Anything that does not look like one, such as pi's `<authenticated>`, is ignored. */
  apiKey?: string;
  transport?: 'sse' | 'websocket' | 'websocket-cached' | 'auto';
  /** How long the prompt stays cached if the model supports it: `short` is 5 minutes, `long` an hour. Default: `short`. */
  cacheRetention?: 'none' | 'short' | 'long';
  sessionId?: string;
  /** Called with the Converse request before it is sent. If it returns a request, that one is sent. */
  onPayload?(payload: unknown, model: PiModel): unknown;
  /** Called with status and headers of an answer before its body is read. */
  onResponse?(
    response: { status: number; headers: Record<string, string> },
    model: PiModel,
  ): void | Promise<void>;
  /** Headers to add. Headers for authorization are refused. */
  headers?: Record<string, string>;
  timeoutMs?: number;
  maxRetries?: number;
  /** The longest wait between two attempts, in milliseconds; 0 means no limit. */
  maxRetryDelayMs?: number;
  metadata?: Record<string, unknown>;
}

/** pi's options for every provider. */
export interface PiSimpleStreamOptions extends PiStreamOptions {
  reasoning?: PiThinkingLevel;
  thinkingBudgets?: PiThinkingBudgets;
}
