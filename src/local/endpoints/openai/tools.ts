import type { Json } from '../../check/shape.js';
import { asText } from '../../invoke/as-text.js';
import { definedOf } from '../../invoke/family.js';
import { parseJsonIfPossible } from '../../parse-json.js';
import { invalidParameter } from '../failure.js';
import { listOf, missing, objectOf, stringOf, unsupportedValue } from './content.js';

/** A tool under the name that the model knows, and what the client calls it. */
export interface KnownTool {
  /** The name in the request. */
  name: string;
  namespace?: string;
  /** Whether its input is plain text. */
  isCustom: boolean;
}

/** The tools of a request. */
export interface ToolSet {
  /** As Converse has them; undefined if the model may call none. */
  toolConfig: Json | undefined;
  /** By the name in `toolConfig`. */
  known: ReadonlyMap<string, KnownTool>;
}

/** A tool definition, whichever protocol it comes from. */
export interface ToolSketch extends KnownTool {
  description: unknown;
  parameters: unknown;
  path: string;
}

const TEXT_INPUT = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };

/** Puts tools together, with the choice among them: a name, `any`, or undefined. */
export function gatherTools(sketches: readonly ToolSketch[], choice: ToolChoice): ToolSet {
  const known = new Map<string, KnownTool>();
  const specs = sketches.map(({ description, parameters, path, ...tool }, i) => {
    const name = uniqueName(tool, known, i);
    known.set(name, tool);
    const schema = tool.isCustom ? TEXT_INPUT : readSchema(parameters, path);
    const words = typeof description === 'string' && description !== '' ? description : undefined;
    return { toolSpec: definedOf({ name, description: words, inputSchema: { json: schema } }) };
  });
  const chosen = choice.allowed === undefined ? specs : pickAllowed(specs, known, choice.allowed);
  const named = choice.name === undefined ? undefined : nameInConfig(known, choice.name);
  if (choice.name !== undefined && named === undefined) {
    throw invalidParameter(`Tool choice '${choice.name}' not found in 'tools' parameter.`, 'tool_choice');
  }
  const toolChoice =
    named === undefined ? (choice.kind === 'any' ? { any: {} } : undefined) : { tool: { name: named } };
  const isOff = choice.kind === 'none' || chosen.length === 0;
  return { toolConfig: isOff ? undefined : definedOf({ tools: chosen, toolChoice }), known };
}

function uniqueName({ name, namespace }: KnownTool, known: ReadonlyMap<string, unknown>, i: number): string {
  const whole = namespace === undefined ? name : `${namespace}__${name}`;
  const short = whole.length > 64 ? `${whole.slice(0, 56)}_${i}` : whole;
  return known.has(short) ? `${short.slice(0, 56)}_${i}` : short;
}

function readSchema(parameters: unknown, path: string): Json {
  if (parameters === undefined || parameters === null) return { type: 'object', properties: {} };
  const schema = objectOf(parameters, path);
  if (schema['type'] === 'object' || schema['type'] === undefined) return { ...schema, type: 'object' };
  throw invalidParameter(
    `Invalid schema for function: schema must be a JSON Schema of 'type: "object"', got 'type: "${asText(schema['type'])}"'.`,
    path,
  );
}

function pickAllowed(specs: readonly Json[], known: ToolSet['known'], allowed: readonly string[]): Json[] {
  return specs.filter(({ toolSpec }) =>
    allowed.includes(known.get(asText((toolSpec as Json)['name']))?.name ?? ''),
  );
}

function nameInConfig(known: ToolSet['known'], name: string): string | undefined {
  return [...known].find(([, tool]) => tool.name === name)?.[0];
}

/** A choice among tools. */
export interface ToolChoice {
  kind: 'auto' | 'none' | 'any';
  /** The tool that must be called. */
  name?: string;
  /** The only tools that may be called. */
  allowed?: readonly string[];
}

/** Reads `tool_choice` of either protocol: a word, or an object that may name a tool. */
export function readToolChoice(given: unknown, hasTools: boolean): ToolChoice {
  if (given === undefined || given === null) return { kind: 'auto' };
  if (!hasTools && given !== 'none' && given !== 'auto') {
    throw invalidParameter("'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice');
  }
  if (typeof given === 'string') {
    if (given === 'auto' || given === 'none') return { kind: given };
    if (given === 'required') return { kind: 'any' };
    throw unsupportedValue(given, ['none', 'auto', 'required'], 'tool_choice');
  }
  const choice = objectOf(given, 'tool_choice');
  const inner = Object(choice['function'] ?? choice['custom'] ?? choice['allowed_tools'] ?? choice) as Json;
  if (choice['type'] === 'allowed_tools') {
    const allowed = listOf(inner['tools'], 'tool_choice.tools').map((tool) => {
      const { function: called, name } = objectOf(tool, 'tool_choice.tools') as Json & { function?: Json };
      return asText(called?.['name'] ?? name);
    });
    return { kind: inner['mode'] === 'required' ? 'any' : 'auto', allowed };
  }
  if (choice['type'] !== 'function' && choice['type'] !== 'custom') return { kind: 'auto' };
  return { kind: 'any', name: stringOf(inner['name'], 'tool_choice.name') };
}

/** Requires a name that the service accepts. */
export function toolNameOf(name: unknown, path: string): string {
  const text = stringOf(name, path);
  if (text === '') throw missing(path);
  if (/^[a-zA-Z0-9_-]{1,128}$/.test(text)) return text;
  throw invalidParameter(
    `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    path,
  );
}

/**
 * Names for calls that Converse accepts. Clients send ids of hundreds of characters, and GPT-5 uses the same ones in each answer, so a
 * result belongs to the last call with its id.
 */
export class CallIds {
  readonly #open = new Map<string, string>();
  #count = 0;

  /** Notes a call. */
  call(id: string): string {
    const own = `call_${this.#count++}`;
    this.#open.set(id, own);
    return own;
  }

  /** The name of the call that a result belongs to; undefined if there was none. */
  result(id: string): string | undefined {
    return this.#open.get(id);
  }
}

/** Reads the arguments of a call, which the model itself wrote: whatever is no object is kept as text. */
export function readArguments(written: unknown): Json {
  const json = typeof written === 'string' ? parseJsonIfPossible(written) : written;
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Json)
    : { input: written ?? '' };
}

/** Joins neighbouring turns of one role: several results are one turn of Converse. */
export function joinTurns(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = [];
  for (const { role, content } of turns) {
    if (content.length === 0) continue;
    const last = joined.at(-1);
    if (last?.role === role) last.content.push(...content);
    else joined.push({ role, content: [...content] });
  }
  return joined;
}

/** A message of Converse. */
export interface Turn {
  role: string;
  content: Json[];
}
