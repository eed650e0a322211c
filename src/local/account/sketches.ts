import type { FoundationModelSummary } from '@aws-sdk/client-bedrock';
import { catalogData } from '../../catalog/data.js';

/** What the default account is told of a model. */
export interface Sketch {
  id: string;
  name: string;
  provider: string;
  input?: string[];
  output?: string[];
  streaming?: boolean;
  types: string[];
  legacy?: boolean;
  customizations?: FoundationModelSummary['customizationsSupported'];
  /** Inference profiles of it: geographic, global, or both. */
  profiles?: readonly ('geo' | 'global')[];
}

/** A few models of each kind, so that clients that filter have something to filter. They come first in lists. */
const SKETCHES: readonly Sketch[] = [
  {
    id: 'amazon.nova-lite-v1:0',
    name: 'Nova Lite',
    provider: 'Amazon',
    input: ['TEXT', 'IMAGE', 'VIDEO'],
    types: ['ON_DEMAND', 'INFERENCE_PROFILE'],
    profiles: ['geo'],
  },
  {
    id: 'amazon.nova-pro-v1:0',
    name: 'Nova Pro',
    provider: 'Amazon',
    input: ['TEXT', 'IMAGE', 'VIDEO'],
    types: ['ON_DEMAND', 'INFERENCE_PROFILE'],
    profiles: ['geo'],
  },
  {
    id: 'amazon.nova-lite-v1:0:24k',
    name: 'Nova Lite',
    provider: 'Amazon',
    input: ['TEXT', 'IMAGE', 'VIDEO'],
    types: ['PROVISIONED'],
  },
  {
    id: 'amazon.nova-canvas-v1:0',
    name: 'Nova Canvas',
    provider: 'Amazon',
    input: ['TEXT', 'IMAGE'],
    output: ['IMAGE'],
    streaming: false,
    types: ['ON_DEMAND', 'PROVISIONED'],
    customizations: ['FINE_TUNING'],
  },
  {
    id: 'amazon.titan-embed-text-v2:0',
    name: 'Titan Text Embeddings V2',
    provider: 'Amazon',
    output: ['EMBEDDING'],
    streaming: false,
    types: ['ON_DEMAND'],
  },
  {
    id: 'amazon.titan-embed-text-v1',
    name: 'Titan Embeddings G1 - Text',
    provider: 'Amazon',
    output: ['EMBEDDING'],
    streaming: false,
    types: ['ON_DEMAND'],
  },
  {
    id: 'amazon.titan-embed-image-v1',
    name: 'Titan Multimodal Embeddings G1',
    provider: 'Amazon',
    input: ['TEXT', 'IMAGE'],
    output: ['EMBEDDING'],
    streaming: false,
    types: ['ON_DEMAND'],
  },
  {
    id: 'amazon.nova-2-multimodal-embeddings-v1:0',
    name: 'Nova Multimodal Embeddings',
    provider: 'Amazon',
    input: ['TEXT', 'IMAGE', 'AUDIO', 'VIDEO'],
    output: ['EMBEDDING'],
    streaming: false,
    types: ['ON_DEMAND'],
  },
  {
    id: 'cohere.embed-english-v3',
    name: 'Embed English',
    provider: 'Cohere',
    output: ['EMBEDDING'],
    streaming: false,
    types: ['ON_DEMAND'],
  },
  {
    id: 'cohere.embed-multilingual-v3',
    name: 'Embed Multilingual',
    provider: 'Cohere',
    output: ['EMBEDDING'],
    streaming: false,
    types: ['ON_DEMAND'],
  },
  {
    id: 'cohere.embed-v4:0',
    name: 'Embed v4',
    provider: 'Cohere',
    input: ['TEXT', 'IMAGE'],
    output: ['EMBEDDING'],
    streaming: false,
    types: ['ON_DEMAND', 'INFERENCE_PROFILE'],
    profiles: ['geo', 'global'],
  },
  {
    id: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    name: 'Claude Sonnet 4.5',
    provider: 'Anthropic',
    input: ['TEXT', 'IMAGE'],
    types: ['INFERENCE_PROFILE'],
    profiles: ['geo', 'global'],
  },
  {
    id: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    name: 'Claude Haiku 4.5',
    provider: 'Anthropic',
    input: ['TEXT', 'IMAGE'],
    types: ['INFERENCE_PROFILE'],
    profiles: ['geo', 'global'],
  },
  {
    id: 'anthropic.claude-3-sonnet-20240229-v1:0',
    name: 'Claude 3 Sonnet',
    provider: 'Anthropic',
    input: ['TEXT', 'IMAGE'],
    types: ['ON_DEMAND'],
    legacy: true,
  },
  { id: 'meta.llama3-8b-instruct-v1:0', name: 'Llama 3 8B Instruct', provider: 'Meta', types: ['ON_DEMAND'] },
  {
    id: 'meta.llama3-3-70b-instruct-v1:0',
    name: 'Llama 3.3 70B Instruct',
    provider: 'Meta',
    types: ['INFERENCE_PROFILE'],
    profiles: ['geo'],
  },
  { id: 'openai.gpt-oss-120b-1:0', name: 'gpt-oss-120b', provider: 'OpenAI', types: ['ON_DEMAND'] },
  {
    id: 'cohere.rerank-v3-5:0',
    name: 'Rerank 3.5',
    provider: 'Cohere',
    streaming: false,
    types: ['ON_DEMAND'],
  },
  {
    id: 'amazon.rerank-v1:0',
    name: 'Rerank 1.0',
    provider: 'Amazon',
    streaming: false,
    types: ['ON_DEMAND'],
  },
];

/** A geography in the id of an inference profile. Source: Amazon Bedrock user guide, "Inference profiles", 2026-11-28. */
const GEOGRAPHY = /^(?:us-gov|us|eu|apac|jp|au|ca|in|amer|global)\.(?=[a-z\d]+\.)/;

const PROVIDERS: Readonly<Record<string, string>> = {
  ai21: 'AI21 Labs',
  deepseek: 'DeepSeek',
  minimax: 'MiniMax',
  mistral: 'Mistral AI',
  moonshot: 'Moonshot AI',
  moonshotai: 'Moonshot AI',
  nvidia: 'NVIDIA',
  openai: 'OpenAI',
  xai: 'xAI',
  zai: 'Z.AI',
};

// What ListFoundationModels said in us-east-1 in March 2026, and for newer models the model cards of the Amazon Bedrock user
// guide, 2026-11-28. A test compares with a recorded list.
const READS_IMAGES =
  /nova-(?:2-)?(?:lite|pro|premier)|claude-(?!3-5-haiku)|llama3-2-(?:11|90)b|llama4|pixtral|m[ai][gn]ist|mistral-large-3|nano-12b-v2|gemma|-vl-|kimi-k[23]\.\d|gpt-[56]|grok-4/;
const READS_VIDEO = /nova-(?:2-lite|premier)/;
const HEARS = /voxtral/;
const IS_LEGACY = /titan-text-express|claude-(?:3-5-sonnet|3-7-sonnet|3-opus|opus-4-2025)/;
/** Those that are called through a profile alone, though the catalog lists none of theirs. */
const NEEDS_PROFILE =
  /claude-(?:3-5-haiku|3-5-sonnet-20241022|3-7-sonnet|3-opus|opus-4-2025)|llama3-2-|deepseek\.r1/;
/** Those that are called directly too, though they have profiles. */
const IS_ON_DEMAND = /nova-micro|gpt-oss/;

let all: readonly Sketch[] | undefined;

/** Lists the models of the default account: a few of each kind, and all ids of the catalog. */
export function listSketches(): readonly Sketch[] {
  if (all !== undefined) return all;
  const known = new Set(SKETCHES.map(({ id }) => id));
  const profiles = new Map<string, Set<'geo' | 'global'>>();
  for (const { rows } of catalogData) {
    for (const row of rows.trim().split('\n')) {
      const listed = row.slice(0, row.indexOf(' '));
      const geography = GEOGRAPHY.exec(listed)?.[0];
      const id = listed.slice(geography?.length ?? 0);
      const kinds = profiles.get(id) ?? new Set();
      profiles.set(id, kinds);
      if (geography !== undefined) kinds.add(geography === 'global.' ? 'global' : 'geo');
    }
  }
  const more = [...profiles].filter(([id]) => !known.has(id)).map(([id, kinds]) => sketch(id, [...kinds]));
  all = [...SKETCHES, ...more];
  return all;
}

function sketch(id: string, profiles: ('geo' | 'global')[]): Sketch {
  const [provider = '', name = ''] = id.split(/\.(.*)/s);
  const ways = profiles.length === 0 && NEEDS_PROFILE.test(id) ? (['geo'] as const) : profiles;
  return {
    id,
    name: nameOf(name),
    provider: PROVIDERS[provider] ?? provider.charAt(0).toUpperCase() + provider.slice(1),
    input: [
      ...(HEARS.test(id) ? ['SPEECH'] : []),
      'TEXT',
      ...(READS_IMAGES.test(id) ? ['IMAGE'] : []),
      ...(READS_VIDEO.test(id) ? ['VIDEO'] : []),
    ],
    types: [
      ...(ways.length === 0 || IS_ON_DEMAND.test(id) ? ['ON_DEMAND'] : []),
      ...(ways.length > 0 ? ['INFERENCE_PROFILE'] : []),
    ],
    profiles: ways,
    legacy: IS_LEGACY.test(id),
  };
}

/** `claude-opus-4-7` is Claude Opus 4.7. */
function nameOf(id: string): string {
  return id
    .replace(/-v\d+(?::\d+)?$|:\d+$/, '')
    .replace(/(?<=-\d)-(?=\d\b)/g, '.')
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
