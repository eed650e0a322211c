import type { Json } from '../check/shape.js';
import type { AnswerBlock } from '../conversation/answer.js';
import { checkBody, each, type Rule } from './body-schema.js';
import {
  type AnswerFacts,
  type ChunkWriter,
  definedOf,
  type Ending,
  type Family,
  inferenceConfig,
  joinText,
  makeUuid,
  samplingFields,
  textOf,
} from './family.js';

// Families whose request has a prompt: one text, in which markers of the model separate the turns.

/** How a family says why an answer ended. */
interface Reasons {
  end: string;
  length: string;
}

interface PromptFamily {
  schema: Rule;
  /** Member that holds the prompt. */
  prompt: string;
  maxTokens(body: Json): unknown;
  stops(body: Json): unknown;
  reasons: Reasons;
  write(text: string, reason: string, facts: AnswerFacts): Json;
  /** A chunk of text; only the last one has a stop reason. */
  chunk(text: string, reason: string | null, place: Place): Json;
}

/** The position of a chunk in its stream. */
interface Place {
  isFirst: boolean;
  facts: AnswerFacts;
  /** Tokens of the answer so far. */
  tokens: number;
}

function createPromptFamily(family: PromptFamily): Family {
  const reasonOf = (stopReason: string): string =>
    stopReason === 'max_tokens' ? family.reasons.length : family.reasons.end;
  return {
    read(body) {
      checkBody(body, family.schema);
      const { before, last } = splitPrompt(String(body[family.prompt]));
      return definedOf({
        messages: [{ role: 'user', content: [{ text: last }] }],
        system: before === '' ? undefined : [{ text: before }],
        inferenceConfig: inferenceConfig(family.maxTokens(body), family.stops(body)),
        additionalModelRequestFields: samplingFields({ ...body, ...Object(body['textGenerationConfig']) }),
      });
    },
    write: (blocks: readonly AnswerBlock[], facts: AnswerFacts) =>
      family.write(joinText(blocks), reasonOf(facts.stopReason), facts),
    stream: (facts: AnswerFacts, ending: Ending): ChunkWriter => {
      let isFirst = true;
      let tokens = 0;
      const write = (text: string, reason: string | null): Json[] => {
        const chunk = family.chunk(text, reason, { isFirst, facts, tokens });
        isFirst = false;
        return [chunk];
      };
      return (event) => {
        if (event.type === 'metadata') {
          tokens = ending.outputTokens;
          return write('', reasonOf(ending.stopReason));
        }
        const text = textOf(event);
        if (text === undefined) return [];
        tokens += Math.max(1, event.tokens);
        return write(text, null);
      };
    },
  };
}

/** Markers before and after the user's last words. Source: prompt formats of the models, 2026-11-28. */
const MARKS: readonly (readonly [start: string, end: string])[] = [
  ['<|start_header_id|>user<|end_header_id|>', '<|eot_id|>'],
  ['<|header_start|>user<|header_end|>', '<|eot|>'],
  ['[INST]', '[/INST]'],
  ['\n\nHuman:', '\n\nAssistant:'],
  ['<｜User｜>', '<｜Assistant｜>'],
  ['User:', '\nBot:'],
];

/** Finds the user's last words in a prompt; without markers, that is the whole prompt. */
function splitPrompt(prompt: string): { before: string; last: string } {
  for (const [start, end] of MARKS) {
    const at = prompt.lastIndexOf(start);
    if (at < 0) continue;
    const from = at + start.length;
    const to = prompt.indexOf(end, from);
    const last = prompt.slice(from, to < 0 ? prompt.length : to).trim();
    if (last !== '') return { before: prompt.slice(0, at), last };
  }
  return { before: '', last: prompt };
}

const prompt: Rule = { type: 'String', minLength: 1 };
const stopList: Rule = { type: 'JSONArray', items: { type: 'String' } };

/** Amazon Titan Text. */
export const titanText = createPromptFamily({
  schema: {
    required: ['inputText'],
    members: {
      inputText: prompt,
      textGenerationConfig: {
        type: 'JSONObject',
        members: {
          ...each('Number', 'temperature topP'),
          maxTokenCount: { type: 'Integer', min: 0 },
          stopSequences: stopList,
        },
      },
    },
  },
  prompt: 'inputText',
  // 0 means the model's own limit.
  maxTokens: (body) => (Object(body['textGenerationConfig']) as Json)['maxTokenCount'] || undefined,
  stops: (body) => (Object(body['textGenerationConfig']) as Json)['stopSequences'],
  reasons: { end: 'FINISH', length: 'LENGTH' },
  write: (outputText, completionReason, { inputTokens, outputTokens }) => ({
    inputTextTokenCount: inputTokens,
    results: [{ tokenCount: outputTokens, outputText, completionReason }],
  }),
  chunk: (outputText, completionReason, { isFirst, facts, tokens }) => ({
    outputText,
    index: 0,
    totalOutputTextTokenCount: completionReason === null ? null : tokens,
    completionReason,
    inputTextTokenCount: isFirst ? facts.inputTokens : null,
  }),
});

/** Meta Llama. */
export const llama = createPromptFamily({
  schema: {
    required: ['prompt'],
    members: {
      prompt,
      ...each('Number', 'temperature top_p'),
      // Recorded as "#/max_gen_len: 8192 is not less or equal to 2048" with Llama 3.
      max_gen_len: { type: 'Integer', min: 1, max: 8192 },
      images: stopList,
    },
  },
  prompt: 'prompt',
  maxTokens: (body) => body['max_gen_len'],
  stops: () => undefined,
  reasons: { end: 'stop', length: 'length' },
  write: (generation, stop_reason, { inputTokens, outputTokens }) => ({
    generation,
    prompt_token_count: inputTokens,
    generation_token_count: outputTokens,
    stop_reason,
  }),
  chunk: (generation, stop_reason, { isFirst, facts, tokens }) => ({
    generation,
    prompt_token_count: isFirst ? facts.inputTokens : null,
    generation_token_count: tokens,
    stop_reason,
  }),
});

/** Mistral 7B, Mixtral, and Mistral Small and Large of February 2024. */
export const mistralText = createPromptFamily({
  schema: {
    required: ['prompt'],
    members: {
      prompt,
      ...each('Number', 'temperature top_p top_k'),
      max_tokens: { type: 'Integer', min: 1 },
      stop: stopList,
    },
  },
  prompt: 'prompt',
  maxTokens: (body) => body['max_tokens'],
  stops: (body) => body['stop'],
  reasons: { end: 'stop', length: 'length' },
  write: (text, stop_reason) => ({ outputs: [{ text, stop_reason }] }),
  chunk: (text, stop_reason) => ({ outputs: [{ text, stop_reason }] }),
});

/** DeepSeek R1. */
export const deepSeek = createPromptFamily({
  schema: {
    required: ['prompt'],
    members: {
      prompt,
      ...each('Number', 'temperature top_p'),
      max_tokens: { type: 'Integer', min: 1 },
      stop: stopList,
    },
  },
  prompt: 'prompt',
  maxTokens: (body) => body['max_tokens'],
  stops: (body) => body['stop'],
  reasons: { end: 'stop', length: 'length' },
  write: (text, stop_reason) => ({ choices: [{ text, stop_reason }] }),
  chunk: (text, stop_reason) => ({ choices: [{ text, stop_reason }] }),
});

/** Claude 2 and Claude Instant. */
export const claudeText = createPromptFamily({
  schema: {
    required: ['max_tokens_to_sample', 'prompt'],
    members: {
      prompt,
      ...each('Number', 'temperature top_p top_k'),
      ...each('String', 'anthropic_version'),
      max_tokens_to_sample: { type: 'Integer', min: 1 },
      stop_sequences: stopList,
    },
  },
  prompt: 'prompt',
  maxTokens: (body) => body['max_tokens_to_sample'],
  stops: (body) => body['stop_sequences'],
  reasons: { end: 'stop_sequence', length: 'max_tokens' },
  write: (completion, stop_reason) => ({
    type: 'completion',
    completion,
    stop_reason,
    stop: stopOf(stop_reason),
  }),
  chunk: (completion, stop_reason) => ({
    type: 'completion',
    completion,
    stop_reason,
    stop: stopOf(stop_reason),
  }),
});

/** The marker of the next turn ends a complete answer. */
function stopOf(reason: string | null): string | null {
  return reason === 'stop_sequence' ? '\n\nHuman:' : null;
}

/** Cohere Command, before Command R. */
export const command = createPromptFamily({
  schema: {
    required: ['prompt'],
    members: {
      prompt,
      ...each('Number', 'temperature p k'),
      ...each('Boolean', 'stream'),
      ...each('String', 'return_likelihoods truncate'),
      ...each('JSONObject', 'logit_bias'),
      max_tokens: { type: 'Integer', min: 1 },
      num_generations: { type: 'Integer', min: 1, max: 5 },
      stop_sequences: stopList,
    },
  },
  prompt: 'prompt',
  maxTokens: (body) => body['max_tokens'],
  stops: (body) => body['stop_sequences'],
  reasons: { end: 'COMPLETE', length: 'MAX_TOKENS' },
  write: (text, finish_reason, { body, roll }) => {
    const { prompt: given, num_generations: count = 1 } = body;
    const generations = Array.from({ length: Number(count) }, () => ({
      finish_reason,
      id: makeUuid(roll),
      text,
    }));
    return { generations, id: makeUuid(roll), prompt: given };
  },
  chunk: (text, finish_reason) =>
    finish_reason === null ? { is_finished: false, text } : { finish_reason, is_finished: true },
});
