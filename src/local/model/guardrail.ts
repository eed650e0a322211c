import type { Block, ConverseBody, GuardrailConfig } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import type { Answer } from '../conversation/answer.js';
import { invalid } from '../exception.js';

/** One of the account's guardrails. */
export interface LocalGuardrail {
  /** Lower-case letters and digits. Requests may name it by its ARN too. */
  id: string;
  /** A version that exists besides DRAFT. Default: `1`. */
  version?: string | undefined;
  /** Words that block a prompt or an answer that contains them; case does not matter. */
  blockedWords: readonly string[];
  /** What is answered instead. */
  blockedMessage: string;
}

/** The guardrails of the account unless it is given others. */
export const DEFAULT_GUARDRAILS: readonly LocalGuardrail[] = [
  {
    id: 'localguardrail',
    blockedWords: ['forbidden', 'classified', 'swordfish'],
    blockedMessage: 'Sorry, the guardrail of this local Bedrock does not let that through.',
  },
];

/** A guardrail's judgement of a prompt or an answer. */
export interface Assessment {
  matches: string[];
  json: Json;
}

/** A guardrail at work on one request. */
export interface GuardrailRun {
  /** The answer to give without calling the model, if the prompt is blocked. */
  blockedInput(): Answer | undefined;
  /** The answer as it may be sent. */
  screen(answer: Answer, streaming: boolean): Answer;
}

/**
 * Finds the guardrail that a request names.
 *
 * @throws ServiceException if it does not exist
 */
export function findGuardrail(
  guardrails: readonly LocalGuardrail[],
  config: GuardrailConfig,
): LocalGuardrail {
  const id = config.guardrailIdentifier?.replace(/^.*:guardrail\//, '');
  const found = guardrails.find((one) => one.id === id);
  const versions = ['DRAFT', found?.version ?? '1'];
  if (found === undefined || !versions.includes(config.guardrailVersion ?? '')) {
    throw invalid('The guardrail identifier or version provided in the request does not exist.');
  }
  return found;
}

/** Applies a guardrail to a request. */
export function runGuardrail(
  guardrail: LocalGuardrail,
  config: GuardrailConfig,
  body: ConverseBody,
): GuardrailRun {
  const full = config.trace === 'enabled_full';
  const traced = full || config.trace === 'enabled';
  const { guarded, total } = collectTexts(body);
  const input = assess(guardrail, guarded, total, full);

  function traceOf(reason: string, more: Json): { trace?: Json } {
    if (!traced) return {};
    return {
      trace: {
        guardrail: { actionReason: reason, inputAssessment: { [guardrail.id]: input.json }, ...more },
      },
    };
  }

  function blocked(reason: string, more: Json): Answer {
    return {
      blocks: [{ kind: 'text', text: guardrail.blockedMessage }],
      stopReason: 'guardrail_intervened',
      ...traceOf(reason, more),
    };
  }

  return {
    blockedInput() {
      if (input.matches.length === 0) return undefined;
      // The model was not called, so nothing was used.
      return {
        ...blocked('Guardrail blocked.', {}),
        usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
      };
    },
    screen(answer, streaming) {
      const texts = answer.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []));
      const output = assess(guardrail, texts, texts.join('').length, full);
      const more: Json = { outputAssessments: { [guardrail.id]: [output.json] } };
      if (output.matches.length === 0) return { ...answer, ...traceOf('No action.', more) };
      more['modelOutput'] = [texts.join('')];
      const reason = 'No action.\nGuardrail blocked.';
      if (!streaming || config.streamProcessingMode !== 'async') return blocked(reason, more);
      // In asynchronous mode the words are sent before the guardrail has seen them; nothing follows them.
      return {
        blocks: cutAfter(answer.blocks, output.matches),
        stopReason: 'guardrail_intervened',
        ...traceOf(reason, more),
      };
    },
  };
}

/** Collects the texts that the guardrail reads: those marked for it if there are any, else the whole conversation. */
function collectTexts({ system = [], messages = [] }: ConverseBody): { guarded: string[]; total: number } {
  const conversation = messages.flatMap((message) => message.content);
  const all = conversation.flatMap((block) => block.text ?? block.guardContent?.text?.text ?? []);
  const marked = [...system, ...conversation].flatMap(markedText);
  const anyMarked = conversation.some((block) => block.guardContent !== undefined);
  const total = [...all, ...system.flatMap(markedText)].join('').length;
  return { guarded: anyMarked ? marked : [...all, ...system.flatMap(markedText)], total };
}

function markedText({ guardContent }: Pick<Block, 'guardContent'>): string[] {
  const text = guardContent?.text;
  if (text === undefined) return [];
  const { qualifiers = [] } = text;
  return qualifiers.length === 0 || qualifiers.includes('guard_content') ? [text.text] : [];
}

function assess(
  guardrail: LocalGuardrail,
  texts: readonly string[],
  total: number,
  full: boolean,
): Assessment {
  const text = texts.join('\n').toLowerCase();
  const guarded = texts.join('').length;
  const matches = guardrail.blockedWords.filter((word) => text.includes(word.toLowerCase()));
  const customWords = guardrail.blockedWords.flatMap((match) => {
    if (matches.includes(match)) return [{ match, action: 'BLOCKED', detected: true }];
    return full ? [{ match, action: 'NONE', detected: false }] : [];
  });
  const units = guarded === 0 ? 0 : Math.ceil(guarded / 1000);
  return {
    matches,
    json: {
      ...(customWords.length === 0 ? {} : { wordPolicy: { customWords, managedWordLists: [] } }),
      invocationMetrics: {
        guardrailProcessingLatency: 1,
        guardrailCoverage: { textCharacters: { guarded, total } },
        usage: {
          topicPolicyUnits: 0,
          contentPolicyUnits: 0,
          wordPolicyUnits: units,
          sensitiveInformationPolicyUnits: 0,
          sensitiveInformationPolicyFreeUnits: 0,
          contextualGroundingPolicyUnits: 0,
          contentPolicyImageUnits: 0,
          automatedReasoningPolicyUnits: 0,
          automatedReasoningPolicies: 0,
        },
      },
    },
  };
}

/** Checks texts with the guardrail only. */
export function assessTexts(guardrail: LocalGuardrail, texts: readonly string[], full: boolean): Assessment {
  return assess(guardrail, texts, texts.join('').length, full);
}

/** Keeps the blocks up to the first of the words, that word included. */
function cutAfter(blocks: Answer['blocks'], words: readonly string[]): Answer['blocks'] {
  for (const [i, block] of blocks.entries()) {
    if (block.kind !== 'text') continue;
    const lower = block.text.toLowerCase();
    const ends = words.flatMap((word) => {
      const at = lower.indexOf(word.toLowerCase());
      return at < 0 ? [] : [at + word.length];
    });
    if (ends.length > 0) {
      return [...blocks.slice(0, i), { kind: 'text', text: block.text.slice(0, Math.min(...ends)) }];
    }
  }
  return blocks;
}
