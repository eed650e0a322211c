import { inputError } from '../../errors.js';
import { fromBase64 } from '../../wire/base64.js';
import type { ScriptRule } from './script.js';

type Check = (value: unknown) => string | undefined;

/**
 * Checks the rules of a script.
 *
 * @throws BedrockError `ERR_INPUT` that names the rule, counted from 1, and the field
 */
export function checkScript(rules: unknown): asserts rules is ScriptRule[] {
  if (!Array.isArray(rules)) throw inputError('A script must be a list of rules.');
  for (const [i, rule] of rules.entries()) {
    const at = `Rule ${i + 1} of the script`;
    if (!isObject(rule)) throw inputError(`${at} must be an object, and is ${nameOf(rule)}.`);
    for (const [field, value] of Object.entries(rule)) {
      const check = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
      if (check === undefined) {
        throw inputError(
          `${at} has the unknown field "${field}". The fields are: ${Object.keys(FIELDS).join(', ')}.`,
        );
      }
      const wrong = value === undefined ? undefined : check(value);
      if (wrong !== undefined) throw inputError(`${at}, field "${field}": ${wrong}.`);
    }
    const whole = ['events', 'frames'].filter((field) => rule[field] !== undefined);
    const pieces = ['text', 'reasoning', 'toolUse', 'citations', 'guardrail'].filter(
      (field) => rule[field] !== undefined,
    );
    if (whole.length > 1 || (whole.length === 1 && pieces.length > 0)) {
      throw inputError(`${at} has ${[...whole, ...pieces].join(' and ')}: give one kind of reply.`);
    }
  }
}

const FIELDS: Readonly<Record<string, Check>> = {
  model: textMatch,
  user: textMatch,
  toolResult: (value) => (value === true ? undefined : textMatch(value)),
  once: boolean,
  times: (value) =>
    isCount(value) && value > 0 ? undefined : `must be a whole number from 1, and is ${nameOf(value)}`,
  text,
  reasoning: (value) => (typeof value === 'string' ? undefined : members(value, REASONING)),
  toolUse: (value) => (Array.isArray(value) ? each(value, TOOL_USE) : members(value, TOOL_USE)),
  citations: (value) =>
    Array.isArray(value) ? each(value, CITATION) : `must be a list, and is ${nameOf(value)}`,
  stopReason: text,
  guardrail: (value) => (value === true ? undefined : members(value, GUARDRAIL)),
  usage: object,
  error: (value) => (typeof value === 'string' ? exceptionName(value) : members(value, ERROR)),
  events: iterable('events', (event) => isObject(event) || `must be an object, and is ${nameOf(event)}`),
  frames: iterable('bytes', (frame) => isFrame(frame) || `must be bytes or base64, and is ${nameOf(frame)}`),
};

interface Members {
  required: readonly string[];
  checks: Readonly<Record<string, Check>>;
}

const REASONING: Members = {
  required: [],
  checks: {
    text,
    signature: text,
    redacted: (value) => (value instanceof Uint8Array ? undefined : text(value)),
  },
};

const TOOL_USE: Members = { required: ['name'], checks: { name: toolName, input: object, toolUseId: text } };

const CITATION: Members = {
  required: ['text'],
  checks: { text, title: text, sourceText: text, location: object },
};

const GUARDRAIL: Members = { required: [], checks: { message: text, trace: object } };

const ERROR: Members = {
  required: ['name'],
  checks: {
    name: exceptionName,
    message: text,
    status: (value) =>
      isCount(value) && value >= 400 && value < 600
        ? undefined
        : `must be a status from 400 to 599, and is ${nameOf(value)}`,
    afterEvents: (value) =>
      isCount(value) ? undefined : `must be a whole number from 0, and is ${nameOf(value)}`,
  },
};

function members(value: unknown, { required, checks }: Members): string | undefined {
  if (!isObject(value)) return `must be an object, and is ${nameOf(value)}`;
  const missing = required.find((name) => value[name] === undefined);
  if (missing !== undefined) return `"${missing}" is missing`;
  for (const [name, member] of Object.entries(value)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined)
      return `"${name}" is unknown; the members are: ${Object.keys(checks).join(', ')}`;
    const wrong = member === undefined ? undefined : check(member);
    if (wrong !== undefined) return `"${name}" ${wrong}`;
  }
  return undefined;
}

function each(values: readonly unknown[], shape: Members): string | undefined {
  for (const [i, value] of values.entries()) {
    const wrong = members(value, shape);
    if (wrong !== undefined) return `item ${i + 1}: ${wrong}`;
  }
  return values.length === 0 ? 'must not be empty' : undefined;
}

/** Lists are looked into; anything else that can be iterated is left alone until it is read. */
function iterable(what: string, check: (item: unknown) => true | string): Check {
  return (value) => {
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) {
        const wrong = check(item);
        if (wrong !== true) return `item ${i + 1} ${wrong}`;
      }
      return undefined;
    }
    const iterates = typeof value === 'object' && value !== null && Symbol.iterator in value;
    return iterates ? undefined : `must be a list of ${what}, and is ${nameOf(value)}`;
  };
}

function textMatch(value: unknown): string | undefined {
  if (typeof value === 'string' || value instanceof RegExp) return undefined;
  if (!isObject(value) || typeof value['pattern'] !== 'string') {
    return `must be text or { "pattern": "…", "flags": "…" }, and is ${nameOf(value)}`;
  }
  const foreign = Object.keys(value).find((name) => name !== 'pattern' && name !== 'flags');
  if (foreign !== undefined) return `"${foreign}" is unknown; the members are: pattern, flags`;
  try {
    new RegExp(value['pattern'], value['flags'] === undefined ? '' : String(value['flags']));
    return undefined;
  } catch (error) {
    return `the pattern cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : `must be text, and is ${nameOf(value)}`;
}

function boolean(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : `must be true or false, and is ${nameOf(value)}`;
}

function object(value: unknown): string | undefined {
  return isObject(value) ? undefined : `must be an object, and is ${nameOf(value)}`;
}

function toolName(value: unknown): string | undefined {
  const fits = typeof value === 'string' && /^[a-zA-Z0-9_-]{1,64}$/.test(value);
  return fits ? undefined : 'must be 1 to 64 letters, digits, - or _';
}

function exceptionName(value: unknown): string | undefined {
  const fits = typeof value === 'string' && /^[A-Za-z]\w*$/.test(value);
  return fits ? undefined : 'must be the name of an AWS exception, such as ThrottlingException';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFrame(value: unknown): boolean {
  return value instanceof Uint8Array || (typeof value === 'string' && fromBase64(value) !== undefined);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : `of type ${typeof value}`;
}
