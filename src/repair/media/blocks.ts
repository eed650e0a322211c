import type { ContentBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ModelQuirks } from '../../types/model-quirks.js';
import { type Note, replaceItems } from '../conversation.js';
import { type Piece, pathOf } from '../turns.js';
import { repairFormat, toText } from './document-format.js';
import { createDocumentNames } from './documents.js';
import { repairImage } from './images.js';

/** Repairs the image or document of a block, and those in the result of a tool. To be called in the conversation's order. */
export function createMediaRepair(
  mayBeClaude: boolean,
  { documents }: ModelQuirks,
  note: Note,
): (piece: Piece) => ContentBlock {
  const nameDocument = createDocumentNames(note);
  const repairItem = <Item extends ContentBlock | ToolResultContentBlock>(
    item: Item,
    path: () => string,
  ): Item => {
    const { image, document } = item ?? {};
    if (image) {
      const repaired = repairImage(image, mayBeClaude, path, note);
      return repaired === image ? item : { ...item, image: repaired };
    }
    if (!document) return item;
    const formatted = repairFormat(document, mayBeClaude, path, note);
    const text = documents === false ? toText(formatted) : undefined;
    if (text !== undefined) {
      note('document-text', path(), formatted.name, 'text');
      return text as Item;
    }
    const named = nameDocument(formatted, path);
    return named === document ? item : { ...item, document: named };
  };
  return ({ block, place }) => {
    const result = block?.toolResult;
    if (!result?.content) return repairItem(block, () => pathOf(place));
    const content = replaceItems(result.content, (item, k) =>
      repairItem(item, () => `${pathOf(place)}.toolResult.content.${k}`),
    );
    return content === result.content ? block : { toolResult: { ...result, content } };
  };
}
