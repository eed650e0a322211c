import type { CachePointBlock, DocumentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { Note } from './conversation.js';
import { type Piece, pathOf } from './turns.js';

/** A list that may hold cache points: a turn, or the tools or the system prompt, which have a name. */
export interface Holder {
  pieces: {
    block: {
      cachePoint?: CachePointBlock | undefined;
      document?: DocumentBlock | undefined;
      reasoningContent?: unknown;
    };
    place: Piece['place'];
  }[];
  name?: string;
}

type HeldPiece = Holder['pieces'][number];

/** The blocks of a list as a holder. */
export function holdBlocks<Block extends HeldPiece['block']>(name: string, blocks: readonly Block[] = []) {
  return { name, pieces: blocks.map((block, i) => ({ block, place: [0, i] as const })) };
}

/** The blocks that a holder has now: the given list itself if none changed, undefined for none, which no request may have. */
export function heldBlocks<Block>({ pieces }: Holder, given: Block[] | undefined): Block[] | undefined {
  const isSame =
    pieces.length === (given?.length ?? 0) && pieces.every(({ block }, i) => block === given?.[i]);
  if (isSame) return given;
  return pieces.length > 0 ? pieces.map(({ block }) => block as Block) : undefined;
}

/** As many as a request may have. */
const MOST = 4;

/**
 * Repairs cache points, in place. They only say how much of a prompt is worth caching, so moving or omitting one never changes
 * the answer.
 *
 * @param holders In the order in which the model reads them: tools, system prompt, turns.
 */
export function repairCachePoints(holders: readonly Holder[], mayBeClaude: boolean, note: Note): void {
  if (!holders.some(({ pieces }) => pieces.some(isPoint))) return;
  const points: { piece: HeldPiece; path: string; inTurn: boolean }[] = [];
  for (const holder of holders) {
    const { name } = holder;
    const path = ({ place }: HeldPiece) => (name === undefined ? pathOf(place) : `${name}.${place[1]}`);
    holder.pieces = placePoints(holder.pieces, mayBeClaude, (piece) => note('cache-point', path(piece)));
    for (const piece of holder.pieces)
      if (isPoint(piece)) points.push({ piece, path: path(piece), inTurn: name === undefined });
  }
  // A later point covers all that an earlier one does. Those of tools and system prompt stay, for the next conversation.
  const byWorth = [...points.filter(({ inTurn }) => inTurn), ...points.filter(({ inTurn }) => !inTurn)];
  const surplus = new Set(byWorth.slice(0, Math.max(0, points.length - MOST)));
  for (const { path } of surplus) note('cache-point', path);
  const omitted = new Set([...surplus].map(({ piece }) => piece));
  if (omitted.size > 0)
    for (const holder of holders) holder.pieces = holder.pieces.filter((piece) => !omitted.has(piece));
  if (mayBeClaude) orderLifetimes(points.filter((point) => !surplus.has(point)));

  /** An hour may not follow five minutes. The hour is given up, because the longer lifetime costs more to write. */
  function orderLifetimes(kept: typeof points): void {
    let isShort = false;
    for (const { piece, path } of kept) {
      const { ttl, ...rest } = piece.block.cachePoint as CachePointBlock;
      if (ttl !== '1h') isShort = true;
      else if (isShort) {
        note('cache-point', `${path}.cachePoint.ttl`, ttl, '5m');
        piece.block = { cachePoint: rest };
      }
    }
  }
}

function isPoint({ block }: HeldPiece): boolean {
  return block?.cachePoint !== undefined;
}

/**
 * Moves each cache point back behind the last block that may precede one, and omits it where there is none, or where one
 * stands already. A document that is not a PDF may not precede one at Claude.
 */
function placePoints(
  pieces: HeldPiece[],
  mayBeClaude: boolean,
  noteChange: (piece: HeldPiece) => void,
): HeldPiece[] {
  const placed: HeldPiece[] = [];
  // Blocks behind `placed` that may not precede a cache point.
  let behind: HeldPiece[] = [];
  let isChanged = false;
  for (const piece of pieces) {
    const { document, reasoningContent } = piece.block ?? {};
    if (isPoint(piece)) {
      const before = placed.at(-1);
      const stays = before !== undefined && behind.length === 0;
      if (stays || (before !== undefined && !isPoint(before))) placed.push(piece);
      if (stays) continue;
      noteChange(piece);
      isChanged = true;
    } else {
      behind.push(piece);
      if (reasoningContent !== undefined) continue;
      if (mayBeClaude && document !== undefined && document.format !== 'pdf') continue;
      for (const each of behind) placed.push(each);
      behind = [];
    }
  }
  return isChanged ? [...placed, ...behind] : pieces;
}
