import { BoundedMap } from '../bounded-map.js';
import type { BedrockError } from '../errors.js';
import type { Repair } from '../types.js';

type Body = Readonly<Record<string, unknown>>;

/** Fields that tune an answer and may be left out, by the names that services and models have for them. */
const TUNING: Readonly<Record<string, string>> = {
  temperature: 'inferenceConfig.temperature',
  topP: 'inferenceConfig.topP',
  stopSequences: 'inferenceConfig.stopSequences',
  toolChoice: 'toolConfig.toolChoice',
  performanceConfig: 'performanceConfig',
  serviceTier: 'serviceTier',
};

/** How the service, and the models behind it, name a field that they reject; a second name is that of the other one. */
const REJECTION =
  /the ([\w.]+) field\. Remove|extraneous key \[(\w+)\]|([\w.]+): Extra inputs are not|Unknown parameter: '([\w.]+)'|[`'](\w+)[`'] (?:is deprecated for|is not supported with|does not support|may only be set)|`(\w+)` and `(\w+)` cannot both|When `(thinking)` is enabled, a final|(tool_choice) forces/;

/** Rejections that hold for one request only: the field is taken beside others. */
const OCCASIONAL = /may only be set|a final|forces/;

/** How many models, and rejections of each, are remembered. */
const MOST_MODELS = 200;
const MOST_REJECTIONS = 12;

/** What models rejected, in the service's words, by endpoint and model. */
const rejections = /* @__PURE__ */ new BoundedMap<string, string[]>(MOST_MODELS);

/**
 * Omits the fields of a request body that the service rejects: `start` is the body without those that the model rejected
 * before; `adapt` returns it without the field that an error names, or undefined if the error names none that may be omitted.
 *
 * @param model What is remembered is remembered for: the endpoint and the model.
 */
export function adaptable(
  body: object,
  model: string,
  repairs: Repair[],
): { start: object; adapt(error: BedrockError): object | undefined } {
  let left = body as Body;
  let drops = 0;
  const drop = (reason: string): boolean => {
    const less = drops < MOST_REJECTIONS ? withoutRejected(left, reason) : undefined;
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
      if (!OCCASIONAL.test(reason)) remember(model, reason);
      return left;
    },
  };
}

function remember(model: string, reason: string): void {
  const known = rejections.get(model) ?? [];
  rejections.set(model, [...known.filter((one) => one !== reason), reason].slice(-MOST_REJECTIONS));
}

/** The body without the field that a rejection names. Messages, tools, system and guardrail are never touched. */
function withoutRejected(body: Body, reason: string): { path: string; body: Body } | undefined {
  if (reason.includes('Extended TTL')) return withoutCaching(body, reason, true);
  const [name = '', other] = REJECTION.exec(reason)?.slice(1).filter(Boolean) ?? [];
  if (/guardrail/i.test(name)) return undefined;
  if (/cache_?(point|control)/i.test(name)) return withoutCaching(body, reason, false);
  const found = without(body, name);
  // Two that exclude each other: the first stays.
  return found && other !== undefined ? without(body, other) : found;
}

function without(body: Body, name: string): { path: string; body: Body } | undefined {
  const parts = name.split('.');
  const own = (parts[0] === 'toolConfig' ? parts[1] : parts[0]) ?? '';
  const field = own.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const last = parts.length > 1 ? `.${parts.at(-1)}` : '';
  for (const path of [TUNING[field] ?? '', `additionalModelRequestFields.${parts[0]}${last}`]) {
    const less = omit(body, path.split('.'));
    if (less !== undefined) return { path, body: less };
  }
  return undefined;
}

function omit(object: Body, [name = '', ...rest]: string[]): Body | undefined {
  const { [name]: value, ...others } = object;
  if (value === undefined) return undefined;
  if (rest.length === 0) return others;
  const less = typeof value === 'object' && value !== null ? omit(value as Body, rest) : undefined;
  return less && { ...object, [name]: less };
}

/** The body without cache points, or without their `ttl`, in the part of it that is named. */
function withoutCaching(body: Body, reason: string, ttlOnly: boolean) {
  const named = /\b(system|messages|tool)\w*[/.]\w/.exec(reason)?.[1];
  const paths: string[] = [];
  const strip = (list: unknown, path: string): unknown => {
    if (!Array.isArray(list) || (named !== undefined && !path.startsWith(named))) return list;
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
