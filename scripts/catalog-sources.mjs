// Where the catalog's facts come from: three npm packages, and corrections of single facts. make-catalog.mjs reads this.

/** The day when somebody last looked for newer versions and facts, whether there were any or not. */
export const CHECKED = '2026-11-28';

/**
 * @typedef {object} Source
 * @property {string} name
 * @property {string} version
 * @property {string} integrity Of the tarball, as the registry states it.
 * @property {string} published The day, as the registry states it.
 * @property {string} licence
 * @property {string} about
 */

/**
 * A model as the catalog has it.
 *
 * @typedef {object} Entry
 * @property {string} id
 * @property {number} [contextWindow]
 * @property {number} [maxTokens]
 * @property {boolean} [reasoning]
 * @property {boolean} [tools]
 * @property {boolean} [promptCaching]
 * @property {Rates & { tiers?: Tier[] }} [price]
 * @property {Source[]} [sources] Where the facts come from, the main one first.
 *
 * @typedef {{ input: number, output: number, cacheRead?: number, cacheWrite?: number }} Rates USD per million tokens.
 * @typedef {Rates & { inputTokensAbove: number }} Tier
 */

/** @type {Source} */
export const FACTS = {
  name: '@earendil-works/pi-ai',
  version: '1.6.0',
  integrity:
    'sha512-9hL+eygFDEiFp//cydeUfmFsKmEqpmvsNPb10Y1W8+m5K9O+sx1hMStfu6nukrBD5sl6mP4RykCYBBNEgsVLfw==',
  published: '2026-11-20',
  licence: 'MIT',
  about: 'its list for Amazon Bedrock, which it makes from models.dev',
};

/** @type {Source} */
export const PRICES = {
  name: '@pydantic/genai-prices',
  version: '0.1.8',
  integrity:
    'sha512-h7CYw6qTyflG2zUndO8tXyL8Xopf+tX9JZu13h0ZFgeyYj+J2gm1edR4+R+mbQ2vPdkFjtTmmmu1cYQPM5/KTA==',
  published: '2026-09-23',
  licence: 'MIT, Copyright (c) Pydantic Services Inc. 2025 to present',
  about: 'for models that the first does not list',
};

/** @type {Source} */
export const LIMITS = {
  name: '@oh-my-pi/pi-catalog',
  version: '18.2.11',
  integrity:
    'sha512-EGdYEeC77mGfBy7xvEcpAigvY+5cuNSjXjcjP0iza+xUHci3fsBYv6yonnJtwWHQF1gX1SLlmIT7desek1hf0g==',
  published: '2026-09-23',
  licence: 'MIT',
  about: 'for output limits and reasoning of models that the first does not list, and for prompt caching',
};

/**
 * AWS's pages, and measurements of others, for single facts on which the packages are wrong or silent.
 *
 * @type {Source}
 */
export const AWS = {
  name: 'AWS docs',
  version: '',
  integrity: '',
  published: '2026-11-28',
  licence: 'facts only',
  about: 'for single facts',
};

const GUIDE = 'https://docs.aws.amazon.com/bedrock/latest/userguide';

/**
 * @typedef {object} Correction
 * @property {RegExp} ids
 * @property {{ [F in Exclude<keyof Entry, 'price'>]?: Entry[F] | undefined } & { price?: Partial<Rates> }} facts
 * @property {string} source
 * @property {string} date When the source was published, or read if it has no date.
 */

/**
 * Single facts that replace those of the packages. Where sources conflict, the value wins that no model rejects: the smaller
 * limit, no cache points. `undefined` means that no source can be trusted.
 *
 * @type {Correction[]}
 */
export const CORRECTIONS = [
  {
    ids: /\bamazon\.nova-(?:2-lite|micro|lite|pro|premier)-/,
    facts: { price: { cacheWrite: 0 } },
    source:
      'AWS Price List, usage types such as USE1-NovaPro-cache-write-input-token-count at 0 USD, ' +
      'as https://github.com/redpanda-data/ai-sdk-go/pull/166 read it',
    date: '2026-07-08',
  },
  {
    ids: /\bamazon\.nova-premier-/,
    facts: { maxTokens: 25_000 },
    source: `Nova Premier, ${GUIDE}/model-card-amazon-nova-premier.html (25K; the packages have 10,000)`,
    date: '2026-11-28',
  },
  {
    ids: /\bdeepseek\.r1-/,
    facts: { maxTokens: 32_768, tools: false },
    source:
      `DeepSeek models, ${GUIDE}/model-parameters-deepseek.html; no tools: the probes of 2026-08-01 in ` +
      'https://github.com/stdapi-ai/stdapi.ai (tests/probes/results)',
    date: '2026-11-28',
  },
  {
    ids: /\bgoogle\.gemma-3-/,
    facts: { contextWindow: 128_000, maxTokens: 8192, reasoning: false, promptCaching: false },
    source:
      'models.dev (MIT) has other windows (131,072, 202,752) and output limits (4,096) for some of the three sizes, ' +
      'ListFoundationModels 131,072 as the output limit of all',
    date: '2026-11-28',
  },
  {
    ids: /\banthropic\.claude-3-7-sonnet-/,
    facts: { reasoning: true, maxTokens: undefined },
    source: `Extended thinking, ${GUIDE}/claude-messages-extended-thinking.html; the package denies it`,
    date: '2026-11-28',
  },
  {
    ids: /\banthropic\.claude-3-5-sonnet-/,
    facts: { promptCaching: false },
    source: `Prompt caching, ${GUIDE}/prompt-caching.html (only for accounts that were in its preview)`,
    date: '2026-11-28',
  },
  {
    ids: /\b(?:amazon\.titan-text|meta\.llama3-(?:8|70)b|mistral\.(?:mistral-(?:7b|small)|mixtral))-/,
    facts: { promptCaching: false },
    source: `Prompt caching, ${GUIDE}/prompt-caching.html (not in its list)`,
    date: '2026-11-28',
  },
];
