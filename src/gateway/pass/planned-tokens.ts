import type { SpokenProtocol } from '../../catalog/protocols.js';
import { isObject } from '../../input/read.js';
import { estimateTokens } from '../conversation/room.js';
import type { Body } from '../fields.js';

/** The form of a request; that of `invoke` is its model's own. */
export type RequestForm = SpokenProtocol | 'converse' | 'invoke';

/** Members by which models are told how much to write, in the form of any model. */
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

/** Where the limit is in each form. What another form has there is nothing but a member that is ignored. */
const PLACES: Readonly<Record<RequestForm, readonly { within?: string; names: readonly string[] }[]>> = {
  chat: [{ names: ['max_tokens', 'max_completion_tokens'] }],
  responses: [{ names: ['max_output_tokens'] }],
  messages: [{ names: ['max_tokens'] }],
  converse: [{ within: 'inferenceConfig', names: ['maxTokens'] }],
  invoke: [
    { names: LIMITS },
    { within: 'inferenceConfig', names: LIMITS },
    { within: 'textGenerationConfig', names: LIMITS },
  ],
};

/** The most that a request lets a model write, a whole number; undefined if it does not say. */
export function findOutputLimit(body: Body, form: RequestForm): number | undefined {
  const found = PLACES[form].flatMap(({ within, names }) => limitsIn(within ? body[within] : body, names));
  if (found.length === 0) return undefined;
  // It goes to the model as it is.
  const more = form === 'converse' ? limitsIn(body['additionalModelRequestFields'], LIMITS) : [];
  return Math.ceil(Math.max(...found, ...more));
}

function limitsIn(place: unknown, names: readonly string[]): number[] {
  if (!isObject(place)) return [];
  return names.flatMap((name) => {
    const limit = place[name];
    return typeof limit === 'number' && limit >= 0 ? [limit] : [];
  });
}

/** Longer texts of nothing but base64 are media. */
const LONGEST_TEXT = 4096;
const MEDIA = /^(?:data:[\w/+.;=-]{0,200},)?[\w+/=\r\n-]*$/;

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
