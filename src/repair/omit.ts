/** A request body. Nothing in it is ever changed: a change makes another body. */
export type Body = Readonly<Record<string, unknown>>;

/** A body with a change, where it was made, and what is there now. */
export interface Change {
  body: Body;
  path: string;
  after?: string;
}

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
 * Omits the field that a rejection names. If it names two that exclude each other, the first stays and the second is omitted.
 * Messages, tools and system prompt stay, and so does everything with `guardrail` in its name: what a guardrail should have stopped
 * must not get through because a field was dropped. A format of the answer stays too: a program that asked for JSON cannot read prose.
 */
export function omitRejected(
  body: Body,
  { 0: reason, 1: name = '', 2: other }: RegExpExecArray,
): Change | undefined {
  if (/guardrail|^output_config\.format/i.test(name)) return undefined;
  if (/cache_?(point|control)/i.test(name)) return omitCaching(body, reason);
  const found = omitField(body, name);
  return found && other !== undefined ? omitField(body, other) : found;
}

/** Omits a field by the name in an error: `toolConfig.toolChoice`, `tool_choice` and `toolChoice` all mean the same field. */
export function omitField(body: Body, name: string): Change | undefined {
  const parts = name.split('.');
  const own = (parts[0] === 'toolConfig' ? parts[1] : parts[0]) ?? '';
  const field = own.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const last = parts.length > 1 ? `.${parts.at(-1)}` : '';
  const tuning = Object.hasOwn(TUNING, field) ? TUNING[field] : undefined;
  return (
    (tuning === undefined ? undefined : changeAt(body, tuning)) ??
    changeAt(body, `additionalModelRequestFields.${parts[0]}${last}`)
  );
}

/** A change in several places; undefined if there are none. */
export function changeOf(paths: readonly string[], body: Body): Change | undefined {
  return paths.length > 0 ? { path: paths.join(', '), body } : undefined;
}

/** The value at a path, if there is one. */
export function valueAt(body: Body, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => Object(value)[name], body);
}

/** Replaces the value at a path, or omits it; undefined if there is none. */
export function changeAt(body: Body, path: string, value?: unknown): Change | undefined {
  const changed = changePath(body, path.split('.'), value);
  return changed && { path, body: changed, ...(value !== undefined && { after: String(value) }) };
}

function changePath(object: Body, [name = '', ...rest]: string[], value: unknown): Body | undefined {
  // A name such as __proto__ is inherited by every object.
  if (!Object.hasOwn(object, name) || object[name] === undefined) return undefined;
  const { [name]: old, ...others } = object;
  if (rest.length === 0) return value === undefined ? others : { ...object, [name]: value };
  const changed = typeof old === 'object' && old !== null ? changePath(old as Body, rest, value) : undefined;
  return changed && { ...object, [name]: changed };
}

/**
 * Omits cache points, or only their `ttl` if the reason is about that, from the part of the body that the reason names; from all of
 * it if it names none.
 */
export function omitCaching(body: Body, reason: string): Change | undefined {
  const ttlOnly = reason.includes('Extended TTL');
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
  return changeOf(paths, less);
}
