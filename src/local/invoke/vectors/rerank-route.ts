import type { Catalog } from '../../account/catalog.js';
import { readShape, type Shape, type ValueOf } from '../../check/shape.js';
import { invalid, ServiceException } from '../../exception.js';
import { rankDocuments, textOfDocument } from './rerank.js';

const text = { kind: 'string' } as const;

/** Source: botocore 1.43.67, bedrock-agent-runtime, RerankRequest, 2026-08. */
const RERANK = {
  kind: 'struct',
  required: ['queries', 'sources', 'rerankingConfiguration'],
  members: {
    queries: {
      kind: 'list',
      min: 1,
      max: 1,
      of: {
        kind: 'struct',
        required: ['type', 'textQuery'],
        members: {
          type: { kind: 'string', values: ['TEXT'] },
          textQuery: {
            kind: 'struct',
            required: [],
            members: { text: { kind: 'string', min: 1, max: 32_000 } },
          },
        },
      },
    },
    sources: {
      kind: 'list',
      min: 1,
      max: 1000,
      of: {
        kind: 'struct',
        required: ['type', 'inlineDocumentSource'],
        members: {
          type: { kind: 'string', values: ['INLINE'] },
          inlineDocumentSource: {
            kind: 'struct',
            required: ['type'],
            members: {
              type: { kind: 'string', values: ['TEXT', 'JSON'] },
              textDocument: {
                kind: 'struct',
                required: [],
                members: { text: { kind: 'string', min: 1, max: 32_000 } },
              },
              jsonDocument: { kind: 'any' },
            },
          },
        },
      },
    },
    rerankingConfiguration: {
      kind: 'struct',
      required: ['type', 'bedrockRerankingConfiguration'],
      members: {
        type: { kind: 'string', values: ['BEDROCK_RERANKING_MODEL'] },
        bedrockRerankingConfiguration: {
          kind: 'struct',
          required: ['modelConfiguration'],
          members: {
            modelConfiguration: { kind: 'struct', required: ['modelArn'], members: { modelArn: text } },
            numberOfResults: { kind: 'number', integer: true, min: 1, max: 1000 },
          },
        },
      },
    },
    nextToken: text,
  },
} as const satisfies Shape;

/** The default number of results. Source: a report from the field; the API reference does not say. */
const DEFAULT_RESULTS = 5;

/** Rerank: the best documents first. */
export function rerank(catalog: Catalog, json: unknown): object {
  const { queries, sources, rerankingConfiguration } = readShape(json, RERANK) as ValueOf<typeof RERANK>;
  const { modelConfiguration, numberOfResults } = rerankingConfiguration.bedrockRerankingConfiguration;
  const { modelArn } = modelConfiguration;
  // Passing an id instead of the ARN is a common mistake.
  if (!modelArn.startsWith('arn:')) {
    throw invalid(
      `The model ARN ${modelArn.slice(0, 200)} is invalid. Provide the ARN of a reranking model.`,
    );
  }
  const { model } = catalog.find(modelArn);
  if (!model.modelId.includes('rerank')) {
    throw new ServiceException(
      'ResourceNotFoundException',
      `The model ${model.modelId} is not a reranking model.`,
    );
  }
  if (numberOfResults !== undefined && numberOfResults > sources.length) {
    // Recorded by https://github.com/langchain-ai/langchain-aws/issues/761 (2025-11-13).
    throw invalid('Cannot provide numberOfResults value that exceeds the number of sources.');
  }
  const documents = sources.map(({ inlineDocumentSource: { textDocument, jsonDocument } }) =>
    textOfDocument(textDocument?.text ?? jsonDocument ?? ''),
  );
  const ranked = rankDocuments(queries[0]?.textQuery.text ?? '', documents);
  return {
    results: ranked
      .slice(0, numberOfResults ?? DEFAULT_RESULTS)
      .map(({ index, score }) => ({ index, relevanceScore: score })),
  };
}
