import type { SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ModelQuirks } from '../types/model-quirks.js';
import type { Repair } from '../types.js';
import { GO_ON } from './ending.js';
import {
  type Body,
  type Change,
  changeAt,
  changeOf,
  omitCaching,
  omitField,
  omitRejected,
  valueAt,
} from './omit.js';
import {
  messagesOf,
  omitRedacted,
  omitSignatures,
  omitThoughts,
  omitUnsigned,
  unbindThoughts,
} from './thoughts.js';
import { describeRule, repairSchemaRoot } from './tools/schema.js';

/** A change to a body, and the words of the service that it is for. */
export interface Adapted extends Change {
  kind: Repair['kind'];
  /** What the service says about every such request, without places in this one. */
  words: string;
  /** True: the rejection depends on the other fields of the request, so it says nothing about the next request. */
  isOccasional: boolean;
}

type Row = readonly [
  says: RegExp,
  /** The name of the field to omit, or a function that makes another change. */
  change: string | ((body: Body, said: RegExpExecArray) => Change | undefined),
  /** Default: `rejected-field`. */
  kind?: Repair['kind'] | undefined,
  isOccasional?: true,
];

/** The one place that says what is done about which words; `test/repair/refusals.test.ts` has the recorded sentences. */
const ROWS: readonly Row[] = [
  [
    /^messages\.\d+\.content\.\d+: Invalid `signature` in `thinking` block\. The block is bound to a different/,
    unbindThoughts,
    'reasoning',
  ],
  [
    /^messages\.\d+\.content\.\d+: (?:Invalid `signature` in `thinking` block|`thinking` or `redacted_thinking` blocks in the latest)/,
    (body) => omitThoughts(body),
    'reasoning',
  ],
  [/^messages\.\d+\.content\.\d+\.thinking\.signature: Field required/, omitUnsigned, 'reasoning'],
  [/^User messages cannot contain reasoning content/, (body) => omitThoughts(body), 'reasoning'],
  [
    /^This model doesn't support the reasoningContent\.reasoningText\.signature field/,
    omitSignatures,
    'reasoning',
  ],
  [/^This model doesn't support the reasoningContent\.redactedContent field/, omitRedacted, 'reasoning'],
  [/^This model does not support assistant message prefill/, goOn, 'last-role'],
  [/^This model doesn't support system messages/, moveSystem],
  [/^tool_choice: type "tool" and "any" are not supported/, 'toolChoice'],
  [/^tools\.\d+\.custom\.strict: Extra inputs are not/, omitStrict],
  [
    /^tools\.\d+\.custom\.input_schema: input_schema does not support oneOf/,
    (body) => changeRoots(body, 'noUnion'),
    'tool-config',
  ],
  [
    /^Malformed input request: #\/toolConfig\/tools\/\d+\/toolSpec\/inputSchema\/json: extraneous key/,
    (body) => changeRoots(body, 'bare'),
    'tool-config',
  ],
  [/^"thinking\.type\.enabled" is not supported/, thinkAdaptively],
  [/^"thinking\.type\.(?:disabled|between_tools)" is not supported/, 'thinking'],
  [/^output_config\.effort: Input should be ([\w', ]+)/, lowerEffort],
  [
    /^(?:You invoked an unsupported model or your request|Extended TTL)/,
    (body, { 0: words }) => omitCaching(body, words),
  ],
  [
    /^messages[\w.]+: Expected [\w` ,]+\. When `(thinking)` is enabled, a final/,
    omitRejected,
    undefined,
    true,
  ],
  [/^Thinking may not be enabled when (tool_choice) forces/, omitRejected, undefined, true],
  [/^[`'](\w+)[`'] may only be set/, omitRejected, undefined, true],
  [/^`(\w+)` and `(\w+)` cannot both/, omitRejected],
  [/^This model doesn't support the ([\w.]+) field(?: for user messages)?\. Remove/, omitRejected],
  [/^invalid beta flag/, 'anthropic_beta'],
  [/^Malformed input request: the provided reasoning config/, 'reasoningConfig'],
  [/^Malformed input request: (?:#[\w/]*: )?extraneous key \[(\w+)\]/, omitRejected],
  [/^(?:Validation Error: \d+ validation errors? for \w+ )?([\w.]+):? +Extra inputs are not/, omitRejected],
  [
    /^\{(?:"error":\{)?(?:"\w+":"\w*",)*"message":"Invalid 'max_output_tokens': [\w ]+\. Expected a value >= (\d+)/,
    raiseMaxTokens,
  ],
  [
    /^(?:\{(?:"error":\{)?(?:"\w+":"\w*",)*"message":")?(?:Unknown parameter: |Failed to deserialize [\w ]+: unknown variant )['`]([\w.]+)/,
    omitRejected,
  ],
  [
    /^(?:Unsupported \w+: )?[`'](\w+)[`'] (?:is deprecated for|is not supported with|does not support)/,
    omitRejected,
  ],
];

/** What may be in front of the words. */
const FRONT = /^(?:The model returned the following errors: )?/;

/**
 * Makes the change that an error calls for; undefined if nothing is known about it, or nothing in the body fits. A message has
 * to begin with the words: further inside, it may repeat what a user of the program wrote.
 */
export function changeFor(body: Body, reason: string): Adapted | undefined {
  const [front = ''] = FRONT.exec(reason) ?? [];
  const rest = reason.slice(front.length);
  for (const [says, change, kind = 'rejected-field', isOccasional = false] of ROWS) {
    const said = says.exec(rest);
    if (said === null) continue;
    const made = typeof change === 'string' ? omitField(body, change) : change(body, said);
    const words = front + said[0].replace(/\b(messages|tools|content)([./])\d+/g, '$1$20');
    return made && { ...made, kind, words, isOccasional };
  }
  return undefined;
}

function goOn(body: Body): Change | undefined {
  const messages = messagesOf(body);
  if (messages.at(-1)?.role !== 'assistant') return undefined;
  return {
    path: `messages.${messages.length}`,
    after: GO_ON,
    body: { ...body, messages: [...messages, { role: 'user', content: [{ text: GO_ON }] }] },
  };
}

/**
 * Puts the system prompt at the start of the first user message. One with `guardContent` stays where it is: once a message has any,
 * the guardrail checks nothing else.
 */
function moveSystem({ system = [], ...rest }: Body): Change | undefined {
  const [first, ...others] = messagesOf(rest);
  const blocks = (system as SystemContentBlock[]).filter((block) => !block.cachePoint);
  if (first?.role !== 'user' || !blocks.length || !blocks.every(({ text }) => text)) return undefined;
  const message = { ...first, content: [...blocks, ...(first.content ?? [])] };
  return { path: 'system', after: 'messages.0', body: { ...rest, messages: [message, ...others] } };
}

const THINKING = 'additionalModelRequestFields.thinking.';
const EFFORT = 'additionalModelRequestFields.output_config.effort';
const MAX_TOKENS = 'inferenceConfig.maxTokens';

/** Adaptive thinking instead of a budget; the model decides how much it thinks. */
function thinkAdaptively(body: Body): Change | undefined {
  if (valueAt(body, `${THINKING}type`) !== 'enabled') return undefined;
  return changeAt(changeAt(body, `${THINKING}budget_tokens`)?.body ?? body, `${THINKING}type`, 'adaptive');
}

/** Raises `maxTokens` to the model's minimum: clients that only test whether a model answers ask for a single token. */
function raiseMaxTokens(body: Body, { 1: least }: RegExpExecArray): Change | undefined {
  return Number(valueAt(body, MAX_TOKENS)) < Number(least)
    ? changeAt(body, MAX_TOKENS, Number(least))
    : undefined;
}

/** The next effort below the rejected one. */
function lowerEffort(body: Body, { 1: accepted = '' }: RegExpExecArray): Change | undefined {
  const efforts = ['max', 'xhigh', 'high', 'medium', 'low'];
  const at = efforts.indexOf(valueAt(body, EFFORT) as string);
  const effort = efforts.find((one, i) => i > at && accepted.includes(`'${one}'`));
  return at < 0 || !effort ? undefined : changeAt(body, EFFORT, effort);
}

type ToolSpec = { strict?: boolean; description?: string; inputSchema?: { json?: Body } };

function omitStrict(body: Body): Change | undefined {
  return changeTools(body, 'strict', ({ strict, ...spec }) => (strict === undefined ? undefined : spec));
}

function changeRoots(body: Body, kind: ModelQuirks['schemaRoot']): Change | undefined {
  return changeTools(body, 'inputSchema.json', (spec) => {
    const given = spec.inputSchema?.json ?? {};
    const { schema, rule } = repairSchemaRoot(given, kind);
    if (schema === given) return undefined;
    const described = rule && { description: describeRule(spec.description, rule) };
    return { ...spec, ...described, inputSchema: { json: schema } };
  });
}

function changeTools(
  body: Body,
  member: string,
  change: (spec: ToolSpec) => ToolSpec | undefined,
): Change | undefined {
  const config: Body = Object(body['toolConfig']);
  const paths: string[] = [];
  const tools = ([config['tools'] ?? []].flat() as { toolSpec?: ToolSpec }[]).map((tool, i) => {
    const toolSpec = tool?.toolSpec && change(tool.toolSpec);
    if (toolSpec === undefined) return tool;
    paths.push(`toolConfig.tools.${i}.toolSpec.${member}`);
    return { toolSpec };
  });
  return changeOf(paths, { ...body, toolConfig: { ...config, tools } });
}
