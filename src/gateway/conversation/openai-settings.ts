import { refuseField } from '../failure.js';
import {
  type Body,
  cutName,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  readObject,
  readText,
} from '../fields.js';
import type { Notes } from '../notes.js';
import { type Draft, EFFORTS, type Effort, type ThinkingWish } from './draft.js';

// What Chat Completions and Responses have in common.

/** Reads an effort. For `none` thinking is switched off as far as the model allows it. */
export function readEffort(value: unknown, param: string): ThinkingWish {
  if (value === undefined || value === null) return {};
  if (value === 'none') return { mode: 'off' };
  if (EFFORTS.includes(value as Effort)) return { effort: value as Effort, display: 'summarized' };
  throw refuseField(
    param,
    `${param} is ${JSON.stringify(value)?.slice(0, 50)}. Send none, ${EFFORTS.join(', ')}, or omit it.`,
  );
}

/** What AWS accepts in the metadata of a request. Source: Amazon Bedrock Runtime, `requestMetadata`. */
const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;
const MOST_PAIRS = 16;

/** Reads metadata, which AWS writes to the log of invocations. */
export function readMetadata(
  value: unknown,
  param: string,
  notes: Notes,
): Record<string, string> | undefined {
  const given = optionalObject(value, param);
  if (given === undefined) return undefined;
  const pairs = Object.entries(given).filter(([name, text]) => {
    const isFit = name !== '' && METADATA.test(name) && typeof text === 'string' && METADATA.test(text);
    if (!isFit) notes.add(`${param}.${cutName(name)}`, 'not valid in metadata of Bedrock');
    return isFit;
  }) as [string, string][];
  if (pairs.length > MOST_PAIRS) notes.add(param, `only the first ${MOST_PAIRS}`);
  return pairs.length > 0 ? Object.fromEntries(pairs.slice(0, MOST_PAIRS)) : undefined;
}

/** Reads the service tier; `auto` and tiers that only OpenAI has are the default. */
export function readServiceTier(value: unknown, param: string, notes: Notes): Draft['serviceTier'] {
  if (value === undefined || value === null || value === 'auto') return undefined;
  const tier = readText(value, param);
  if (tier === 'default' || tier === 'flex' || tier === 'priority') return tier;
  notes.add(param, 'not a tier of Bedrock');
  return undefined;
}

/** Notes what is left out because it cannot change an answer of Bedrock. */
export function noteIgnored(body: Body, names: readonly string[], notes: Notes): void {
  for (const name of names) {
    const value = body[name];
    if (value !== undefined && value !== null && value !== 0 && value !== false) notes.add(name, 'ignored');
  }
}

/** Refuses what would change the meaning of an answer if it was ignored. */
export function refuseUnsupported(body: Body): void {
  const n = optionalNumber(body['n'], 'n');
  if (n !== undefined && n !== 1)
    throw refuseField(
      'n',
      'n is not 1. Bedrock writes one answer for each request: send the request several times.',
    );
  if (body['logprobs'] === true || (optionalNumber(body['top_logprobs'], 'top_logprobs') ?? 0) > 0)
    throw refuseField('logprobs', 'Bedrock returns no log probabilities. Omit logprobs and top_logprobs.');
  if (Object.keys(optionalObject(body['logit_bias'], 'logit_bias') ?? {}).length > 0)
    throw refuseField('logit_bias', 'Bedrock has no logit_bias. Omit it.');
  if (optionalList(body['modalities'], 'modalities')?.includes('audio'))
    throw refuseField('modalities', 'Models of Bedrock do not answer with audio. Omit "audio".');
}

/** Reads a JSON schema as clients send it for a tool; none means that the tool has no input. */
export function readSchema(value: unknown, param: string): Record<string, unknown> {
  if (value === undefined || value === null) return { type: 'object', properties: {} };
  return { ...readObject(value, param) };
}

/** The tool that stands for one with a string as input. A grammar is only described: nothing enforces it. */
export function customToolSchema(
  format: unknown,
  param: string,
): { schema: Record<string, unknown>; hint: string } {
  const given = optionalObject(format, param);
  const { syntax, definition } = (given?.['grammar'] ?? given ?? {}) as {
    syntax?: unknown;
    definition?: unknown;
  };
  const hint =
    typeof definition === 'string'
      ? `The input follows this ${optionalText(syntax, `${param}.syntax`) ?? ''} grammar:\n${definition}`
      : '';
  return {
    schema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    hint,
  };
}
