import type { ResolvedModel } from '../account/catalog.js';
import type { Block, ConverseBody, Media } from './request-shape.js';

/** A request as the checks see it. */
export interface CheckedRequest extends ResolvedModel {
  body: ConverseBody;
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
    for (const [k, inner] of (block.toolResult?.content ?? []).entries()) {
      yield* mediaIn(inner, `${path}.toolResult.content.${k}`, role);
    }
  }
}

function* mediaIn(
  { image, document, video, audio }: Pick<Block, 'image' | 'document' | 'video' | 'audio'>,
  path: string,
  role: string,
): Generator<[media: Media, kind: string, path: string, role: string]> {
  if (image !== undefined) yield [image, 'image', `${path}.image`, role];
  if (document !== undefined) yield [document, 'document', `${path}.document`, role];
  if (video !== undefined) yield [video, 'video', `${path}.video`, role];
  if (audio !== undefined) yield [audio, 'audio', `${path}.audio`, role];
}
