// Made by scripts/make-catalog.mjs, not by hand: `npm run catalog`.
//
// @earendil-works/pi-ai 1.6.0 of 2026-11-20 (MIT): its list for Amazon Bedrock, which it makes from models.dev
// @pydantic/genai-prices 0.1.8 of 2026-09-23 (MIT, Copyright (c) Pydantic Services Inc. 2025 to present): for models that the first does not list
// @oh-my-pi/pi-catalog 18.2.11 of 2026-09-23 (MIT): for output limits and reasoning of models that the first does not list, and for prompt caching
//
// Corrected:
// amazon.nova-(2-lite|micro|lite|pro|premier): cacheWrite 0. AWS Price List, usage types such as USE1-NovaPro-cache-write-input-token-count at 0 USD, as https://github.com/redpanda-data/ai-sdk-go/pull/166 read it, 2026-07-08
// amazon.nova-premier: maxTokens 25000. Nova Premier, https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-amazon-nova-premier.html (25K; the packages have 10,000), 2026-11-28
// deepseek.r1: maxTokens 32768, tools false. DeepSeek models, https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html; no tools: the probes of 2026-08-01 in https://github.com/stdapi-ai/stdapi.ai (tests/probes/results), 2026-11-28
// google.gemma-3: contextWindow 128000, maxTokens 8192, reasoning false, promptCaching false. models.dev (MIT) has other windows (131,072, 202,752) and output limits (4,096) for some of the three sizes, ListFoundationModels 131,072 as the output limit of all, 2026-11-28
// anthropic.claude-3-7-sonnet: reasoning true, maxTokens unknown. Extended thinking, https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html; the package denies it, 2026-11-28
// anthropic.claude-3-5-sonnet: promptCaching false. Prompt caching, https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (only for accounts that were in its preview), 2026-11-28
// (amazon.titan-text|meta.llama3-(8|70)b|mistral.(mistral-(7b|small)|mixtral)): promptCaching false. Prompt caching, https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (not in its list), 2026-11-28
//
// SHA-256 of the rows: 8e490984fb90a99a3d199d40edb7b07dd287bfa481e8f6ea5729a2d6ea1cb5c9

/** Facts of one source. */
export interface CatalogSource {
  readonly source: string;
  /** When the source was published; the first one, if there are several. */
  readonly asOf: string;
  /**
   * A model or profile per line: id, context window, output limit, whether it has reasoning, tools and prompt caching
   * (y, n or - each), USD per million tokens of input, output, cache read and cache write, and as `>tokens:rates` what
   * they become for prompts of more tokens. `-` is unknown, and so is what a row does not go up to.
   */
  readonly rows: string;
}

/** The region that prices of models without a profile were made for. */
export const catalogRegion = 'us-east-1';

export const catalogData: readonly CatalogSource[] = [
  {
    source: '@earendil-works/pi-ai 1.6.0 (MIT), AWS docs',
    asOf: '2026-11-20',
    rows: `
amazon.nova-2-lite-v1:0 1000000 65535 yyy 0.33 2.75 0.0825 0
eu.amazon.nova-2-lite-v1:0 1000000 65535 yyy 0.374 3.157 0.0935 0
global.amazon.nova-2-lite-v1:0 1000000 65535 yyy 0.3 2.5 0.075 0
jp.amazon.nova-2-lite-v1:0 1000000 65535 yyy 0.396 3.311 0.099 0
us.amazon.nova-2-lite-v1:0 1000000 65535 yyy 0.33 2.75 0.0825 0
amazon.nova-lite-v1:0 300000 10000 nyy 0.06 0.24 0.015 0
apac.amazon.nova-lite-v1:0 300000 10000 nyy 0.063 0.252 0.01575 0
ca.amazon.nova-lite-v1:0 300000 10000 nyy 0.064 0.256 0.016 0
eu.amazon.nova-lite-v1:0 300000 10000 nyy 0.069 0.276 0.01725 0
us.amazon.nova-lite-v1:0 300000 10000 nyy 0.06 0.24 0.015 0
amazon.nova-micro-v1:0 128000 10000 nyy 0.035 0.14 0.00875 0
apac.amazon.nova-micro-v1:0 128000 10000 nyy 0.037 0.148 0.00925 0
eu.amazon.nova-micro-v1:0 128000 10000 nyy 0.04 0.16 0.01 0
us.amazon.nova-micro-v1:0 128000 10000 nyy 0.035 0.14 0.00875 0
amazon.nova-premier-v1:0 1000000 25000 nyy 2.5 12.5 0.625 0
us.amazon.nova-premier-v1:0 1000000 25000 nyy 2.5 12.5 0.625 0
amazon.nova-pro-v1:0 300000 10000 nyy 0.8 3.2 0.2 0
apac.amazon.nova-pro-v1:0 300000 10000 nyy 0.84 3.36 0.21 0
eu.amazon.nova-pro-v1:0 300000 10000 nyy 0.92 3.68 0.23 0
us.amazon.nova-pro-v1:0 300000 10000 nyy 0.8 3.2 0.2 0
`,
  },
  {
    source: '@earendil-works/pi-ai 1.6.0 (MIT)',
    asOf: '2026-11-20',
    rows: `
anthropic.claude-fable-5 1000000 128000 yyy 11 55 1.1 13.75
eu.anthropic.claude-fable-5 1000000 128000 yyy 11 55 1.1 13.75
global.anthropic.claude-fable-5 1000000 128000 yyy 10 50 1 12.5
us.anthropic.claude-fable-5 1000000 128000 yyy 11 55 1.1 13.75
anthropic.claude-fable-5-1 1000000 128000 yyy 11 55 0.275 13.75
global.anthropic.claude-fable-5-1 1000000 128000 yyy 10 50 0.25 12.5
us.anthropic.claude-fable-5-1 1000000 128000 yyy 11 55 0.275 13.75
anthropic.claude-fable-5-2 1000000 128000 yyy 8.8 44 0.22 11
global.anthropic.claude-fable-5-2 1000000 128000 yyy 8 40 0.2 10
us.anthropic.claude-fable-5-2 1000000 128000 yyy 8.8 44 0.22 11
anthropic.claude-haiku-4-5-20251001-v1:0 200000 64000 yyy 1.1 5.5 0.11 1.375
au.anthropic.claude-haiku-4-5-20251001-v1:0 200000 64000 yyy 1.1 5.5 0.11 1.375
eu.anthropic.claude-haiku-4-5-20251001-v1:0 200000 64000 yyy 1.1 5.5 0.11 1.375
global.anthropic.claude-haiku-4-5-20251001-v1:0 200000 64000 yyy 1 5 0.1 1.25
in.anthropic.claude-haiku-4-5-20251001-v1:0 200000 64000 yyy 1.1 5.5 0.11 1.375
jp.anthropic.claude-haiku-4-5-20251001-v1:0 200000 64000 yyy 1.1 5.5 0.11 1.375
us.anthropic.claude-haiku-4-5-20251001-v1:0 200000 64000 yyy 1.1 5.5 0.11 1.375
anthropic.claude-haiku-5-5 1000000 128000 yyy 0.11 0.55 0.011 0.1375 >100000:0.55,2.75,0.055,0.6875
au.anthropic.claude-haiku-5-5 1000000 128000 yyy 0.11 0.55 0.011 0.1375 >100000:0.55,2.75,0.055,0.6875
eu.anthropic.claude-haiku-5-5 1000000 128000 yyy 0.11 0.55 0.011 0.1375 >100000:0.55,2.75,0.055,0.6875
global.anthropic.claude-haiku-5-5 1000000 128000 yyy 0.1 0.5 0.01 0.125 >100000:0.5,2.5,0.05,0.625
jp.anthropic.claude-haiku-5-5 1000000 128000 yyy 0.11 0.55 0.011 0.1375 >100000:0.55,2.75,0.055,0.6875
us.anthropic.claude-haiku-5-5 1000000 128000 yyy 0.11 0.55 0.011 0.1375 >100000:0.55,2.75,0.055,0.6875
anthropic.claude-opus-4-1-20250805-v1:0 200000 32000 yyy 15 75 1.5 18.75
us.anthropic.claude-opus-4-1-20250805-v1:0 200000 32000 yyy 15 75 1.5 18.75
anthropic.claude-opus-4-5-20251101-v1:0 200000 64000 yyy 5.5 27.5 0.55 6.875
eu.anthropic.claude-opus-4-5-20251101-v1:0 200000 64000 yyy 5.5 27.5 0.55 6.875
global.anthropic.claude-opus-4-5-20251101-v1:0 200000 64000 yyy 5 25 0.5 6.25
us.anthropic.claude-opus-4-5-20251101-v1:0 200000 64000 yyy 5.5 27.5 0.55 6.875
anthropic.claude-opus-4-6-v1 1000000 128000 yyy 5.5 27.5 0.55 6.875
au.anthropic.claude-opus-4-6-v1 1000000 128000 yyy 5.5 27.5 0.55 6.875
eu.anthropic.claude-opus-4-6-v1 1000000 128000 yyy 5.5 27.5 0.55 6.875
global.anthropic.claude-opus-4-6-v1 1000000 128000 yyy 5 25 0.5 6.25
us.anthropic.claude-opus-4-6-v1 1000000 128000 yyy 5.5 27.5 0.55 6.875
anthropic.claude-opus-4-7 1000000 128000 yyy 5.5 27.5 0.55 6.875
au.anthropic.claude-opus-4-7 1000000 128000 yyy 5.5 27.5 0.55 6.875
eu.anthropic.claude-opus-4-7 1000000 128000 yyy 5.5 27.5 0.55 6.875
global.anthropic.claude-opus-4-7 1000000 128000 yyy 5 25 0.5 6.25
jp.anthropic.claude-opus-4-7 1000000 128000 yyy 5.5 27.5 0.55 6.875
us.anthropic.claude-opus-4-7 1000000 128000 yyy 5.5 27.5 0.55 6.875
anthropic.claude-opus-4-8 1000000 128000 yyy 5.5 27.5 0.55 6.875
au.anthropic.claude-opus-4-8 1000000 128000 yyy 5.5 27.5 0.55 6.875
eu.anthropic.claude-opus-4-8 1000000 128000 yyy 5.5 27.5 0.55 6.875
global.anthropic.claude-opus-4-8 1000000 128000 yyy 5 25 0.5 6.25
jp.anthropic.claude-opus-4-8 1000000 128000 yyy 5.5 27.5 0.55 6.875
us.anthropic.claude-opus-4-8 1000000 128000 yyy 5.5 27.5 0.55 6.875
anthropic.claude-opus-5 1000000 128000 yyy 5.5 27.5 0.55 6.875
au.anthropic.claude-opus-5 1000000 128000 yyy 5.5 27.5 0.55 6.875
eu.anthropic.claude-opus-5 1000000 128000 yyy 5.5 27.5 0.55 6.875
global.anthropic.claude-opus-5 1000000 128000 yyy 5 25 0.5 6.25
in.anthropic.claude-opus-5 1000000 128000 yyy 5.5 27.5 0.55 6.875
jp.anthropic.claude-opus-5 1000000 128000 yyy 5.5 27.5 0.55 6.875
us.anthropic.claude-opus-5 1000000 128000 yyy 5.5 27.5 0.55 6.875
anthropic.claude-opus-5-5 1000000 128000 yyy 4.4 22 0.22 5.5
au.anthropic.claude-opus-5-5 1000000 128000 yyy 4.4 22 0.22 5.5
eu.anthropic.claude-opus-5-5 1000000 128000 yyy 4.4 22 0.22 5.5
global.anthropic.claude-opus-5-5 1000000 128000 yyy 4 20 0.2 5
jp.anthropic.claude-opus-5-5 1000000 128000 yyy 4.4 22 0.22 5.5
us.anthropic.claude-opus-5-5 1000000 128000 yyy 4.4 22 0.22 5.5
anthropic.claude-sonnet-4-20250514-v1:0 200000 64000 yyy 3 15 0.3 3.75
apac.anthropic.claude-sonnet-4-20250514-v1:0 200000 64000 yyy 3 15 0.3 3.75
eu.anthropic.claude-sonnet-4-20250514-v1:0 200000 64000 yyy 3 15 0.3 3.75
global.anthropic.claude-sonnet-4-20250514-v1:0 200000 64000 yyy 3 15 0.3 3.75
us.anthropic.claude-sonnet-4-20250514-v1:0 200000 64000 yyy 3 15 0.3 3.75
anthropic.claude-sonnet-4-5-20250929-v1:0 200000 64000 yyy 3.3 16.5 0.33 4.125
au.anthropic.claude-sonnet-4-5-20250929-v1:0 200000 64000 yyy 3.3 16.5 0.33 4.125
eu.anthropic.claude-sonnet-4-5-20250929-v1:0 200000 64000 yyy 3.3 16.5 0.33 4.125
global.anthropic.claude-sonnet-4-5-20250929-v1:0 200000 64000 yyy 3 15 0.3 3.75
jp.anthropic.claude-sonnet-4-5-20250929-v1:0 200000 64000 yyy 3.3 16.5 0.33 4.125
us.anthropic.claude-sonnet-4-5-20250929-v1:0 200000 64000 yyy 3.3 16.5 0.33 4.125
anthropic.claude-sonnet-4-6 1000000 128000 yyy 3.3 16.5 0.33 4.125
au.anthropic.claude-sonnet-4-6 1000000 128000 yyy 3.3 16.5 0.33 4.125
eu.anthropic.claude-sonnet-4-6 1000000 128000 yyy 3.3 16.5 0.33 4.125
global.anthropic.claude-sonnet-4-6 1000000 128000 yyy 3 15 0.3 3.75
jp.anthropic.claude-sonnet-4-6 1000000 128000 yyy 3.3 16.5 0.33 4.125
us.anthropic.claude-sonnet-4-6 1000000 128000 yyy 3.3 16.5 0.33 4.125
anthropic.claude-sonnet-5 1000000 128000 yyy 2.2 11 0.22 2.75
au.anthropic.claude-sonnet-5 1000000 128000 yyy 2.2 11 0.22 2.75
eu.anthropic.claude-sonnet-5 1000000 128000 yyy 2.2 11 0.22 2.75
global.anthropic.claude-sonnet-5 1000000 128000 yyy 2 10 0.2 2.5
in.anthropic.claude-sonnet-5 1000000 128000 yyy 2.2 11 0.22 2.75
jp.anthropic.claude-sonnet-5 1000000 128000 yyy 2.2 11 0.22 2.75
us.anthropic.claude-sonnet-5 1000000 128000 yyy 2.2 11 0.22 2.75
anthropic.claude-sonnet-5-5 1000000 128000 yyy 2.2 11 0.11 2.75
au.anthropic.claude-sonnet-5-5 1000000 128000 yyy 2.2 11 0.11 2.75
eu.anthropic.claude-sonnet-5-5 1000000 128000 yyy 2.2 11 0.11 2.75
global.anthropic.claude-sonnet-5-5 1000000 128000 yyy 2 10 0.1 2.5
us.anthropic.claude-sonnet-5-5 1000000 128000 yyy 2.2 11 0.11 2.75
global.moonshotai.kimi-k3 1048576 128000 yyy 3 15 0.3 3.75
moonshotai.kimi-k3 1048576 128000 yyy 3.3 16.5 0.33 4.125
us.moonshotai.kimi-k3 1048576 128000 yyy 3.3 16.5 0.33 4.125
global.moonshotai.kimi-k3.1 1048576 1048576 yyy 4 20 0.2 5
moonshotai.kimi-k3.1 1048576 1048576 yyy 4.4 22 0.22 5.5
us.moonshotai.kimi-k3.1 1048576 1048576 yyy 4.4 22 0.22 5.5
openai.gpt-5.4 1000000 128000 yyy 2.75 16.5 0.275
openai.gpt-5.5 1000000 128000 yyy 5.5 33 0.55
global.openai.gpt-5.6-luna 1050000 128000 yyy 0.2 1.2 0.02 0.25 >272000:0.4,1.8,0.04,0.5
in.openai.gpt-5.6-luna 1050000 128000 yyy 0.22 1.32 0.022 0.275 >272000:0.44,1.98,0.044,0.55
openai.gpt-5.6-luna 1050000 128000 yyy 0.22 1.32 0.022 0.275 >272000:0.44,1.98,0.044,0.55
us.openai.gpt-5.6-luna 1050000 128000 yyy 0.22 1.32 0.022 0.275 >272000:0.44,1.98,0.044,0.55
global.openai.gpt-5.6-sol 1050000 128000 yyy 4 20 0.4 5 >272000:8,30,0.8,10
openai.gpt-5.6-sol 1050000 128000 yyy 4.4 22 0.44 5.5 >272000:8.8,33,0.88,11
us.openai.gpt-5.6-sol 1050000 128000 yyy 4.4 22 0.44 5.5 >272000:8.8,33,0.88,11
global.openai.gpt-5.6-terra 1050000 128000 yyy 2 12 0.2 2.5 >272000:4,18,0.4,5
in.openai.gpt-5.6-terra 1050000 128000 yyy 2.2 13.2 0.22 2.75 >272000:4.4,19.8,0.44,5.5
openai.gpt-5.6-terra 1050000 128000 yyy 2.2 13.2 0.22 2.75 >272000:4.4,19.8,0.44,5.5
us.openai.gpt-5.6-terra 1050000 128000 yyy 2.2 13.2 0.22 2.75 >272000:4.4,19.8,0.44,5.5
global.openai.gpt-6-astra 1050000 128000 yyy 10 50 1 12.5 >272000:20,75,2,25
openai.gpt-6-astra 1050000 128000 yyy 11 55 1.1 13.75 >272000:22,82.5,2.2,27.5
us.openai.gpt-6-astra 1050000 128000 yyy 11 55 1.1 13.75 >272000:22,82.5,2.2,27.5
global.openai.gpt-6-luna 1050000 128000 yyy 0.1 0.5 0.01 0.125 >272000:0.2,0.75,0.02,0.25
openai.gpt-6-luna 1050000 128000 yyy 0.11 0.55 0.011 0.1375 >272000:0.22,0.825,0.022,0.275
us.openai.gpt-6-luna 1050000 128000 yyy 0.11 0.55 0.011 0.1375 >272000:0.22,0.825,0.022,0.275
global.openai.gpt-6-sol 1050000 128000 yyy 2 10 0.2 2.5 >272000:4,15,0.4,5
openai.gpt-6-sol 1050000 128000 yyy 2.2 11 0.22 2.75 >272000:4.4,16.5,0.44,5.5
us.openai.gpt-6-sol 1050000 128000 yyy 2.2 11 0.22 2.75 >272000:4.4,16.5,0.44,5.5
global.openai.gpt-6.1-sol 1050000 128000 yyy 2 10 0.1 2.5 >272000:4,15,0.2,5
openai.gpt-6.1-sol 1050000 128000 yyy 2.2 11 0.11 2.75 >272000:4.4,16.5,0.22,5.5
us.openai.gpt-6.1-sol 1050000 128000 yyy 2.2 11 0.11 2.75 >272000:4.4,16.5,0.22,5.5
global.openai.gpt-6.1-terra 1050000 128000 yyy 1 5 0.05 1.25 >272000:2,7.5,0.1,2.5
openai.gpt-6.1-terra 1050000 128000 yyy 1.1 5.5 0.055 1.375 >272000:2.2,8.25,0.11,2.75
us.openai.gpt-6.1-terra 1050000 128000 yyy 1.1 5.5 0.055 1.375 >272000:2.2,8.25,0.11,2.75
global.openai.gpt-6.2-astra 1050000 128000 yyy 8 40 0.4 10 >272000:16,60,0.8,20
openai.gpt-6.2-astra 1050000 128000 yyy 8.8 44 0.44 11 >272000:17.6,66,0.88,22
us.openai.gpt-6.2-astra 1050000 128000 yyy 8.8 44 0.44 11 >272000:17.6,66,0.88,22
global.openai.gpt-6.2-sol 1050000 128000 yyy 2 10 0.1 2.5 >272000:4,15,0.2,5
openai.gpt-6.2-sol 1050000 128000 yyy 2.2 11 0.11 2.75 >272000:4.4,16.5,0.22,5.5
us.openai.gpt-6.2-sol 1050000 128000 yyy 2.2 11 0.11 2.75 >272000:4.4,16.5,0.22,5.5
xai.grok-4.3 1000000 131072 yyy 1.25 2.5 0.2
global.xai.grok-4.6 500000 500000 yyy 2 6 0.5
us.xai.grok-4.6 500000 500000 yyy 2.2 6.6 0.55
xai.grok-4.6 500000 500000 yyy 2.2 6.6 0.55
global.xai.grok-4.7 500000 500000 yyy 2 6 0.5
us.xai.grok-4.7 500000 500000 yyy 2.2 6.6 0.55
xai.grok-4.7 500000 500000 yyy 2.2 6.6 0.55
global.zai.glm-5.3 1000000 128000 yyy 1.68 5.28 0.312 2.1
us.zai.glm-5.3 1000000 128000 yyy 1.848 5.808 0.3432 2.31
zai.glm-5.3 1000000 128000 yyy 1.848 5.808 0.3432 2.31
`,
  },
  {
    source: '@earendil-works/pi-ai 1.6.0 (MIT), @oh-my-pi/pi-catalog 18.2.11 (MIT)',
    asOf: '2026-11-20',
    rows: `
deepseek.v3-v1:0 163840 81920 yyn 0.58 1.68
deepseek.v3.2 163840 81920 yyn 0.62 1.85
google.gemma-4-26b-a4b 262144 32768 yyn 0.13 0.4
google.gemma-4-31b 262144 32768 yyn 0.14 0.4
google.gemma-4-e2b 131072 8192 yyn 0.04 0.08
meta.llama3-1-70b-instruct-v1:0 128000 4096 nyn 0.72 0.72
us.meta.llama3-1-70b-instruct-v1:0 128000 4096 nyn 0.72 0.72
meta.llama3-1-8b-instruct-v1:0 128000 4096 nyn 0.22 0.22
us.meta.llama3-1-8b-instruct-v1:0 128000 4096 nyn 0.22 0.22
meta.llama3-3-70b-instruct-v1:0 128000 4096 nyn 0.72 0.72
us.meta.llama3-3-70b-instruct-v1:0 128000 4096 nyn 0.72 0.72
meta.llama4-maverick-17b-instruct-v1:0 1000000 8192 nyn 0.24 0.97
us.meta.llama4-maverick-17b-instruct-v1:0 1000000 8192 nyn 0.24 0.97
meta.llama4-scout-17b-instruct-v1:0 10000000 8192 nyn 0.17 0.66
us.meta.llama4-scout-17b-instruct-v1:0 10000000 8192 nyn 0.17 0.66
minimax.minimax-m2 204608 128000 yyn 0.3 1.2
minimax.minimax-m2.1 196608 131072 yyn 0.3 1.2
minimax.minimax-m2.5 196608 98304 yyn 0.3 1.2
mistral.devstral-2-123b 262144 8192 nyn 0.4 2
mistral.magistral-small-2509 128000 40000 yyn 0.5 1.5
mistral.ministral-3-14b-instruct 128000 4096 nyn 0.2 0.2
mistral.ministral-3-3b-instruct 256000 8192 nyn 0.1 0.1
mistral.ministral-3-8b-instruct 128000 4096 nyn 0.15 0.15
mistral.mistral-large-3-675b-instruct 262144 8192 nyn 0.5 1.5
eu.mistral.pixtral-large-2502-v1:0 128000 8192 nyn 2 6
mistral.pixtral-large-2502-v1:0 128000 8192 nyn 2 6
us.mistral.pixtral-large-2502-v1:0 128000 8192 nyn 2 6
mistral.voxtral-mini-3b-2507 32768 4096 nyn 0.04 0.04
mistral.voxtral-small-24b-2507 32768 8192 nyn 0.1 0.3
moonshot.kimi-k2-thinking 262144 16000 yyn 0.6 2.5
moonshotai.kimi-k2.5 262144 16384 yyn 0.6 3
nvidia.nemotron-nano-12b-v2 131072 8192 nyn 0.2 0.6
nvidia.nemotron-nano-3-30b 262144 8192 yyn 0.06 0.24
nvidia.nemotron-nano-9b-v2 131072 8192 nyn 0.06 0.23
nvidia.nemotron-super-3-120b 262144 131072 yyn 0.15 0.65
openai.gpt-oss-120b 131072 131072 yyn 0.15 0.6
openai.gpt-oss-120b-1:0 131072 128000 yyn 0.15 0.6
us-gov.openai.gpt-oss-120b-1:0 128000 16384 yyn 0.18 0.72
openai.gpt-oss-20b 131072 131072 yyn 0.07 0.3
openai.gpt-oss-20b-1:0 131072 128000 yyn 0.07 0.3
us-gov.openai.gpt-oss-20b-1:0 128000 16384 yyn 0.084 0.36
openai.gpt-oss-safeguard-120b 128000 16384 yyn 0.15 0.6
openai.gpt-oss-safeguard-20b 128000 16384 yyn 0.07 0.2
qwen.qwen3-235b-a22b-2507-v1:0 262144 131072 nyn 0.22 0.88
qwen.qwen3-32b-v1:0 32768 16384 yyn 0.15 0.6
qwen.qwen3-coder-30b-a3b-v1:0 262144 131072 nyn 0.15 0.6
qwen.qwen3-coder-480b-a35b-v1:0 131072 65536 nyn 0.45 1.8
qwen.qwen3-coder-next 262144 65536 nyn 0.5 1.2
qwen.qwen3-next-80b-a3b 262144 262000 nyn 0.15 1.2
qwen.qwen3-vl-235b-a22b 262144 262000 nyn 0.53 2.66
us.writer.palmyra-x4-v1:0 122880 8192 yyn 2.5 10
writer.palmyra-x4-v1:0 122880 8192 yyn 2.5 10
us.writer.palmyra-x5-v1:0 1040000 8192 yyn 0.6 6
writer.palmyra-x5-v1:0 1040000 8192 yyn 0.6 6
zai.glm-4.7 202752 131072 yyn 0.6 2.2
zai.glm-4.7-flash 202752 131072 yyn 0.07 0.4
zai.glm-5 202752 131072 yyn 1 3.2
`,
  },
  {
    source: '@pydantic/genai-prices 0.1.8 (MIT), AWS docs',
    asOf: '2026-09-23',
    rows: `
amazon.titan-text-express-v1 - - --n 0.2 0.6
amazon.titan-text-lite-v1 - - --n 0.15 0.2
google.gemma-3-12b-it 128000 8192 n-n 0.09 0.29
meta.llama3-70b-instruct-v1:0 8192 - --n 2.65 3.5
meta.llama3-8b-instruct-v1:0 8192 - --n 0.3 0.6
mistral.mistral-7b-instruct-v0:2 32000 - --n 0.15 0.2
mistral.mistral-small-2402-v1:0 32000 - --n 1 3
mistral.mixtral-8x7b-instruct-v0:1 32000 - --n 0.45 0.7
`,
  },
  {
    source: '@pydantic/genai-prices 0.1.8 (MIT), @oh-my-pi/pi-catalog 18.2.11 (MIT), AWS docs',
    asOf: '2026-09-23',
    rows: `
anthropic.claude-3-5-sonnet-20240620-v1:0 200000 8192 n-n 3 15 0.3 3.75
anthropic.claude-3-5-sonnet-20241022-v2:0 200000 8192 n-n 3 15 0.3 3.75
anthropic.claude-3-7-sonnet-20250219-v1:0 200000 - y-y 3 15 0.3 3.75
deepseek.r1-v1:0 128000 32768 ynn 1.35 5.4
google.gemma-3-27b-it 128000 8192 n-n 0.23 0.38
google.gemma-3-4b-it 128000 8192 n-n 0.04 0.08
`,
  },
  {
    source: '@pydantic/genai-prices 0.1.8 (MIT), @oh-my-pi/pi-catalog 18.2.11 (MIT)',
    asOf: '2026-09-23',
    rows: `
anthropic.claude-3-5-haiku-20241022-v1:0 200000 8192 n-y 0.8 4 0.08 1
anthropic.claude-3-haiku-20240307-v1:0 200000 4096 n-n 0.25 1.25
anthropic.claude-3-opus-20240229-v1:0 200000 4096 n-n 15 75
anthropic.claude-3-sonnet-20240229-v1:0 200000 4096 n-n 3 15 0.3 3.75
anthropic.claude-opus-4-20250514-v1:0 200000 32000 y-y 15 75 1.5 18.75
meta.llama3-2-11b-instruct-v1:0 128000 4096 n-n 0.16 0.16
meta.llama3-2-1b-instruct-v1:0 128000 4096 n-n 0.1 0.1
meta.llama3-2-3b-instruct-v1:0 128000 4096 n-n 0.15 0.15
meta.llama3-2-90b-instruct-v1:0 128000 4096 n-n 0.72 0.72
mistral.mistral-large-2402-v1:0 32000 4096 n-n 4 12
`,
  },
];
