import { type KnownQuirks, type ModelQuirks, modelQuirks } from '../../index.js';
import type { PiContext, PiModel } from './types.js';

/**
 * What the model's family is known to accept, by its foundation model or else its id. If neither shows the family, as with the ARN
 * of an application profile, by its name, which pi's users choose.
 */
export function familyOf({ id, foundationModelId, name }: PiModel, overrides?: ModelQuirks): KnownQuirks {
  const byId = modelQuirks(id, { foundationModelId, ...overrides });
  if (byId.sources.length > 0) return byId;
  const byName = modelQuirks(name ?? '', overrides);
  return byName.sources.length > 0 ? { ...byName, foundationModelId: name } : byId;
}

/** GovCloud rejects members of `thinking` that other partitions accept. Source: @earendil-works/pi-ai 0.74.2. */
export function isGovCloud(modelId: string, region: string | undefined): boolean {
  return region?.startsWith('us-gov-') === true || /^(us-gov\.|arn:aws-us-gov:)/.test(modelId.toLowerCase());
}

/** Bytes of text per token. Source code and JSON have about three, prose has four. */
const BYTES_PER_TOKEN = 3;

/** What an image counts as: the most that Claude reads. https://platform.claude.com/docs/en/build-with-claude/vision */
const TOKENS_PER_IMAGE = 1600;

/** Part of the context window that stays free, because its size and that of the conversation are estimates. */
const MARGIN = 1 / 8;

/** Part of the context window that a long conversation still leaves for the answer, if the model writes that much. */
const LEAST = 1 / 16;

/**
 * The output limit of a call whose caller gave none: all that the model writes, or less if that does not fit into the context
 * window besides the conversation. The service rejects such a request with "maximum context length", which callers take for a
 * conversation that is too long. Undefined if the model has no limit.
 */
export function chooseMaxTokens(model: PiModel, context: PiContext): number | undefined {
  const { maxTokens, contextWindow } = model;
  if (!(maxTokens > 0)) return undefined;
  if (!(contextWindow > 0)) return maxTokens;
  const used = estimateTokens(context);
  const room = Math.max(contextWindow * (1 - MARGIN) - used, contextWindow * LEAST);
  return Math.min(maxTokens, Math.max(1, Math.floor(room)));
}

/** Roughly how many tokens a conversation has. */
function estimateTokens({ systemPrompt = '', messages, tools = [] }: PiContext): number {
  let bytes = bytesOf(systemPrompt) + bytesOf(JSON.stringify(tools));
  let images = 0;
  for (const { content } of messages) {
    for (const block of typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content) {
      switch (block.type) {
        case 'image':
          images += 1;
          break;
        case 'document':
          bytes += (block.data.length * 3) / 4;
          break;
        case 'text':
          bytes += bytesOf(block.text);
          break;
        case 'thinking':
          bytes += bytesOf(block.thinking);
          break;
        case 'toolCall':
          bytes += bytesOf(JSON.stringify(block.arguments));
      }
    }
  }
  return Math.ceil(bytes / BYTES_PER_TOKEN) + images * TOKENS_PER_IMAGE;
}

const utf8 = new TextEncoder();

function bytesOf(text: string): number {
  return utf8.encode(text).length;
}
