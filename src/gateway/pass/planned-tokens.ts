import { isObject } from '../../input/read.js';
import { estimateTokens } from '../conversation/room.js';
import type { Body } from '../fields.js';

/** Members of a request, and of objects in it, by which models are told how much to write. */
const LIMITS = [
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'maxTokens',
  'max_new_tokens',
  'max_gen_len',
  'maxTokenCount',
  'max_tokens_to_sample',
];
const WITH_LIMITS = ['inferenceConfig', 'textGenerationConfig'];

/** The most that a request lets a model write; undefined if it does not say. */
export function findOutputLimit(body: Body): number | undefined {
  const places = [body, ...WITH_LIMITS.flatMap((name) => (isObject(body[name]) ? [body[name] as Body] : []))];
  for (const place of places) {
    for (const name of LIMITS) {
      const limit = place[name];
      if (typeof limit === 'number' && limit >= 0) return limit;
    }
  }
  return undefined;
}

/** Longer texts that look like base64 are media. */
const LONGEST_TEXT = 4096;
const MEDIA = /^(?:data:|[\w+/-]{200})/;

/** About how many tokens a request has, in whichever form: media count as in a translated one. */
export function estimateBody(body: Body): number {
  return estimateTokens(mapMedia(body));
}

function mapMedia(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length > LONGEST_TEXT && MEDIA.test(value) ? { bytes: 0 } : value;
  if (Array.isArray(value)) return value.map(mapMedia);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapMedia(member)]));
}
