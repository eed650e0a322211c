import { type Json, readShape, type Shape, type ValueOf } from '../check/shape.js';
import type { LocalGuardrail } from '../model/guardrail.js';

const categories = (max: number, ...values: string[]) =>
  ({
    kind: 'struct',
    required: ['categories'],
    members: {
      categories: {
        kind: 'list',
        min: 1,
        max,
        of: { kind: 'struct', required: ['category'], members: { category: { kind: 'string', values } } },
      },
    },
  }) as const satisfies Shape;

/** Source: the service model in @aws-sdk/client-bedrock-runtime 3.1164.0, InvokeGuardrailChecksRequest. */
const CHECKS = {
  kind: 'struct',
  required: ['messages', 'checks'],
  members: {
    messages: {
      kind: 'list',
      min: 1,
      of: {
        kind: 'struct',
        required: ['role', 'content'],
        members: {
          role: { kind: 'string', values: ['user', 'assistant', 'system'] },
          content: {
            kind: 'list',
            of: { kind: 'struct', required: [], members: { text: { kind: 'string' } } },
          },
        },
      },
    },
    checks: {
      kind: 'struct',
      required: [],
      members: {
        contentFilter: categories(5, 'VIOLENCE', 'HATE', 'SEXUAL', 'MISCONDUCT', 'INSULTS'),
        promptAttack: categories(3, 'JAILBREAK', 'PROMPT_INJECTION', 'PROMPT_LEAKAGE'),
        sensitiveInformation: {
          kind: 'struct',
          required: ['entities'],
          members: {
            entities: {
              kind: 'list',
              min: 1,
              max: 31,
              of: { kind: 'struct', required: ['type'], members: { type: { kind: 'string' } } },
            },
          },
        },
      },
    },
  },
} as const satisfies Shape;

type Checks = ValueOf<typeof CHECKS>;

/** Signs of an attack. A real check reads the whole sentence. */
const ATTACKS: Readonly<Record<string, RegExp>> = {
  JAILBREAK: /\b(?:jailbreak|developer mode|do anything now|without any (?:rules|restrictions))\b/i,
  PROMPT_INJECTION: /\b(?:ignore|disregard|forget)\b.{0,40}\b(?:previous|prior|above|earlier)\b/i,
  PROMPT_LEAKAGE: /\b(?:reveal|repeat|print|show)\b.{0,40}\b(?:system prompt|your instructions)\b/i,
};

/** Entities that a pattern can find. Others are never found here. */
const ENTITIES: Readonly<Record<string, RegExp>> = {
  EMAIL: /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g,
  PHONE: /(?<![\w.])\+?\d[\d ()-]{7,17}\d(?![\w.])/g,
  US_SOCIAL_SECURITY_NUMBER: /(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])/g,
  CREDIT_DEBIT_CARD_NUMBER: /(?<![\w-])\d{4}(?:[ -]?\d{4}){3}(?![\w-])/g,
  IP_ADDRESS: /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g,
  URL: /\bhttps?:\/\/[^\s"'<>]{1,2000}/g,
};

/** How many characters are billed as one unit. */
const UNIT = 1000;

/**
 * InvokeGuardrailChecks: scores without a verdict. Blocked words of the account's guardrails count as harmful in every category
 * of content; attacks and sensitive information are found by patterns.
 */
export function checkWithGuardrails(guardrails: readonly LocalGuardrail[], json: unknown): object {
  const { messages, checks } = readShape(json, CHECKS) as Checks;
  const places = messages.flatMap(({ content }, messageIndex) =>
    content.flatMap(({ text }, contentIndex) =>
      text === undefined ? [] : [{ text, messageIndex, contentIndex }],
    ),
  );
  const whole = places.map(({ text }) => text).join('\n');
  const lower = whole.toLowerCase();
  const isHarmful = guardrails.some(({ blockedWords }) =>
    blockedWords.some((word) => lower.includes(word.toLowerCase())),
  );
  const { contentFilter, promptAttack, sensitiveInformation } = checks;
  const results: Json = {};
  if (contentFilter !== undefined) {
    results['contentFilter'] = score(contentFilter.categories, () => isHarmful);
  }
  if (promptAttack !== undefined) {
    results['promptAttack'] = score(
      promptAttack.categories,
      (category) => ATTACKS[category]?.test(whole) === true,
    );
  }
  if (sensitiveInformation !== undefined) {
    const found = sensitiveInformation.entities.flatMap(({ type }) => findEntities(type, places));
    results['sensitiveInformation'] = { results: found, truncated: false };
  }
  const textUnits = Math.ceil(whole.length / UNIT);
  const usage = Object.fromEntries(Object.keys(results).map((check) => [check, { textUnits }]));
  return { results, usage };
}

function score(categories: readonly { category: string }[], isFound: (category: string) => boolean): Json {
  return {
    results: categories.map(({ category }) => ({ category, severityScore: isFound(category) ? 1 : 0 })),
  };
}

function findEntities(
  type: string,
  places: readonly { text: string; messageIndex: number; contentIndex: number }[],
): Json[] {
  const pattern = Object.hasOwn(ENTITIES, type) ? ENTITIES[type] : undefined;
  if (pattern === undefined) return [];
  return places.flatMap(({ text, messageIndex, contentIndex }) =>
    [...text.matchAll(pattern)].map(({ 0: match, index }) => ({
      type,
      confidenceScore: 1,
      beginOffset: index,
      endOffset: index + match.length,
      messageIndex,
      contentIndex,
    })),
  );
}
