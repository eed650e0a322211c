import { BINDING_BETA } from '../catalog/repair-rows.js';
import { PLACEHOLDER } from './conversation.js';
import { type Body, type Change, changeOf } from './omit.js';

type Block = {
  reasoningContent?: { reasoningText?: { text?: string; signature?: string }; redactedContent?: unknown };
};
type Message = { role?: string; content?: readonly Block[] };

/**
 * Gets past thoughts that are bound to another conversation, as after a compaction or with other tools: lets the model ignore
 * those whose signature is no longer valid. If the request has asked for this already, or cannot because it switches thinking
 * off, all thoughts are omitted.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-thinking-block-binding.html
 */
export function unbindThoughts(body: Body): Change | undefined {
  const { additionalModelRequestFields: given } = body;
  const fields: Body = Object(given);
  const { type = 'adaptive', block_binding: binding, ...rest } = Object(fields['thinking']);
  const isAsked = Object(binding).mismatch_behavior === 'drop_block';
  if (type !== 'adaptive' || isAsked || !hasThoughts(body)) return omitThoughts(body);
  const betas = [fields['anthropic_beta'] ?? []].flat();
  return {
    path: 'additionalModelRequestFields.thinking.block_binding',
    body: {
      ...body,
      additionalModelRequestFields: {
        ...fields,
        thinking: { type, ...rest, block_binding: { mismatch_behavior: 'drop_block' } },
        anthropic_beta: [...new Set([...betas, BINDING_BETA])],
      },
    },
  };
}

/** Omits thoughts of earlier turns. Where a message has nothing else, a thought becomes text. */
export function omitThoughts(body: Body, isRejected = (_block: Block): boolean => true): Change | undefined {
  return changeThoughts(body, (block) => (isRejected(block) ? undefined : block));
}

/** Omits what is encrypted. */
export function omitRedacted(body: Body): Change | undefined {
  return omitThoughts(body, ({ reasoningContent }) => reasoningContent?.redactedContent !== undefined);
}

/** Omits what has no signature. */
export function omitUnsigned(body: Body): Change | undefined {
  return omitThoughts(body, ({ reasoningContent: { reasoningText } = {} }) =>
    Boolean(reasoningText && !reasoningText.signature),
  );
}

/** Omits the signatures of thoughts. */
export function omitSignatures(body: Body): Change | undefined {
  return changeThoughts(body, (block) => {
    const { text, signature } = block.reasoningContent?.reasoningText ?? {};
    return signature === undefined ? block : ({ reasoningContent: { reasoningText: { text } } } as Block);
  });
}

function changeThoughts(body: Body, change: (block: Block) => Block | undefined): Change | undefined {
  const paths: string[] = [];
  const messages = messagesOf(body).map((message, i) => {
    const content = message.content?.flatMap((block, j) => {
      const next = block?.reasoningContent === undefined ? block : change(block);
      if (next !== block) paths.push(`messages.${i}.content.${j}`);
      return next ?? [];
    });
    if (content?.length !== 0 || message.content?.length === 0) return { ...message, content };
    const text = message.content
      ?.map((block) => block.reasoningContent?.reasoningText?.text ?? '')
      .join('\n');
    return { ...message, content: [{ text: text?.trim() || PLACEHOLDER }] };
  });
  return changeOf(paths, { ...body, messages });
}

function hasThoughts(body: Body): boolean {
  return messagesOf(body).some(({ content }) => content?.some((block) => block?.reasoningContent));
}

/** The messages of a body. */
export function messagesOf({ messages }: Body): readonly Message[] {
  return Array.isArray(messages) ? messages : [];
}
