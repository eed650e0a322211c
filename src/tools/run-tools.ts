import type { ToolResultBlock } from '@aws-sdk/client-bedrock-runtime';
import { type CallerOptions, readCallerOptions } from '../client.js';
import { openStream } from '../converse/open-stream.js';
import { cancelledError } from '../converse/stream/errors.js';
import { inputError } from '../errors.js';
import type { Settings } from '../options.js';
import { Abort } from '../transport/abort.js';
import type {
  ConverseEvent,
  ConverseResult,
  ConverseStreamRequest,
  Cost,
  MessageInput,
  Usage,
} from '../types.js';
import { runTool } from './run-tool.js';
import type { RunnableTools } from './tool.js';
import { configOf, readTools, toolUsesToRun } from './tool-uses.js';

/** A request of `runTools()`: Converse's, with tools that can be run. */
export interface RunToolsRequest extends Omit<ConverseStreamRequest, 'toolConfig'> {
  /** The tools, by the names that the model sees. */
  tools: RunnableTools;
  /** Which tool the model has to call in the first round; in later rounds it decides itself. Default: the model decides. */
  toolChoice?: NonNullable<ConverseStreamRequest['toolConfig']>['toolChoice'];
  /** The maximum number of answers from the model. Default: 10. */
  maxRounds?: number | undefined;
}

/** What the tools of a round returned. */
export interface ToolResultsEvent {
  type: 'toolResults';
  /** 1 for the first round. */
  round: number;
  results: ToolResultBlock[];
}

/** What happens in a run: the events of every answer, and the results of the tools after each. */
export type ToolRunEvent = ConverseEvent | ToolResultsEvent;

/** The whole run. */
export interface ToolRunResult {
  /** Text of the last answer. */
  text: string;
  /** The whole conversation, ready for the next request. */
  messages: MessageInput[];
  /** Every answer of the model, in order. */
  rounds: ConverseResult[];
  stopReason: ConverseResult['stopReason'];
  /** False if `maxRounds` ended the run while the model still wanted to call tools; their results are in `messages`. */
  isFinished: boolean;
  /** Sum of all rounds; undefined if one of them has no usage. */
  usage: Usage | undefined;
  /** Sum of all rounds; undefined if a price is unknown. */
  cost: Cost | undefined;
  warnings: string[];
}

/** A run of a model with tools: nothing is sent before it is first read, and it can be read once. */
export interface ToolRun extends AsyncIterable<ToolRunEvent> {
  /** The whole run. Reads it unless another reader does. */
  result(): Promise<ToolRunResult>;
  /**
   * The conversation so far, at any time. After a failure you can continue from here; if the run ended while tools were running,
   * the last message asks for their results.
   */
  readonly messages: readonly MessageInput[];
  /** Ends the run: stops the current answer, and aborts the tools that are running. */
  cancel(reason?: unknown): Promise<void>;
}

const DEFAULT_ROUNDS = 10;

/**
 * Calls a model, runs the tools that it asks for, sends back their results, and repeats this until the model answers. The tools of
 * a round run in parallel. If a tool throws or its input is wrong, the model gets an error result.
 *
 * @throws BedrockError while the run is read; an abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { runTools, tool } from 'bedrock-anywhere';
 * import * as z from 'zod';
 *
 * const run = runTools({
 *   modelId: 'amazon.nova-lite-v1:0',
 *   prompt: 'When is high water in Hamburg?',
 *   tools: {
 *     get_tide: tool({
 *       description: 'The next high water at a harbour.',
 *       input: z.object({ harbour: z.string() }),
 *       run: ({ harbour }) => `High water at ${harbour}: 14:20.`,
 *     }),
 *   },
 * });
 * console.log((await run.result()).text);
 * ```
 */
export function runTools(request: RunToolsRequest, options: CallerOptions = {}): ToolRun {
  return new Run(request, () => readCallerOptions(options, 'runTools()'));
}

class Run implements ToolRun {
  readonly #request: RunToolsRequest;
  readonly #readSettings: () => Settings;
  readonly #over: Promise<ToolRunResult>;
  #resolve!: (result: ToolRunResult) => void;
  #reject!: (error: unknown) => void;
  #abort: Abort | undefined;
  #messages: MessageInput[] = [];
  #isClaimed = false;

  constructor(request: RunToolsRequest, readSettings: () => Settings) {
    this.#request = request;
    this.#readSettings = readSettings;
    this.#over = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#over.catch(ignore);
  }

  [Symbol.asyncIterator](): AsyncIterator<ToolRunEvent, undefined> {
    if (this.#isClaimed)
      throw inputError(
        'This run is already being read, and can only be read once. Call runTools() again for a new one.',
      );
    this.#isClaimed = true;
    return this.#read();
  }

  result(): Promise<ToolRunResult> {
    if (!this.#isClaimed) {
      const events = this[Symbol.asyncIterator]();
      const drain = async (): Promise<void> => {
        while (!(await events.next()).done);
      };
      drain().catch(ignore);
    }
    return this.#over;
  }

  get messages(): readonly MessageInput[] {
    return [...this.#messages];
  }

  async cancel(reason?: unknown): Promise<void> {
    const error = cancelledError(reason);
    this.#isClaimed = true;
    this.#abort?.abort(error);
    this.#reject(error);
  }

  async *#read(): AsyncGenerator<ToolRunEvent, undefined> {
    try {
      this.#resolve(yield* this.#rounds());
    } catch (error) {
      this.#reject(error);
      throw error;
    } finally {
      // A reader who leaves gets here too; settled promises stay as they are.
      const error = cancelledError(undefined);
      this.#abort?.abort(error);
      this.#reject(error);
    }
  }

  async *#rounds(): AsyncGenerator<ToolRunEvent, ToolRunResult> {
    const settings = this.#readSettings();
    const {
      tools: given,
      toolChoice,
      maxRounds = DEFAULT_ROUNDS,
      prompt,
      messages: start,
      ...rest
    } = this.#request;
    const tools = readTools(given);
    requireRounds(maxRounds);
    const abort = new Abort(settings.signal, 0);
    this.#abort = abort;
    const toolConfig = configOf(tools);
    const messages: MessageInput[] =
      prompt === undefined ? [...(start ?? [])] : [{ role: 'user', content: prompt }];
    this.#messages = messages;
    const rounds: ConverseResult[] = [];
    for (let round = 1; round <= maxRounds; round++) {
      const request = {
        ...rest,
        messages: [...messages],
        toolConfig: { ...toolConfig, ...(round === 1 && toolChoice && { toolChoice }) },
      };
      const answer = openStream(request, () => ({ ...settings, signal: abort.signal }));
      yield* answer;
      const result = await answer.result();
      rounds.push(result);
      messages.push(result.message);
      const toolUses = toolUsesToRun(result);
      if (toolUses.length === 0) return sumUp(messages, rounds, true);
      const running = toolUses.map((use) => runTool(use, tools, abort.signal));
      const results = await abort.race(Promise.all(running));
      messages.push({ role: 'user', content: results.map((toolResult) => ({ toolResult })) });
      yield { type: 'toolResults', round, results };
    }
    return sumUp(messages, rounds, false);
  }
}

function ignore(): void {}

function requireRounds(maxRounds: unknown): void {
  if (Number.isInteger(maxRounds) && Number(maxRounds) >= 1) return;
  throw inputError('maxRounds is not a whole number of rounds, 1 or more.');
}

function sumUp(messages: MessageInput[], rounds: ConverseResult[], isFinished: boolean): ToolRunResult {
  const last = rounds.at(-1) as ConverseResult;
  const warnings = rounds.flatMap((round) => round.warnings);
  if (!isFinished)
    warnings.push(
      `The run ended after ${rounds.length} rounds, maxRounds, and the model still wanted to call tools. Continue with messages.`,
    );
  return {
    text: last.text,
    messages,
    rounds,
    stopReason: last.stopReason,
    isFinished,
    usage: sum(rounds.map(({ usage }) => usage)),
    cost: sum(rounds.map(({ cost }) => cost)),
    warnings,
  };
}

/** Adds up the numbers in objects, and combines booleans with "or"; undefined if an object is missing. */
function sum<T extends object>(parts: readonly (T | undefined)[]): T | undefined {
  const total: Record<string, unknown> = {};
  for (const part of parts) {
    if (part === undefined) return undefined;
    for (const [name, value] of Object.entries(part)) {
      if (typeof value === 'number') total[name] = ((total[name] as number | undefined) ?? 0) + value;
      else if (typeof value === 'boolean') total[name] = total[name] === true || value;
    }
  }
  return total as T;
}
