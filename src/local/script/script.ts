import type { GuardrailTraceAssessment } from '@aws-sdk/client-bedrock-runtime';
import type { Sign } from '../check/reasoning/binding.js';
import type { ConverseBody } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import { type Answer, type AnswerBlock, toBytes } from '../conversation/answer.js';
import { lastToolResults, lastUserText, toolResultText } from '../conversation/last-turn.js';
import type { StreamEvent } from '../http/frames.js';
import { type Dice, makeToolUseId } from '../random.js';

/** Text that must appear, or a pattern; in JSON files `{ "pattern": "…", "flags": "i" }`. */
export type TextMatch = string | RegExp | { pattern: string; flags?: string | undefined };

/** Reasoning of an answer. */
export interface ScriptReasoning {
  /** What the model thinks. */
  text?: string | undefined;
  /** Default, if there is text: a made-up one. */
  signature?: string | undefined;
  /** A block that the service has encrypted: bytes, base64, or any text. */
  redacted?: string | Uint8Array | undefined;
}

/** A tool that the answer calls. */
export interface ScriptToolUse {
  name: string;
  /** Default: `{}`. */
  input?: unknown;
  /** Default: a made-up one. */
  toolUseId?: string | undefined;
}

/** A sentence of the answer with its source. */
export interface ScriptCitation {
  text: string;
  /** Name of the source. */
  title?: string | undefined;
  /** What the document says there. */
  sourceText?: string | undefined;
  /** Location in AWS's form. Default: the first characters of the first document. */
  location?: Json | undefined;
}

/** An intervention of a guardrail. */
export interface ScriptGuardrail {
  /** The answer instead. */
  message?: string | undefined;
  /** What the guardrail found, if the request asks for a trace. */
  trace?: GuardrailTraceAssessment | undefined;
}

/** A failure instead of an answer, or in the middle of its stream. */
export interface ScriptError {
  /** AWS's name, such as `ThrottlingException`. */
  name: string;
  /** Default: AWS's message for this name. */
  message?: string | undefined;
  /** HTTP status. Default: AWS's status for this name. */
  status?: number | undefined;
  /** How many events pass before the stream fails. Default: the request itself fails. */
  afterEvents?: number | undefined;
}

/**
 * What to answer, and when. All conditions that are given must hold; the first matching rule answers.
 * Where a rule has no reply of its own, the local Bedrock answers as if there were no script.
 */
export interface ScriptRule {
  /** Id of the model, as in the request. */
  model?: TextMatch | undefined;
  /** Text of the last message, if the user wrote it. */
  user?: TextMatch | undefined;
  /** Text or JSON of the tool results in the last message; `true` for any. */
  toolResult?: TextMatch | true | undefined;
  /** Answers one request only. */
  once?: boolean | undefined;
  /** How many requests it answers. Default: all. */
  times?: number | undefined;

  /** The text of the answer. */
  text?: string | undefined;
  /** Reasoning before the text. */
  reasoning?: string | ScriptReasoning | undefined;
  /** One or more tools that the answer calls. */
  toolUse?: ScriptToolUse | readonly ScriptToolUse[] | undefined;
  /** Cited sentences, each with its source. */
  citations?: readonly ScriptCitation[] | undefined;
  /** Default: `tool_use` with a tool use, else `end_turn`. */
  stopReason?: string | undefined;
  /** `true`, or the guardrail's reply. */
  guardrail?: true | ScriptGuardrail | undefined;
  /** Members that override the estimate. */
  usage?: Json | undefined;
  /** An exception of AWS by its name. */
  error?: string | ScriptError | undefined;
  /**
   * Events to send as they are, one by one as the client reads them; Converse gets the message that they make.
   * A generator object can be read once: pass an object with `[Symbol.iterator]` to repeat it.
   */
  events?: Iterable<StreamEvent> | undefined;
  /** The body of the stream, byte for byte: bytes, or base64 of them. Only for routes that stream. */
  frames?: Iterable<Uint8Array | string> | undefined;
}

/** Finds the rule that answers a request and counts how often each has. */
export interface Script {
  find(modelId: string, body: ConverseBody, streaming: boolean): ScriptRule | undefined;
  /** Counts an answer of this rule. */
  use(rule: ScriptRule): void;
}

/** Creates a script of these rules. */
export function createScript(rules: readonly ScriptRule[]): Script {
  const left = new Map<ScriptRule, number>();
  for (const rule of rules) {
    left.set(rule, rule.times ?? (rule.once === true ? 1 : Number.POSITIVE_INFINITY));
  }
  return {
    find(modelId, body, streaming) {
      const user = lastUserText(body);
      const results = lastToolResults(body);
      // However many rules there are, the results are written once.
      const written = results.map(toolResultText).join('\n');
      return rules.find(
        (rule) =>
          (left.get(rule) ?? 0) > 0 &&
          (streaming || rule.frames === undefined) &&
          matches(rule.model, modelId) &&
          matches(rule.user, user) &&
          (rule.toolResult === undefined || (results.length > 0 && matches(rule.toolResult, written))),
      );
    },
    use(rule) {
      left.set(rule, (left.get(rule) ?? 0) - 1);
    },
  };
}

function matches(match: TextMatch | true | undefined, text: string): boolean {
  if (match === undefined || match === true) return true;
  if (typeof match === 'string') return text.includes(match);
  // A pattern with the flag g or y would continue where it last stopped.
  const { source, flags } =
    match instanceof RegExp ? match : { source: match.pattern, flags: match.flags ?? '' };
  return new RegExp(source, flags.replace(/[gy]/g, '')).test(text);
}

/** Writes the answer of a rule; undefined if the rule has no reply of its own. */
export function scriptedAnswer(rule: ScriptRule, sign: Sign, roll: Dice): Answer | undefined {
  const blocks: AnswerBlock[] = [...reasoningBlocks(rule.reasoning, sign)];
  if (rule.guardrail !== undefined)
    return intervention(rule.guardrail === true ? {} : rule.guardrail, rule.usage);
  if (rule.text !== undefined && rule.text !== '') blocks.push({ kind: 'text', text: rule.text });
  for (const citation of rule.citations ?? []) blocks.push(citedBlock(citation));
  const uses = rule.toolUse === undefined ? [] : [rule.toolUse].flat();
  for (const { name, input = {}, toolUseId: id } of uses) {
    blocks.push({ kind: 'toolUse', toolUseId: id ?? makeToolUseId(roll), name, input });
  }
  const empty = blocks.length === 0 && rule.text === undefined && rule.stopReason === undefined;
  if (empty) return undefined;
  return {
    blocks,
    stopReason: rule.stopReason ?? (uses.length > 0 ? 'tool_use' : 'end_turn'),
    ...(rule.usage === undefined ? {} : { usage: rule.usage }),
  };
}

function intervention({ message, trace }: ScriptGuardrail, usage: Json | undefined): Answer {
  return {
    blocks: [{ kind: 'text', text: message ?? 'Sorry, the guardrail does not let that through.' }],
    stopReason: 'guardrail_intervened',
    trace: { guardrail: trace ?? { actionReason: 'Guardrail blocked.' } },
    ...(usage === undefined ? {} : { usage }),
  };
}

function* reasoningBlocks(
  reasoning: string | ScriptReasoning | undefined,
  sign: Sign,
): Generator<AnswerBlock> {
  if (reasoning === undefined) return;
  const parts: ScriptReasoning = typeof reasoning === 'string' ? { text: reasoning } : reasoning;
  const { text, signature, redacted } = parts;
  if (text !== undefined) yield { kind: 'reasoning', text, signature: signature ?? sign(text) };
  if (redacted !== undefined) {
    yield { kind: 'redacted', bytes: typeof redacted === 'string' ? toBytes(redacted) : redacted };
  }
}

function citedBlock({ text, title, sourceText, location }: ScriptCitation): AnswerBlock {
  const citation: Json = {
    title: title ?? 'document',
    sourceContent: [{ text: sourceText ?? text }],
    location: location ?? { documentChar: { documentIndex: 0, start: 0, end: (sourceText ?? text).length } },
  };
  return { kind: 'text', text, citation };
}
