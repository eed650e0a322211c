import * as v from 'valibot';
import { inputError } from '../../errors.js';
import { fromBase64 } from '../../wire/base64.js';
import type { ScriptRule } from './script.js';

/**
 * Checks the rules of a script.
 *
 * @throws BedrockError `ERR_INPUT` that names the rule, counted from 1, and the field
 */
export function checkScript(rules: unknown): asserts rules is ScriptRule[] {
  if (!Array.isArray(rules)) throw inputError('A script must be a list of rules.');
  for (const [i, rule] of rules.entries()) {
    const { issues } = v.safeParse(RULE, rule, { abortEarly: true, abortPipeEarly: true });
    if (issues !== undefined) throw inputError(`Rule ${i + 1} of the script${describe(issues[0])}.`);
  }
}

/** Writes an issue behind the field, items and members that lead to it. */
function describe({ message, path }: v.BaseIssue<unknown>): string {
  const [field, ...inside] = path ?? [];
  if (field === undefined || field.origin === 'key') return ` ${message}`;
  const places = inside.map(({ key }) => (typeof key === 'number' ? `item ${key + 1}` : quoteName(key)));
  const place = places.length === 0 ? '' : `${places.join(': ')} `;
  return `, field "${String(field.key)}": ${place}${message}`;
}

type Message = (issue: v.BaseIssue<unknown>) => string;

function must(what: string): Message {
  return ({ input }) => `must ${what}, and is ${nameOf(input)}`;
}

/** The value itself stays out of messages: a file that was taken for a script may hold anything. */
function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}

/** A misspelt name has to be shown; what is not a word need not. */
function quoteName(name: unknown): string {
  return /^\w{1,30}$/.test(String(name)) ? `"${name}"` : 'with a name that is not a word';
}

const text = v.string(must('be text'));
const object = v.custom<Record<string, unknown>>(isObject, must('be an object'));
const EXCEPTION = 'must be the name of an AWS exception, such as ThrottlingException';
const exceptionName = v.pipe(v.string(EXCEPTION), v.regex(/^[A-Za-z]\w*$/, EXCEPTION));
const TOOL_NAME = 'must be 1 to 64 letters, digits, - or _';
const toolName = v.pipe(v.string(TOOL_NAME), v.regex(/^[a-zA-Z0-9_-]{1,64}$/, TOOL_NAME));

/** An object with these members and no others. */
function members<Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ');
  const message: Message = ({ expected }) =>
    expected === 'never' ? `is unknown; the members are: ${names}` : 'is missing';
  return v.pipe(object, v.strictObject(entries, message));
}

/** A whole number within these limits. */
function count(min: number, max: number, what: string) {
  return v.custom<number>((n) => Number.isInteger(n) && Number(n) >= min && Number(n) <= max, must(what));
}

/** Lists are looked into; anything else that can be iterated is left alone until it is read. */
function items<Item>(what: string, item: v.GenericSchema<unknown, Item>) {
  const list = v.array(item);
  const other = v.custom<Iterable<Item>>(
    (value) => Symbol.iterator in Object(value) && typeof value === 'object',
    must(`be a list of ${what}`),
  );
  return v.lazy((value) => (Array.isArray(value) ? list : other) as v.GenericSchema<unknown, Iterable<Item>>);
}

const pattern = v.pipe(
  v.custom<object>(
    (value) => isObject(value) && typeof value['pattern'] === 'string',
    must('be text or { "pattern": "…", "flags": "…" }'),
  ),
  members({ pattern: text, flags: v.optional(text) }),
  v.check(
    (written) => problemOf(written) === undefined,
    ({ input }) => `the pattern cannot be used: ${problemOf(input)}`,
  ),
);

function problemOf({
  pattern: source,
  flags,
}: {
  pattern: string;
  flags?: string | undefined;
}): string | undefined {
  try {
    new RegExp(source, flags);
    return undefined;
  } catch (error) {
    // V8 writes the reason behind the pattern.
    const [, reason] = /: ([^:]+)$/.exec(error instanceof Error ? error.message : '') ?? [];
    return reason ?? 'it is not a regular expression, or its flags are unknown';
  }
}

const textMatch = v.lazy((value) =>
  typeof value === 'string' || value instanceof RegExp ? v.any() : pattern,
);
const toolUse = members({ name: toolName, input: v.optional(object), toolUseId: v.optional(text) });
const reasoning = members({
  text: v.optional(text),
  signature: v.optional(text),
  redacted: v.optional(v.lazy((value) => (value instanceof Uint8Array ? v.any() : text))),
});
const citation = members({
  text,
  title: v.optional(text),
  sourceText: v.optional(text),
  location: v.optional(object),
});
const guardrail = members({ message: v.optional(text), trace: v.optional(object) });
const error = members({
  name: exceptionName,
  message: v.optional(text),
  status: v.optional(count(400, 599, 'be a status from 400 to 599')),
  afterEvents: v.optional(count(0, Number.POSITIVE_INFINITY, 'be a whole number from 0')),
});
const frame = v.custom<Uint8Array | string>(
  (value) => value instanceof Uint8Array || (typeof value === 'string' && fromBase64(value) !== undefined),
  must('be bytes or base64'),
);

const FIELDS = {
  model: v.optional(textMatch),
  user: v.optional(textMatch),
  toolResult: v.optional(v.lazy((value) => (value === true ? v.any() : textMatch))),
  once: v.optional(v.boolean(must('be true or false'))),
  times: v.optional(count(1, Number.POSITIVE_INFINITY, 'be a whole number from 1')),
  text: v.optional(text),
  reasoning: v.optional(v.lazy((value) => (typeof value === 'string' ? text : reasoning))),
  toolUse: v.optional(
    v.lazy((value) =>
      Array.isArray(value) ? v.pipe(v.array(toolUse), v.minLength(1, 'must not be empty')) : toolUse,
    ),
  ),
  citations: v.optional(v.pipe(v.array(citation, must('be a list')), v.minLength(1, 'must not be empty'))),
  stopReason: v.optional(text),
  guardrail: v.optional(v.lazy((value) => (value === true ? v.any() : guardrail))),
  usage: v.optional(object),
  error: v.optional(v.lazy((value) => (typeof value === 'string' ? exceptionName : error))),
  events: v.optional(items('events', object)),
  frames: v.optional(items('bytes', frame)),
} satisfies Record<keyof ScriptRule, v.GenericSchema>;

const RULE = v.pipe(
  object,
  v.strictObject(
    FIELDS,
    ({ input }) =>
      `has the unknown field ${quoteName(input)}. The fields are: ${Object.keys(FIELDS).join(', ')}`,
  ),
  v.check(
    (rule) => repliesOf(rule).length < 2 || !isWhole(rule),
    ({ input }) => `has ${repliesOf(input).join(' and ')}: give one kind of reply`,
  ),
);

type Fields = { readonly [Name in keyof ScriptRule]?: unknown };

/** A stream that is written out whole stands alone; pieces of an answer may be combined. */
function isWhole(rule: Fields): boolean {
  return rule.events !== undefined || rule.frames !== undefined;
}

function repliesOf(rule: Fields): string[] {
  const kinds = ['events', 'frames', 'text', 'reasoning', 'toolUse', 'citations', 'guardrail'] as const;
  return kinds.filter((kind) => rule[kind] !== undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
