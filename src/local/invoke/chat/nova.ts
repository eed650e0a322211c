import type { Json } from '../../check/shape.js';
import { writeContent } from '../../conversation/answer.js';
import type { WireEvent } from '../../model/events.js';
import { checkBody, each, type Rule } from '../body-schema.js';
import { type ChunkWriter, definedOf, type Ending, type Family, inferenceConfig } from '../family.js';

const BODY: Rule = {
  required: ['messages'],
  members: {
    ...each('String', 'schemaVersion'),
    ...each(
      'JSONObject',
      'inferenceConfig toolConfig additionalModelRequestFields amazon-bedrock-guardrailConfig',
    ),
    system: { type: 'JSONArray' },
    messages: {
      type: 'JSONArray',
      minItems: 1,
      items: {
        type: 'JSONObject',
        required: ['role', 'content'],
        members: {
          role: { values: ['user', 'assistant'] },
          content: {
            type: 'JSONArray',
            items: {
              type: 'JSONObject',
              members: each(
                undefined,
                'text image video document audio toolUse toolResult cachePoint reasoningContent guardContent',
              ),
            },
          },
        },
      },
    },
  },
};

/** Amazon Nova, whose format is Converse's except for a few names. */
export const nova: Family = {
  read(body) {
    checkBody(body, BODY);
    const { messages, system, toolConfig, inferenceConfig: config = {}, additionalModelRequestFields } = body;
    const {
      maxTokens,
      max_new_tokens: older,
      stopSequences,
      temperature,
      topP,
      reasoningConfig,
    } = config as Json;
    const fields = {
      ...(additionalModelRequestFields as Json | undefined),
      ...definedOf({ reasoningConfig }),
    };
    return definedOf({
      messages,
      system,
      toolConfig,
      inferenceConfig: inferenceConfig(maxTokens ?? older, stopSequences, definedOf({ temperature, topP })),
      additionalModelRequestFields: Object.keys(fields).length === 0 ? undefined : fields,
    });
  },
  write: (blocks, facts) => ({
    output: { message: { content: writeContent(blocks), role: 'assistant' } },
    stopReason: facts.stopReason,
    usage: {
      inputTokens: facts.inputTokens,
      outputTokens: facts.outputTokens,
      totalTokens: facts.inputTokens + facts.cacheRead + facts.cacheWrite + facts.outputTokens,
      cacheReadInputTokenCount: facts.cacheRead,
      cacheWriteInputTokenCount: facts.cacheWrite,
    },
  }),
  stream: (_facts, ending) => writeEvents(ending),
  countsCache: () => true,
};

/** In recorded streams, every piece of text is a separate block. */
function writeEvents(ending: Ending): ChunkWriter {
  let index = 0;
  let isStopped = false;
  const stop = (): Json => ({ contentBlockStop: { contentBlockIndex: index++ } });
  return ({ type, payload }: WireEvent) => {
    const { contentBlockIndex: _ofConverse, ...members } = payload as Json;
    const isText = typeof (Object(members['delta']) as Json)['text'] === 'string';
    switch (type) {
      case 'contentBlockStart':
        isStopped = false;
        return [{ contentBlockStart: { ...members, contentBlockIndex: index } }];
      case 'contentBlockDelta': {
        const delta = { contentBlockDelta: { ...members, contentBlockIndex: index } };
        isStopped = isText;
        if (!isText) return [delta];
        return [delta, stop()];
      }
      case 'contentBlockStop':
        return isStopped ? [] : [stop()];
      case 'messageStop':
        return [{ messageStop: { stopReason: members['stopReason'] } }];
      case 'metadata': {
        const { inputTokens, outputTokens, cacheRead, cacheWrite } = ending;
        const usage = {
          inputTokens,
          outputTokens,
          cacheReadInputTokenCount: cacheRead,
          cacheWriteInputTokenCount: cacheWrite,
        };
        return [{ metadata: { usage, metrics: {}, trace: {} } }];
      }
      default:
        return [{ [type]: members }];
    }
  };
}
