import { createCatalog } from '../../src/local/account/catalog.js';
import { checkContext } from '../../src/local/check/context.js';
import { parseBody } from '../../src/local/check/parse-body.js';
import { CONVERSE, type ConverseBody } from '../../src/local/check/request-shape.js';
import { type Json, readShape } from '../../src/local/check/shape.js';
import { validateConverse } from '../../src/local/check/validate.js';
import { countInputTokens } from '../../src/local/conversation/tokens.js';
import type { Refusal } from './refusal.js';

/** A place in the sources. */
export interface Place {
  /** Below `src/local/`, without its ending. */
  file: string;
  line: number;
}

/** Where the local Bedrock throws what it says to a request: the places in its checks that lead there, the innermost first. */
export function findThrow({ body, modelId, model, only }: Refusal): Place[] {
  try {
    const local = { modelId, responseStreamingSupported: true, ...model };
    const json = parseBody(new TextEncoder().encode(JSON.stringify(body)));
    const read = readShape(json, CONVERSE) as ConverseBody;
    const resolved = createCatalog('us-east-1', [local], []).resolve(modelId);
    validateConverse(read, resolved, only === 'converse-stream', json as Json);
    checkContext(read, resolved.model, countInputTokens(read));
  } catch (error) {
    const frames = String((error as Error).stack).matchAll(
      /src\/local\/(check\/[\w/-]+)\.ts[^\s)]*?:(\d+):\d+/g,
    );
    return [...frames].map(([, file = '', line]) => ({ file, line: Number(line) }));
  }
  return [];
}
