import type { Model } from '../../index.js';
import { filled, listed, numberOf } from '../arguments.js';
import { UsageError } from '../print/terminal.js';
import { didYouMean } from '../settings/closest.js';

/** What a model must be like to be listed, and the order of the list. */
export interface Selection {
  fits(model: Model): boolean;
  compare(a: Model, b: Model): number;
}

type Ability = (model: Model) => boolean;

const ABILITIES: Readonly<Record<string, Ability>> = {
  image: ({ input }) => input.includes('image'),
  video: ({ input }) => input.includes('video'),
  audio: ({ input }) => input.includes('audio') || input.includes('speech'),
  tools: ({ tools }) => tools === true,
  reasoning: ({ reasoning }) => reasoning === true,
  caching: ({ promptCaching }) => promptCaching === true,
};

type Compare = Selection['compare'];

const byId: Compare = (a, b) =>
  compareText(a.foundationModelId, b.foundationModelId) || compareText(a.id, b.id);
const last = Number.POSITIVE_INFINITY;

const ORDERS: Readonly<Record<string, Compare>> = {
  id: byId,
  name: (a, b) => compareText(a.name.toLowerCase(), b.name.toLowerCase()),
  price: (a, b) =>
    (a.cost?.output ?? last) - (b.cost?.output ?? last) || (a.cost?.input ?? last) - (b.cost?.input ?? last),
  context: (a, b) => b.contextWindow - a.contextWindow,
  output: (a, b) => b.maxTokens - a.maxTokens,
};

export const ABILITY_NAMES: readonly string[] = Object.keys(ABILITIES);
export const ORDER_NAMES: readonly string[] = Object.keys(ORDERS);

/**
 * Reads which models to list.
 *
 * @throws UsageError for an unknown ability or order, and for a number that is not one
 */
export function readSelection(
  words: readonly string[],
  options: {
    can?: string[] | undefined;
    'max-price'?: string | undefined;
    'min-context'?: string | undefined;
    sort?: string | undefined;
  },
): Selection {
  const abilities = (listed('--can', options.can) ?? []).map((name) => pick('--can', name, ABILITIES));
  const price = numberOf('--max-price', options['max-price'], (n) => n >= 0, 'USD per million output tokens');
  const context = readTokens(filled('--min-context', options['min-context']));
  const order = pick('--sort', filled('--sort', options.sort) ?? 'id', ORDERS);
  const parts = words.map((word) => word.toLowerCase());
  return {
    fits: (model) => {
      const text = `${model.id} ${model.foundationModelId} ${model.name} ${model.provider}`.toLowerCase();
      return (
        parts.every((part) => text.includes(part)) &&
        abilities.every((can) => can(model)) &&
        (price === undefined || (model.cost !== undefined && model.cost.output <= price)) &&
        (context === undefined || model.contextWindow >= context)
      );
    },
    compare: (a, b) => order(a, b) || byId(a, b),
  };
}

function pick<T>(option: string, name: string, known: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(known);
  throw new UsageError(
    `${option} ${name} is unknown.${didYouMean(name, names)} Pass one of ${names.join(', ')}.`,
  );
}

/** Reads a number of tokens, such as `200K` or `1M`. */
function readTokens(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text) ?? [];
  if (digits === '')
    throw new UsageError(`--min-context ${text} is not a number of tokens. Pass one such as 200K.`);
  return Number(digits) * { '': 1, k: 1000, m: 1_000_000 }[unit.toLowerCase() as '' | 'k' | 'm'];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
