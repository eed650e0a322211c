import type { CheckedRequest } from '../checked-request.js';
import { findRejections } from '../quirks.js';
import type { Json } from '../shape.js';
import { modelError } from '../wording.js';

/** Checks the limits of Claude's extended thinking, whose errors the service passes on. */
export function checkThinking({ body, model }: CheckedRequest): void {
  const { additionalModelRequestFields, inferenceConfig, toolConfig, messages = [] } = body;
  const thinking = additionalModelRequestFields?.['thinking'] as Json | null | undefined;
  checkKind(thinking?.['type'], additionalModelRequestFields?.['output_config'], model.modelId);
  if (thinking?.['type'] !== 'enabled') return;
  const budget = thinking['budget_tokens'];
  if (typeof budget !== 'number') throw modelError('thinking.enabled.budget_tokens: Field required');
  if (budget < 1024) {
    throw modelError('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  }
  if (inferenceConfig?.maxTokens !== undefined && inferenceConfig.maxTokens <= budget) {
    throw modelError('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  if (inferenceConfig?.temperature !== undefined && inferenceConfig.temperature !== 1) {
    throw modelError('`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (toolConfig?.toolChoice?.any !== undefined || toolConfig?.toolChoice?.tool !== undefined) {
    throw modelError('Thinking may not be enabled when tool_choice forces tool use.');
  }
  const last = messages.map(({ role }) => role).lastIndexOf('assistant');
  const content = messages[last]?.content ?? [];
  const usesTools = content.some((block) => block.toolUse !== undefined);
  if (usesTools && content[0]?.reasoningContent === undefined) {
    throw modelError(
      `messages.${last}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ` +
        `\`${content[0]?.toolUse === undefined ? 'text' : 'tool_use'}\`. When \`thinking\` is enabled, a final ` +
        '`assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and ' +
        '`tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this ' +
        'requirement, disable `thinking`.',
    );
  }
}

/** Checks the ways to ask for thinking that newer models lack. */
function checkKind(type: unknown, output: unknown, modelId: string): void {
  const { thinking = [], efforts = [] } = findRejections(modelId);
  if (type === 'enabled' && thinking.includes(type)) {
    throw modelError(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" ' +
        'to control thinking behavior.',
    );
  }
  if (type === 'disabled' && thinking.includes(type)) {
    throw modelError('"thinking.type.disabled" is not supported for this model.');
  }
  const effort = (output as Json | null | undefined)?.['effort'];
  if (typeof effort === 'string' && efforts.includes(effort)) {
    throw modelError("output_config.effort: Input should be 'low', 'medium', 'high' or 'max'");
  }
}
