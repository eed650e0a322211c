import { decodePathPart } from '../fields.js';

/** What Bedrock's own paths below `/model/{id}/` do. */
export type ModelOperation =
  | 'converse'
  | 'converse-stream'
  | 'invoke'
  | 'invoke-with-response-stream'
  | 'count-tokens';

const OPERATIONS: ReadonlySet<string> = new Set<ModelOperation>([
  'converse',
  'converse-stream',
  'invoke',
  'invoke-with-response-stream',
  'count-tokens',
]);

/** A path about a model. */
export interface ModelPath {
  operation: ModelOperation;
  /** Id, ARN or alias, decoded. */
  model: string;
}

/** Reads a path; undefined if it is not about a model. An ARN may contain a plain `/`, so a name takes everything in between. */
export function readModelPath(path: string): ModelPath | undefined {
  const end = path.lastIndexOf('/');
  const operation = path.slice(end + 1);
  const before = '/model/';
  if (!path.startsWith(before) || end <= before.length || !OPERATIONS.has(operation)) return undefined;
  return { operation: operation as ModelOperation, model: decodePathPart(path.slice(before.length, end)) };
}

/** Whether a path is one of Bedrock's own, whose errors have AWS's form. */
export function isAwsPath(path: string): boolean {
  return path.startsWith('/model/') || path.startsWith('/inference-profiles');
}
