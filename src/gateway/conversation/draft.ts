import type { Message, SystemContentBlock } from '../../index.js';

/** A block of a message, as Converse has it. */
export type Block = NonNullable<Message['content']>[number];

/** Levels of effort, the smallest first. */
export const EFFORTS = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/** A tool that the client offers. */
export interface ToolWish {
  name: string;
  namespace?: string | undefined;
  description?: string | undefined;
  schema: Readonly<Record<string, unknown>>;
  isStrict: boolean;
  /** True: the client's tool takes a string, which becomes a member of an object. */
  isCustom: boolean;
  cachePoint?: CachePoint | undefined;
}

/** Whether and which tools the model has to call. */
export interface ChoiceWish {
  kind: 'auto' | 'none' | 'any' | 'tool';
  /** The tool of `tool`. */
  name?: string | undefined;
  namespace?: string | undefined;
  /** Only these may be called; undefined for all. */
  only?: ReadonlySet<string> | undefined;
}

/** An answer in JSON: with a schema, or any object. */
export interface FormatWish {
  schema: Readonly<Record<string, unknown>> | undefined;
  name: string | undefined;
  description: string | undefined;
}

/** How hard the model should think. */
export interface ThinkingWish {
  effort?: Effort | undefined;
  /** An effort for the whole answer, which does not ask for thinking. */
  effortOnly?: Effort | undefined;
  /** `on`: the model decides; `budget`: with a number of tokens; `off`. Undefined if the client does not say. */
  mode?: 'on' | 'budget' | 'off' | undefined;
  budget?: number | undefined;
  /** Whether the answer shows the reasoning in words; undefined for the model's default. */
  display?: 'summarized' | 'omitted' | undefined;
}

export type CachePoint = Extract<Block, { cachePoint: unknown }>;

/** A request of any protocol, before it is known what its model accepts. */
export interface Draft {
  modelId: string;
  system: SystemContentBlock[];
  messages: Message[];
  tools: ToolWish[];
  choice: ChoiceWish;
  /** False: at most one call in the answer. */
  parallelCalls: boolean;
  format: FormatWish | undefined;
  thinking: ThinkingWish;
  maxTokens: number | undefined;
  temperature: number | undefined;
  topP: number | undefined;
  topK: number | undefined;
  stop: readonly string[];
  metadata: Readonly<Record<string, string>> | undefined;
  serviceTier: 'default' | 'flex' | 'priority' | undefined;
}
