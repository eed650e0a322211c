import type { ModelQuirks } from '../types/model-quirks.js';

/** What a family is known to do, and who says so. */
export interface QuirkRow {
  /** Finds the family in `familyWords()` of a model. */
  readonly family: RegExp;
  readonly quirks: ModelQuirks;
  /** Short names of the sources, with a space between them, as `sourcesOf()` reads them. */
  readonly source: string;
  /** When the source was published, or read if it has no date; the latest one, if there are several. */
  readonly asOf: string;
}

/** Writes a row on few lines. */
export function row(family: RegExp, quirks: ModelQuirks, source: string, asOf: string): QuirkRow {
  return { family, quirks, source, asOf };
}

/** Names the sources of a row in full. */
export function sourcesOf({ source, asOf }: QuirkRow): string {
  const names = source.split(' ').map((name) => {
    const [place = '', page = ''] = name.split(':');
    const url = PLACES[place] ?? `https://github.com/${place.replace('#', '/issues/')}`;
    return page === '' ? url : `${url}${page}.html`;
  });
  return `${names.join('; ')} (${asOf})`;
}

const PLACES: Readonly<Record<string, string>> = {
  guide: 'https://docs.aws.amazon.com/bedrock/latest/userguide/',
  api: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_',
  nova: 'https://docs.aws.amazon.com/nova/latest/',
  claude: 'https://platform.claude.com/docs/en/models/haiku-5-5/migration-guide',
  pi: '@earendil-works/pi-ai 1.6.0 (MIT)',
  'ai-sdk': '@ai-sdk/amazon-bedrock 5.0.101 (Apache-2.0)',
  langchain: 'langchain-aws 1.7.3 (MIT)',
  // Requests to the service, with its answers.
  probes: 'https://github.com/stdapi-ai/stdapi.ai (tests/probes/results)',
  notebooks: 'https://github.com/aws-samples/sample-per-model-bedrock',
  pydantic: 'https://github.com/pydantic/pydantic-ai (providers/bedrock.py)',
  bifrost: 'https://github.com/maximhq/bifrost (core/providers/bedrock)',
};
