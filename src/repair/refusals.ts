import type { ModelQuirks } from '../types/model-quirks.js';
import type { Repair } from '../types.js';
import { GO_ON } from './ending.js';
import { type Body, type Change, omitCaching, omitField, omitRejected } from './omit.js';
import { omitRedacted, omitSignatures, omitThoughts, omitUnsigned, unbindThoughts } from './thoughts.js';
import { describeRule, repairSchemaRoot } from './tools/schema.js';

/** A change to a body, and the words of the service that it is for. */
export interface Adapted extends Change {
  kind: Repair['kind'];
  after?: string;
  /** What the service says about every such request, without places in this one. */
  words: string;
  /** True: the rejection depends on the other fields of the request, so it says nothing about the next request. */
  isOccasional: boolean;
}

interface Refusal {
  says: RegExp;
  change(body: Body, said: RegExpExecArray): (Change & { after?: string }) | undefined;
  /** Default: `rejected-field`. */
  kind?: Repair['kind'];
  isOccasional?: true;
}

/** The one place that says what is done about which words; `test/repair/refusals.test.ts` has the recorded sentences. */
const REFUSALS: readonly Refusal[] = [
  {
    says: /^messages\.\d+\.content\.\d+: Invalid `signature` in `thinking` block\. The block is bound to a different/,
    change: unbindThoughts,
    kind: 'reasoning',
  },
  {
    says: /^messages\.\d+\.content\.\d+: (?:Invalid `signature` in `thinking` block|`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified)/,
    change: (body) => omitThoughts(body),
    kind: 'reasoning',
  },
  {
    says: /^messages\.\d+\.content\.\d+\.thinking\.signature: Field required/,
    change: omitUnsigned,
    kind: 'reasoning',
  },
  {
    says: /^User messages cannot contain reasoning content/,
    change: (body) => omitThoughts(body),
    kind: 'reasoning',
  },
  {
    says: /^This model doesn't support the reasoningContent\.reasoningText\.signature field/,
    change: omitSignatures,
    kind: 'reasoning',
  },
  {
    says: /^This model doesn't support the reasoningContent\.redactedContent field/,
    change: omitRedacted,
    kind: 'reasoning',
  },
  { says: /^This model does not support assistant message prefill/, change: goOn, kind: 'last-role' },
  {
    says: /^tool_choice: type "tool" and "any" are not supported/,
    change: (body) => omitField(body, 'toolChoice'),
  },
  { says: /^tools\.\d+\.custom\.strict: Extra inputs are not/, change: omitStrict },
  {
    says: /^tools\.\d+\.custom\.input_schema: input_schema does not support oneOf/,
    change: (body) => changeRoots(body, 'noUnion'),
    kind: 'tool-config',
  },
  {
    says: /^Malformed input request: #\/toolConfig\/tools\/\d+\/toolSpec\/inputSchema\/json: extraneous key/,
    change: (body) => changeRoots(body, 'bare'),
    kind: 'tool-config',
  },
  { says: /^"thinking\.type\.enabled" is not supported/, change: thinkAdaptively },
  {
    says: /^"thinking\.type\.(?:disabled|between_tools)" is not supported/,
    change: (body) => omitField(body, 'thinking'),
  },
  { says: /^output_config\.effort: Input should be ([\w', ]+)/, change: lowerEffort },
  {
    says: /^You invoked an unsupported model or your request did not allow prompt caching/,
    change: (body, { 0: words }) => omitCaching(body, words, false),
  },
  { says: /^Extended TTL prompt caching/, change: (body, { 0: words }) => omitCaching(body, words, true) },
  {
    says: /^messages[\w.]+: Expected [\w` ,]+\. When `(thinking)` is enabled, a final/,
    change: omitNamed,
    isOccasional: true,
  },
  { says: /^Thinking may not be enabled when (tool_choice) forces/, change: omitNamed, isOccasional: true },
  { says: /^[`'](\w+)[`'] may only be set/, change: omitNamed, isOccasional: true },
  { says: /^`(\w+)` and `(\w+)` cannot both/, change: omitNamed },
  {
    says: /^This model doesn't support the ([\w.]+) field(?: for user messages)?\. Remove/,
    change: omitNamed,
  },
  { says: /^invalid beta flag/, change: (body) => omitField(body, 'anthropic_beta') },
  {
    says: /^Malformed input request: the provided reasoning config/,
    change: (body) => omitField(body, 'reasoningConfig'),
  },
  { says: /^Malformed input request: (?:#[\w/]*: )?extraneous key \[(\w+)\]/, change: omitNamed },
  {
    says: /^(?:Validation Error: \d+ validation errors? for \w+ )?([\w.]+):? +Extra inputs are not/,
    change: omitNamed,
  },
  {
    says: /^\{(?:"error":\{)?(?:"\w+":"\w*",)*"message":"Invalid 'max_output_tokens': [\w ]+\. Expected a value >= (\d+)/,
    change: raiseMaxTokens,
  },
  {
    says: /^(?:\{(?:"error":\{)?(?:"\w+":"\w*",)*"message":")?(?:Unknown parameter: |Failed to deserialize [\w ]+: unknown variant )['`]([\w.]+)/,
    change: omitNamed,
  },
  {
    says: /^(?:Unsupported \w+: )?[`'](\w+)[`'] (?:is deprecated for|is not supported with|does not support)/,
    change: omitNamed,
  },
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
  for (const { says, change, kind = 'rejected-field', isOccasional = false } of REFUSALS) {
    const said = says.exec(rest);
    if (said === null) continue;
    const made = change(body, said);
    const words = front + said[0].replace(/\b(messages|tools|content)([./])\d+/g, '$1$20');
    return made && { ...made, kind, words, isOccasional };
  }
  return undefined;
}

function omitNamed(body: Body, { 0: words, 1: name = '', 2: other }: RegExpExecArray) {
  return omitRejected(body, words, name, other);
}

function goOn(body: Body): (Change & { after: string }) | undefined {
  const messages = [body['messages'] ?? []].flat() as { role?: string }[];
  if (messages.at(-1)?.role !== 'assistant') return undefined;
  return {
    path: `messages.${messages.length}`,
    after: GO_ON,
    body: { ...body, messages: [...messages, { role: 'user', content: [{ text: GO_ON }] }] },
  };
}

/** Adaptive thinking instead of a budget; the model decides how much it thinks. */
function thinkAdaptively(body: Body): (Change & { after: string }) | undefined {
  const fields: Body = Object(body['additionalModelRequestFields']);
  const { type, budget_tokens: _budget, ...rest } = Object(fields['thinking']);
  if (type !== 'enabled') return undefined;
  return {
    path: 'additionalModelRequestFields.thinking.type',
    after: 'adaptive',
    body: {
      ...body,
      additionalModelRequestFields: { ...fields, thinking: { type: 'adaptive', ...rest } },
    },
  };
}

/** Raises `maxTokens` to the model's minimum: clients that only test whether a model answers ask for a single token. */
function raiseMaxTokens(
  body: Body,
  { 1: least = '' }: RegExpExecArray,
): (Change & { after: string }) | undefined {
  const config: Body = Object(body['inferenceConfig']);
  if (!(Number(config['maxTokens']) < Number(least))) return undefined;
  return {
    path: 'inferenceConfig.maxTokens',
    after: least,
    body: { ...body, inferenceConfig: { ...config, maxTokens: Number(least) } },
  };
}

/** The next effort below the rejected one. */
function lowerEffort(
  body: Body,
  { 1: accepted = '' }: RegExpExecArray,
): (Change & { after: string }) | undefined {
  const fields: Body = Object(body['additionalModelRequestFields']);
  const output: Body = Object(fields['output_config']);
  const efforts = ['max', 'xhigh', 'high', 'medium', 'low'];
  const at = efforts.indexOf(output['effort'] as string);
  const effort = efforts.find((one, i) => i > at && at >= 0 && accepted.includes(`'${one}'`));
  if (effort === undefined) return undefined;
  return {
    path: 'additionalModelRequestFields.output_config.effort',
    after: effort,
    body: { ...body, additionalModelRequestFields: { ...fields, output_config: { ...output, effort } } },
  };
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
  if (paths.length === 0) return undefined;
  return { path: paths.join(', '), body: { ...body, toolConfig: { ...config, tools } } };
}
