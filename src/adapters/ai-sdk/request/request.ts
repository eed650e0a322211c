import type { ConverseStreamRequest } from '../../../index.js';
import type { Model } from '../model.js';
import type { LanguageModelCall, Warning } from '../specification.js';
import { conversationOf } from './messages.js';
import { type OutputPlan, planOutput } from './output.js';
import { type AmazonBedrockLanguageModelOptions, readProviderOptions } from './provider-options.js';
import { planReasoning } from './reasoning.js';
import { planSampling } from './sampling.js';
import { planTools } from './tools.js';

/** A call as Converse has it, and what its answer is to be read with. */
export interface CallPlan {
  request: ConverseStreamRequest;
  warnings: Warning[];
  output: OutputPlan;
}

/**
 * Makes the Converse request for a call of the AI SDK.
 *
 * @throws AI_InvalidArgumentError, AI_UnsupportedFunctionalityError
 */
export function planCall(model: Model, call: LanguageModelCall): CallPlan {
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => {
    warnings.push(warning);
  };
  const { bedrock, disableParallelToolUse } = readProviderOptions(call.providerOptions);
  const {
    reasoningConfig,
    additionalModelRequestFields,
    anthropicBeta,
    serviceTier,
    structuredOutputMode,
    ...others
  } = bedrock;
  const reasoning = planReasoning(model, call.reasoning, reasoningConfig, warn);
  const { isThinking } = reasoning;
  const output = planOutput(call.responseFormat, {
    model,
    mode: structuredOutputMode,
    isThinking,
    toolNames: (call.tools ?? []).map(({ name }) => name),
  });
  const tools = planTools(withOutputTool(call, output), {
    model,
    isThinking,
    disableParallelToolUse,
    hasHistory: hasToolParts(call.prompt),
    warn,
  });
  const sampling = planSampling(model, call, reasoning, warn);
  const { system, messages } = conversationOf(call.prompt, ruleFor(model), warn);
  if (output.by === 'words') system.push({ text: output.instruction });
  const fields = joinFields(
    additionalModelRequestFields,
    anthropicBeta && { anthropic_beta: anthropicBeta },
    reasoning.fields,
    sampling.fields,
    tools.fields,
    output.by === 'format' ? output.fields : undefined,
  );
  const request = {
    modelId: model.id,
    messages,
    ...(system.length > 0 && { system }),
    ...(Object.keys(sampling.inferenceConfig).length > 0 && { inferenceConfig: sampling.inferenceConfig }),
    ...(tools.toolConfig && { toolConfig: tools.toolConfig }),
    ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
    ...(model.isClaude && { additionalModelResponseFieldPaths: ['/delta/stop_sequence'] }),
    ...(serviceTier !== undefined && { serviceTier: tierOf(serviceTier) }),
    ...(output.by === 'format' && output.outputConfig && { outputConfig: output.outputConfig }),
    ...withoutPartOptions(others),
  } as ConverseStreamRequest;
  return { request, warnings, output };
}

/** Reasoning without a signature goes back to models that read it; gpt-oss is one, and is better off without. */
function ruleFor({ id, accepts }: Model) {
  return /gpt-oss/.test(accepts.foundationModelId ?? id) ? 'none' : accepts.reasoning;
}

function withOutputTool(
  call: LanguageModelCall,
  output: OutputPlan,
): Pick<LanguageModelCall, 'tools' | 'toolChoice'> {
  if (output.by !== 'tool') return call;
  return { tools: [...(call.tools ?? []), output.tool], toolChoice: output.toolChoice };
}

function hasToolParts(prompt: LanguageModelCall['prompt']): boolean {
  return prompt.some(
    ({ role, content }) =>
      role === 'tool' || (role === 'assistant' && content.some(({ type }) => type === 'tool-call')),
  );
}

function tierOf(tier: NonNullable<AmazonBedrockLanguageModelOptions['serviceTier']>): { type: string } {
  return typeof tier === 'string' ? { type: tier } : tier;
}

/** Members that are for messages and parts, where the AI SDK takes the options of both from one place. */
function withoutPartOptions({
  cachePoint: _1,
  guardContent: _2,
  citations: _3,
  ...others
}: Record<string, unknown>) {
  return others;
}

/** Joins fields for the model: lists end to end, objects member by member; otherwise the later one wins. */
function joinFields(...all: readonly (Record<string, unknown> | undefined)[]): Record<string, unknown> {
  const joined: Record<string, unknown> = {};
  for (const fields of all) {
    for (const [name, value] of Object.entries(fields ?? {})) {
      const before = joined[name];
      if (Array.isArray(before) && Array.isArray(value)) joined[name] = [...new Set([...before, ...value])];
      else joined[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
    }
  }
  return joined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
