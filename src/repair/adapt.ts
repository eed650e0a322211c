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
 * first one. Sources: the messages in docs/repair.md and in the rows of `modelQuirks()`.
 */
const REJECTION =
  /the ([\w.]+) field\. Remove|extraneous key \[(\w+)\]|([\w.]+): Extra inputs are not|Unknown parameter: '([\w.]+)'|[`'](\w+)[`'] (?:is deprecated for|is not supported with|does not support|may only be set)|`(\w+)` and `(\w+)` cannot both|When `(thinking)` is enabled, a final|(tool_choice) forces/;

/** Rejections that depend on the other fields of the request, so they say nothing about the next request. */
const OCCASIONAL = /may only be set|a final|forces/;

/** Bounds of what a process remembers: models, and rejections per model. */
const MAX_MODELS = 200;
const MAX_REJECTIONS = 12;

/**
 * What models rejected, by endpoint and model. The service's messages are remembered rather than paths: whether one applies
 * is decided anew for each request, so a field that was rejected next to another one stays if it is alone.
 */
const rejections = /* @__PURE__ */ new BoundedMap<string, string[]>(MAX_MODELS);

/**
 * Omits fields that the service rejects from a request body. `start` is the body without the fields that the model rejected
 * in earlier calls. `adapt` returns the body also without the field that an error names; undefined if the error names none,
 * or one that may not be omitted.
 *
 * @param model The endpoint and the model: what one of them rejects says nothing about another.
 */
export function adaptBody(
  body: object,
  model: string,
  repairs: Repair[],
): { start: object; adapt(error: BedrockError): object | undefined } {
  let left = body as Body;
  let drops = 0;
  const drop = (reason: string): boolean => {
    // The bound ends a call whose errors always name another field.
    const less = drops < MAX_REJECTIONS ? omitRejected(left, reason) : undefined;
    if (less === undefined) return false;
    drops += 1;
    left = less.body;
    repairs.push({ kind: 'rejected-field', path: less.path, reason });
    return true;
  };
  for (const reason of rejections.get(model) ?? []) drop(reason);
  return {
    start: left,
    adapt: (error) => {
      if (error.code !== 'ERR_INPUT' || error.phase === 'prepare') return undefined;
      const reason = error.message.slice(0, 500);
      if (!drop(reason)) return undefined;
      if (!OCCASIONAL.test(reason)) rememberRejection(model, reason);
      return left;
    },
  };
}

function rememberRejection(model: string, reason: string): void {
  const known = rejections.get(model) ?? [];
  rejections.set(model, [...known.filter((one) => one !== reason), reason].slice(-MAX_REJECTIONS));
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
  for (const path of [TUNING[field] ?? '', `additionalModelRequestFields.${parts[0]}${last}`]) {
    const less = omitPath(body, path.split('.'));
    if (less !== undefined) return { path, body: less };
  }
  return undefined;
}

function omitPath(object: Body, [name = '', ...rest]: string[]): Body | undefined {
  const { [name]: value, ...others } = object;
  if (value === undefined) return undefined;
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
