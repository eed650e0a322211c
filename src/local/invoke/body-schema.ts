import type { Json } from '../check/shape.js';
import { invalid, type ServiceException } from '../exception.js';
import { asText } from './as-text.js';

// The service checks most bodies against a JSON schema of the model. Its sentences as recorded:
// "#: required key [texts] not found#: extraneous key [inputText] is not permitted" (promptfoo/promptfoo#921, 2024-06),
// "#/texts/0: expected maxLength: 2048, actual: 19882" (ScrapeGraphAI/Scrapegraph-ai#400, 2024-06),
// "#/temperature: expected type: Number, found: Null". Those about items, enums and minima use the wording of its validator.

/** What a member may be. */
export interface Rule {
  type?: 'String' | 'Number' | 'Integer' | 'Boolean' | 'JSONArray' | 'JSONObject';
  values?: readonly (string | number)[];
  minLength?: number;
  maxLength?: number;
  min?: number;
  max?: number;
  minItems?: number;
  maxItems?: number;
  /** Of a list. */
  items?: Rule;
  /** Of an object. Others are refused, unless this is absent or there is a rule for the rest. */
  members?: Readonly<Record<string, Rule>>;
  required?: readonly string[];
  /** Of all other members of an object. */
  entries?: Rule;
}

/** Members of one type, by their names. */
export function each(type: Rule['type'], names: string): Record<string, Rule> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type === undefined ? {} : { type }]));
}

/**
 * Checks a body against the schema of its model.
 *
 * @throws ServiceException that lists everything that is wrong, as the service does
 */
export function checkBody(body: unknown, rule: Rule): asserts body is Json {
  const found: string[] = [];
  collect(body, { type: 'JSONObject', ...rule }, '#', found);
  if (found.length > 0) throw malformed(`: ${found.slice(0, 100).join('')}`);
}

/** The service cannot read a body. */
export function malformed(what = ''): ServiceException {
  return invalid(`Malformed input request${what}, please reformat your input and try again.`);
}

function collect(value: unknown, rule: Rule, path: string, found: string[]): void {
  const note = (what: string): void => void found.push(`${path}: ${what}`);
  const type = typeOf(value);
  if (rule.type !== undefined && type !== rule.type && !(rule.type === 'Number' && type === 'Integer')) {
    note(`expected type: ${rule.type}, found: ${type}`);
    return;
  }
  if (rule.values?.includes(value as string) === false) note(`${asText(value)} is not a valid enum value`);
  if (typeof value === 'string') checkLength(value.length, rule.minLength, rule.maxLength, note);
  if (typeof value === 'number') {
    if (value < (rule.min ?? value)) note(`${value} is not greater or equal to ${rule.min}`);
    if (value > (rule.max ?? value)) note(`${value} is not less or equal to ${rule.max}`);
  }
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = value.length, items } = rule;
    if (value.length < minItems) note(`expected minimum item count: ${minItems}, found: ${value.length}`);
    if (value.length > maxItems) note(`expected maximum item count: ${maxItems}, found: ${value.length}`);
    if (items !== undefined)
      for (const [i, item] of value.entries()) collect(item, items, `${path}/${i}`, found);
  } else if (type === 'JSONObject') {
    collectMembers(value as Json, rule, path, found);
  }
}

function collectMembers(
  value: Json,
  { members, required = [], entries }: Rule,
  path: string,
  found: string[],
): void {
  for (const name of required) {
    if (!Object.hasOwn(value, name)) found.push(`${path}: required key [${name}] not found`);
  }
  if (members === undefined && entries === undefined) return;
  for (const [name, item] of Object.entries(value)) {
    const rule = members !== undefined && Object.hasOwn(members, name) ? members[name] : entries;
    if (rule !== undefined) collect(item, rule, `${path}/${name}`, found);
    else found.push(`${path}: extraneous key [${name}] is not permitted`);
  }
}

function checkLength(length: number, min = 0, max = length, note: (what: string) => void): void {
  if (length < min) note(`expected minLength: ${min}, actual: ${length}`);
  if (length > max) note(`expected maxLength: ${max}, actual: ${length}`);
}

function typeOf(value: unknown): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'JSONArray';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Number';
  return typeof value === 'object' ? 'JSONObject' : capitalOf(typeof value);
}

function capitalOf(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
