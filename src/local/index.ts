export { encodeFrame } from '../wire/encode-frame.js';
export type { LocalModel, LocalProfile, LocalRejection } from './account/account.js';
export { createLocalBedrock } from './bedrock.js';
export { encodeEvent, type StreamEvent } from './http/frames.js';
export type { LocalGuardrail } from './model/guardrail.js';
export type { LocalBedrock, LocalBedrockOptions, ReceivedRequest } from './options.js';
export type {
  ScriptCitation,
  ScriptError,
  ScriptGuardrail,
  ScriptReasoning,
  ScriptRule,
  ScriptToolUse,
  TextMatch,
} from './script/script.js';
export { localTransport } from './transport.js';
export type { LocalUpstream } from './upstream/target.js';
