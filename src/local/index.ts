export type { LocalModel, LocalProfile, LocalRejection } from './account.js';
export { createLocalBedrock } from './bedrock.js';
export { encodeEvent, encodeFrame, type StreamEvent } from './frames.js';
export type { LocalGuardrail } from './guardrail.js';
export type { LocalBedrock, LocalBedrockOptions, ReceivedRequest } from './options.js';
export type {
  ScriptCitation,
  ScriptError,
  ScriptGuardrail,
  ScriptReasoning,
  ScriptRule,
  ScriptToolUse,
  TextMatch,
} from './script.js';
export { localTransport } from './transport.js';
