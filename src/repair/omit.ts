/** A request body. Nothing in it is ever changed: a change makes another body. */
export type Body = Readonly<Record<string, unknown>>;

/** A body with a change, and where it was made. */
export interface Change {
  body: Body;
  path: string;
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
 * Omits the field that a rejection names. Messages, tools and system prompt stay, and so does everything with `guardrail` in
 * its name: what a guardrail should have stopped must not get through because a field was dropped. A format of the answer
 * stays too: a program that asked for JSON cannot read prose.
 *
 * @param other The field that excludes the first one: the first in the message stays.
 */
export function omitRejected(body: Body, reason: string, name: string, other?: string): Change | undefined {
  if (/guardrail|^output_config\.format/i.test(name)) return undefined;
  if (/cache_?(point|control)/i.test(name)) return omitCaching(body, reason, false);
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
export function omitCaching(body: Body, reason: string, ttlOnly: boolean): Change | undefined {
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
