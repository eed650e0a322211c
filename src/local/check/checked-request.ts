import type { ResolvedModel } from '../account/catalog.js';
import type { Block, ConverseBody, Media, ToolResult } from './request-shape.js';
import type { Json } from './shape.js';

/** A request as the checks see it. */
export interface CheckedRequest extends ResolvedModel {
  body: ConverseBody;
  /** The body as it was sent, with members that the service does not know but a model may reject. */
  sent: Json;
  blocks: readonly PlacedBlock[];
  /** Whether the answer is to be streamed. */
  isStream: boolean;
}

/** A block of the conversation, where it stands, and whose message it is in. */
export type PlacedBlock = readonly [block: Block, path: string, role: string];

/** Lists the blocks of all messages. */
export function listBlocks({ messages = [] }: ConverseBody): PlacedBlock[] {
  return messages.flatMap(({ role, content }, i) =>
    content.map((block, j): PlacedBlock => [block, `messages.${i}.content.${j}`, role]),
  );
}

/** Lists images, documents, videos and audio of the conversation, also those in tool results. */
export function* listMedia(
  blocks: readonly PlacedBlock[],
): Generator<[media: Media, kind: string, path: string, role: string]> {
  for (const [block, path, role] of blocks) {
    yield* mediaIn(block, path, role);
    if (block.audio !== undefined) yield [block.audio, 'audio', `${path}.audio`, role];
    for (const [k, inner] of (block.toolResult?.content ?? []).entries()) {
      yield* mediaIn(inner, `${path}.toolResult.content.${k}`, role);
    }
  }
}

function* mediaIn(
  { image, document, video }: ToolResult['content'][number],
  path: string,
  role: string,
): Generator<[media: Media, kind: string, path: string, role: string]> {
  if (image !== undefined) yield [image, 'image', `${path}.image`, role];
  if (document !== undefined) yield [document, 'document', `${path}.document`, role];
  if (video !== undefined) yield [video, 'video', `${path}.video`, role];
}
