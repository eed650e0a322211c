/** Protocols that models of Bedrock may speak besides Converse: OpenAI's two, and Anthropic's Messages. */
export type SpokenProtocol = 'chat' | 'responses' | 'messages';

/** The host that serves a protocol. */
export type ProtocolHost = 'runtime' | 'mantle';

/** A geography in front of a model's id, as profiles have it. */
const GEOGRAPHY = /^(?:us|eu|apac|au|ca|in|jp|sa|us-gov|global)\./;

/** An id with a version, which bedrock-mantle does not know. */
const VERSIONED = /:\d+$/;

type Row = readonly [ids: RegExp, protocols: readonly SpokenProtocol[]];

/** Profiles on bedrock-runtime. Source: notebooks of aws-samples, run 2026-08-20 to 22; model cards of the user guide, 2026-09. */
const PROFILES: readonly Row[] = [
  [/^anthropic\.claude-(?:opus-4-[78]|[a-z]+-[5-9](?:-\d)?)$/, ['messages']],
  [/^(?:openai\.gpt-(?:5\.[6-9]|[6-9])|xai\.grok-4\.[6-9])/, ['chat', 'responses']],
];

/** Base ids on bedrock-runtime. Source: as above. */
const BASE_IDS: readonly Row[] = [
  [/^openai\.gpt-oss-(?:20|120)b-1:0$/, ['chat']],
  [
    /^(?:google\.gemma-3-|minimax\.|moonshotai?\.kimi-k2|nvidia\.nemotron-(?:nano-(?:9|12)b-v2|nano-3|super-3))/,
    ['chat'],
  ],
  [/^(?:deepseek\.v3(?:-v1:0|\.\d)|qwen\.qwen3-[\w-]{1,40}:\d|zai\.glm-(?:4\.\d(?:-flash)?|5))$/, ['chat']],
];

/** Names on bedrock-mantle that no model of Converse has. Source: as above. */
const MANTLE_NAMES: readonly Row[] = [
  [/^anthropic\.claude-(?:haiku-4-5|opus-4-[78]|[a-z]+-[5-9](?:-\d)?)$/, ['messages']],
  [/^openai\.gpt-5\.[45]$/, ['responses']],
  [/^openai\.gpt-oss-safeguard/, ['chat']],
  [/^(?:openai\.gpt-(?:oss|5\.[6-9]|[6-9])|google\.gemma-4|xai\.grok-4\.3)/, ['chat', 'responses']],
  [/^qwen\.qwen3-(?:32b|235b-a22b-2507|coder-(?:30b-a3b|480b-a35b))$/, ['chat']],
];

/**
 * Finds the host that serves a model in a protocol that the model speaks itself; undefined if none is known to. Ids that
 * bedrock-runtime knows lead there, because it asks for the same permissions as Converse; bedrock-mantle has its own.
 */
export function findProtocolHost(modelId: string, protocol: SpokenProtocol): ProtocolHost | undefined {
  const isProfile = GEOGRAPHY.test(modelId);
  const name = modelId.replace(GEOGRAPHY, '');
  if (speaks(isProfile ? PROFILES : BASE_IDS, name, protocol)) return 'runtime';
  if (isProfile || VERSIONED.test(modelId)) return undefined;
  return speaks(MANTLE_NAMES, name, protocol) ? 'mantle' : undefined;
}

function speaks(rows: readonly Row[], name: string, protocol: SpokenProtocol): boolean {
  return rows.find(([ids]) => ids.test(name))?.[1].includes(protocol) ?? false;
}

/** The version of Anthropic's API that every Claude on Bedrock accepts. */
const OLDEST_VERSION = '2023-06-01';

/** Claude 4.7 and later, which also accept versions after the oldest. Source: platform.claude.com, "Versions", 2026-11-28. */
const OF_NEWER_VERSIONS = /\bclaude-(?:opus-4-[7-9]|[a-z]+-[5-9])/;

/** The header `anthropic-version` for a model: the client's own if the model accepts it. */
export function versionFor(modelId: string, asked: string | null): string {
  return asked !== null && OF_NEWER_VERSIONS.test(modelId) ? asked : OLDEST_VERSION;
}

/** The host that an id belongs to by its form: bedrock-mantle knows bare names only. */
export function hostOf(modelId: string): ProtocolHost {
  return modelId.startsWith('arn:') || GEOGRAPHY.test(modelId) || VERSIONED.test(modelId)
    ? 'runtime'
    : 'mantle';
}
