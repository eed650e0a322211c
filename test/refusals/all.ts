import { CACHE_POINT_REFUSALS } from './cache-points.js';
import { CONTEXT_REFUSALS } from './context.js';
import { DOCUMENT_REFUSALS } from './documents.js';
import { IMAGE_REFUSALS } from './images.js';
import { MESSAGE_REFUSALS } from './messages.js';
import { PARAMETER_REFUSALS } from './parameters.js';
import { REASONING_REFUSALS } from './reasoning.js';
import type { Refusal } from './refusal.js';
import { OUTPUT_REFUSALS } from './structured-output.js';
import { TOOL_REFUSALS } from './tools.js';

/** What the service refuses of requests, by the file of this folder that has it. */
export const REFUSALS: Readonly<Record<string, readonly Refusal[]>> = {
  messages: MESSAGE_REFUSALS,
  tools: TOOL_REFUSALS,
  'cache-points': CACHE_POINT_REFUSALS,
  documents: DOCUMENT_REFUSALS,
  images: IMAGE_REFUSALS,
  parameters: PARAMETER_REFUSALS,
  reasoning: REASONING_REFUSALS,
  'structured-output': OUTPUT_REFUSALS,
  context: CONTEXT_REFUSALS,
};
