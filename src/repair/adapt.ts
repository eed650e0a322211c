import { BoundedMap } from '../bounded-map.js';
import type { BedrockError } from '../errors.js';
import type { Repair } from '../types.js';

type Body = Readonly<Record<string, unknown>>;

/**
 * Fields that tune an answer and may be omitted without changing what is asked, by the names that the service and models use
 * for them. Their paths in a request of Converse.
 */
const TUNING: Readonly<Record<string, string>> = {
  temperature: 'inferenceConfig.temperature',
  topP: 'inferenceConfig.topP',
  stopSequences: 'inferenceConfig.stopSequences',
  toolChoice: 'toolConfig.toolChoice',
  performanceConfig: 'performanceConfig',
  serviceTier: 'serviceTier',
};

/**
 * How the service, and the models behind it, name a field that they reject. A second group is a field that excludes the
 * first one. A message has to begin with these words: further inside, it may repeat what a user of the program wrote.
 * Sources: the messages in docs/repair.md and in the rows of `modelQuirks()`.
 */
const REJECTION =
  /^(?:The model returned the following errors: )?(?:This model doesn't support the ([\w.]+) field\. Remove|Malformed input request: (?:#[\w/]*: )?extraneous key \[(\w+)\]|([\w.]+): Extra inputs are not|(?:\{"error":\{(?:"\w+":"\w*",)*"message":")?Unknown parameter: '([\w.]+)'|(?:Unsupported \w+: )?[`'](\w+)[`'] (?:is deprecated for|is not supported with|does not support|may only be set)|`(\w+)` and `(\w+)` cannot both|messages[\w.]+: Expected [\w` ,]+\. When `(thinking)` is enabled, a final|Thinking may not be enabled when (tool_choice) forces|Extended TTL prompt caching)/;

/** Rejections that depend on the other fields of the request, so they say nothing about the next request. */
const OCCASIONAL = /may only be set$|a final$|forces$/;

/** Bounds of what a process remembers: models, and rejections per model. */
const MAX_MODELS = 200;
const MAX_REJECTIONS = 12;

/**
 * What models rejected, by endpoint and model: the words of {@link REJECTION}, and never more of a message, because the next
 * call may be another user's. Words are remembered rather than paths: whether they apply is decided anew for each request, so
 * a field that was rejected next to another one stays if it is alone.
 */
const rejections = /* @__PURE__ */ new BoundedMap<string, string[]>(MAX_MODELS);

/** A request body without the fields that its model rejects. */
export interface Adaptation {
  /** The body without the fields that the model rejected in earlier calls. */
  start: object;
  /** The body also without the field that an error names; undefined if it names none, or one that may not be omitted. */
  adapt(error: BedrockError): object | undefined;
  /** Call it when the service has accepted a request: only then is it certain that omitting the fields helped. */
  remember(): void;
}

/**
 * Omits fields that the service rejects from a request body.
 *
 * @param model The endpoint and the model: what one of them rejects says nothing about another.
 */
export function adaptBody(body: object, model: string, repairs: Repair[]): Adaptation {
  let left = body as Body;
  let drops = 0;
  let learned: string[] = [];
  const drop = (reason: string): string | undefined => {
    // The bound ends a call whose errors always name another field.
    const [words] = (drops < MAX_REJECTIONS && REJECTION.exec(reason)) || [];
    const less = words === undefined ? undefined : omitRejected(left, words);
    if (less === undefined) return undefined;
    drops += 1;
    left = less.body;
    repairs.push({ kind: 'rejected-field', path: less.path, reason });
    return words;
  };
  for (const words of rejections.get(model) ?? []) drop(words);
  return {
    start: left,
    adapt: (error) => {
      if (error.code !== 'ERR_INPUT' || error.phase === 'prepare') return undefined;
      const words = drop(error.message.slice(0, 500));
      if (words === undefined) return undefined;
      if (!OCCASIONAL.test(words)) learned.push(words);
      return left;
    },
    remember: () => {
      if (learned.length === 0) return;
      const known = (rejections.get(model) ?? []).filter((words) => !learned.includes(words));
      rejections.set(model, [...known, ...learned].slice(-MAX_REJECTIONS));
      learned = [];
    },
  };
}

/**
 * Omits the field that a rejection names. Messages, tools and system prompt stay, and so does everything with `guardrail` in
 * its name: what a guardrail should have stopped must not get through because a field was dropped.
 */
function omitRejected(body: Body, reason: string): { path: string; body: Body } | undefined {
  if (reason.includes('Extended TTL')) return omitCaching(body, reason, true);
  const [name = '', other] = REJECTION.exec(reason)?.slice(1).filter(Boolean) ?? [];
  if (/guardrail/i.test(name)) return undefined;
  if (/cache_?(point|control)/i.test(name)) return omitCaching(body, reason, false);
  const found = omitField(body, name);
  // Two fields exclude each other: the first one in the message stays.
  return found && other !== undefined ? omitField(body, other) : found;
}

/** Omits a field by the name in an error: `toolConfig.toolChoice`, `tool_choice` and `toolChoice` are all the same one. */
function omitField(body: Body, name: string): { path: string; body: Body } | undefined {
  const parts = name.split('.');
  const own = (parts[0] === 'toolConfig' ? parts[1] : parts[0]) ?? '';
  const field = own.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const last = parts.length > 1 ? `.${parts.at(-1)}` : '';
  const tuning = Object.hasOwn(TUNING, field) ? TUNING[field] : undefined;
  for (const path of [tuning, `additionalModelRequestFields.${parts[0]}${last}`]) {
    const less = path && omitPath(body, path.split('.'));
    if (less) return { path, body: less };
  }
  return undefined;
}

function omitPath(object: Body, [name = '', ...rest]: string[]): Body | undefined {
  // A name such as __proto__ is inherited by every object.
  if (!Object.hasOwn(object, name) || object[name] === undefined) return undefined;
  const { [name]: value, ...others } = object;
  if (rest.length === 0) return others;
  const less = typeof value === 'object' && value !== null ? omitPath(value as Body, rest) : undefined;
  return less && { ...object, [name]: less };
}

/** Omits cache points, or only their `ttl`, from the part of the body that the reason names; from all of it if it names none. */
function omitCaching(body: Body, reason: string, ttlOnly: boolean) {
  const part = /\b(system|messages|tool)\w*[/.]\w/.exec(reason)?.[1];
  const paths: string[] = [];
  const strip = (list: unknown, path: string): unknown => {
    if (!Array.isArray(list) || (part !== undefined && !path.startsWith(part))) return list;
    return list.flatMap((item, i) => {
      const { cachePoint, content } = Object(item);
      const at = `${path}.${i}`;
      if (content !== undefined) return { ...item, content: strip(content, `${at}.content`) };
      if (cachePoint === undefined || (ttlOnly && cachePoint.ttl === undefined)) return item;
      paths.push(ttlOnly ? `${at}.cachePoint.ttl` : at);
      return ttlOnly ? { cachePoint: { type: cachePoint.type } } : [];
    });
  };
  const { toolConfig } = body;
  const less = {
    ...body,
    system: strip(body['system'], 'system'),
    messages: strip(body['messages'], 'messages'),
    toolConfig: toolConfig && { ...toolConfig, tools: strip(Object(toolConfig).tools, 'toolConfig.tools') },
  };
  return paths.length === 0 ? undefined : { path: paths.join(', '), body: less };
}
