import { invalid } from '../../exception.js';
import type { PlacedBlock } from '../checked-request.js';
import type { Rejections } from '../quirks.js';
import type { ConverseBody } from '../request-shape.js';
import type { Json } from '../shape.js';
import { modelError, unsupported } from '../wording.js';
import { isBoundTo, readBinding } from './binding.js';

/** Checks the reasoning of earlier turns. */
export function checkReasoning(
  body: ConverseBody,
  blocks: readonly PlacedBlock[],
  rejects: Rejections,
): void {
  for (const placed of blocks) checkBlock(placed, rejects);
  if (rejects.movedReasoning && !dropsMoved(body)) checkBinding(body);
}

function checkBlock([{ reasoningContent }, path, role]: PlacedBlock, rejects: Rejections): void {
  if (reasoningContent === undefined) return;
  if (role === 'user' || rejects.reasoning === 'any') {
    throw invalid(
      'User messages cannot contain reasoning content. Please remove the reasoning content and try again.',
    );
  }
  const { reasoningText, redactedContent } = reasoningContent;
  if (redactedContent !== undefined && rejects.redactedReasoning) {
    throw unsupported('reasoningContent.redactedContent');
  }
  if (reasoningText === undefined) return;
  const { signature } = reasoningText;
  if (rejects.reasoning === 'signed' && signature !== undefined) {
    throw unsupported('reasoningContent.reasoningText.signature');
  }
  if (rejects.reasoning === 'unsigned' && signature === undefined) {
    throw modelError(`${path}.thinking.signature: Field required`);
  }
  if (rejects.reasoning === 'unsigned' && signature === '') {
    throw modelError(`${path}: Invalid \`signature\` in \`thinking\` block`);
  }
}

/** Whether the request asks for thoughts to be dropped that are not where they were made. It needs a beta for that. */
function dropsMoved({ additionalModelRequestFields: fields = {} }: ConverseBody): boolean {
  const thinking = fields['thinking'] as Json | undefined;
  const binding = thinking?.['block_binding'] as Json | undefined;
  if (binding === undefined) return false;
  const betas = fields['anthropic_beta'];
  if (!Array.isArray(betas) || !betas.includes('thinking-binding-controls-2026-08-01')) {
    throw modelError('thinking.adaptive.block_binding: Extra inputs are not permitted');
  }
  const unknown = Object.keys(binding).find((name) => name !== 'mismatch_behavior');
  if (unknown !== undefined) {
    throw modelError(`thinking.adaptive.block_binding.${unknown}: Extra inputs are not permitted`);
  }
  return binding['mismatch_behavior'] === 'drop_block';
}

/** Thoughts of this service say what they were made behind; those of others are trusted. */
function checkBinding(body: ConverseBody): void {
  for (const [i, { content }] of (body.messages ?? []).entries()) {
    for (const [j, { reasoningContent }] of content.entries()) {
      const binding = readBinding(reasoningContent?.reasoningText?.signature);
      if (binding === undefined || isBoundTo(binding, body, i)) continue;
      throw modelError(
        `messages.${i}.content.${j}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different ` +
          'conversation. Remove the block, or set `thinking.block_binding.mismatch_behavior` to "drop_block".',
      );
    }
  }
}
