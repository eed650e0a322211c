import { bytes } from './bytes.js';
import { CALL_OPTIONS, guardrailConfig } from './call-options.js';
import { meantMember, meantOption } from './meant.js';
import { nearest } from './nearest.js';
import { amount, object, type Read, text, whole } from './read.js';
import { conversationMembers } from './request-blocks.js';
import { prompt } from './request-values.js';
import { block, list, record, struct, union } from './shape.js';

/** The checks for requests. */
interface Forms {
  /** A request of Converse or ConverseStream. */
  converse: Read;
  /** A request of CountTokens, or one of Converse. */
  count: Read;
}

let forms: Forms | undefined;

/** Builds the forms when the first request is read, so that importing stays fast. */
export function requestForms(): Forms {
  return (forms ??= makeForms());
}

function makeForms(): Forms {
  const conversation = { prompt, ...conversationMembers() };
  const strings = list(text);
  const request = {
    modelId: text,
    ...conversation,
    inferenceConfig: struct({ maxTokens: whole, temperature: amount, topP: amount, stopSequences: strings }),
    guardrailConfig,
    promptVariables: record(block(union({ text }))),
    additionalModelResponseFieldPaths: strings,
    requestMetadata: record(text),
    performanceConfig: struct({ latency: text }),
    serviceTier: struct({ type: text }),
    outputConfig: object,
  };
  const input = union({ converse: form(conversation), invokeModel: struct({ body: bytes }) });
  return { converse: form(request), count: form({ ...request, input }) };
}

function form(members: Record<string, Read>): Read {
  return struct(members, undefined, {
    wanted: '{ modelId, prompt: "…" } or { modelId, messages: [{ role: "user", content: "…" }] }',
    nullable: 'guardrailConfig',
    meant: (name) => meantHere(name, Object.keys(members)),
    // With `apiKey: process.env.KEY` and the variable unset, the credentials of the environment would pay. A guardrail
    // is an option and a member alike.
    isMisplaced: (name) => name !== 'guardrailConfig' && optionOf(name) !== undefined,
  });
}

function optionOf(name: string): string | undefined {
  return Object.hasOwn(CALL_OPTIONS, name) ? name : meantOption(name);
}

/** What an unknown name probably means. One wrong letter is a typo; with two it may be a new name from AWS. */
function meantHere(name: string, known: readonly string[]): string | undefined {
  const option = optionOf(name);
  return option === undefined
    ? (meantMember(name) ?? nearest(name, known, 1))
    : `${option} in the options, the second argument`;
}
