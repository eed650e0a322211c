import type { SpokenProtocol } from '../../catalog/protocols.js';
import { isObject } from '../../input/read.js';
import { estimateMedia, estimateTokens } from '../conversation/room.js';
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

/** Members whose strings are words, even if they look like base64: a model reads every letter of them. */
const WORDS = new Set([
  'text',
  'content',
  'prompt',
  'input',
  'inputText',
  'instructions',
  'system',
  'arguments',
  'output',
]);

/** Members that contain a document in one of the protocols, and the types of such parts. */
const DOCUMENTS: ReadonlySet<unknown> = new Set(['document', 'file', 'file_data', 'input_file']);

/** About how many tokens a request has, whatever its format. Media count as in a translated request. */
export function estimateBody(body: Body): number {
  return estimateTokens(mapMedia(body, '', false));
}

function mapMedia(value: unknown, name: string, inDocument: boolean): unknown {
  if (typeof value === 'string') {
    if (value.length <= LONGEST_TEXT || WORDS.has(name) || !MEDIA.test(value)) return value;
    const tokens = estimateMedia(value.slice(value.indexOf(',') + 1), inDocument);
    return name === 'bytes' ? tokens : { bytes: tokens };
  }
  if (Array.isArray(value)) return value.map((item) => mapMedia(item, name, inDocument));
  if (!isObject(value)) return value;
  const isDocument = inDocument || DOCUMENTS.has(value['type']);
  return Object.fromEntries(
    Object.entries(value).map(([member, part]) => [
      member,
      mapMedia(part, member, isDocument || DOCUMENTS.has(member)),
    ]),
  );
}
