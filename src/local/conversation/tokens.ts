import { fromBase64 } from '../../wire/base64.js';
import { readImageSize } from '../check/media/image-size.js';
import type { Block, ConverseBody, Media, ToolResult } from '../check/request-shape.js';

/** About how many letters make a token. */
export const LETTERS_PER_TOKEN = 4;

/** What a message costs in addition to its content. */
const MESSAGE_TOKENS = 4;

type Content = Omit<ToolResult['content'][number], 'json'>;

/** What media costs if its size cannot be read. */
const UNKNOWN_MEDIA_TOKENS = 1000;

/** Estimates the tokens of a text, always the same for the same text. */
export function countTextTokens(text: string): number {
  return Math.ceil(text.length / LETTERS_PER_TOKEN);
}

/** A part of the request, in the order in which models read it. */
export interface Part {
  tokens: number;
  /** Writes the content down, to compare it with that of other requests. */
  write: () => string;
  /** Set if a cache point follows this part. */
  cachePoint?: { ttl: string };
}

/** Lists the parts of a request: tools, system, messages. */
export function listParts({ toolConfig, system = [], messages = [] }: ConverseBody): Part[] {
  const parts: Part[] = [];
  function add(block: { cachePoint?: { ttl?: string } }, prefix: string, count: () => number): void {
    const last = parts.at(-1);
    if (block.cachePoint === undefined) {
      parts.push({ tokens: count(), write: () => prefix + JSON.stringify(block) });
    } else if (last !== undefined) last.cachePoint = { ttl: block.cachePoint.ttl ?? '5m' };
  }
  for (const tool of toolConfig?.tools ?? []) {
    add(tool, 'tool:', () => countTextTokens(JSON.stringify(tool.toolSpec ?? tool.systemTool ?? {})));
  }
  for (const block of system) add(block, 'system:', () => countSystemTokens(block));
  for (const { role, content } of messages) {
    for (const [i, block] of content.entries()) {
      add(block, `${role}:`, () => countBlockTokens(block) + (i === 0 ? MESSAGE_TOKENS : 0));
    }
  }
  return parts;
}

/** Counts the tokens of a whole request. */
export function countInputTokens(body: ConverseBody): number {
  return listParts(body).reduce((sum, part) => sum + part.tokens, 0);
}

function countBlockTokens(block: Block): number {
  let tokens = countContentTokens(block);
  if (block.audio !== undefined) tokens += countByteTokens(block.audio, 500);
  if (block.toolUse !== undefined)
    tokens += countTextTokens(block.toolUse.name + JSON.stringify(block.toolUse.input));
  for (const inner of block.toolResult?.content ?? []) {
    tokens +=
      countContentTokens(inner) +
      (inner.json === undefined ? 0 : countTextTokens(JSON.stringify(inner.json)));
  }
  tokens += countGuardedTokens(block.guardContent);
  tokens += countTextTokens(block.reasoningContent?.reasoningText?.text ?? '');
  tokens += countTextTokens(block.reasoningContent?.redactedContent ?? '');
  for (const cited of block.citationsContent?.content ?? []) tokens += countTextTokens(cited.text ?? '');
  return tokens;
}

function countSystemTokens({ text, guardContent }: NonNullable<ConverseBody['system']>[number]): number {
  return countTextTokens(text ?? '') + countGuardedTokens(guardContent);
}

function countGuardedTokens(guarded: Block['guardContent']): number {
  const ofImage = guarded?.image === undefined ? 0 : countImageTokens(guarded.image);
  return countTextTokens(guarded?.text?.text ?? '') + ofImage;
}

/** Counts what both a message and a tool result may hold. */
function countContentTokens({ text, image, document, video, searchResult }: Content): number {
  let tokens = countTextTokens(text ?? '');
  if (image !== undefined) tokens += countImageTokens(image);
  if (document !== undefined) tokens += countDocumentTokens(document);
  if (video !== undefined) tokens += countByteTokens(video, 500);
  if (searchResult !== undefined) tokens += countTextTokens(JSON.stringify(searchResult));
  return tokens;
}

/** A token for 750 pixels, as Claude counts, if the size can be read from the bytes. */
function countImageTokens(image: Media): number {
  const bytes = fromBase64(image.source?.bytes?.slice(0, 262_144) ?? '');
  const size = bytes === undefined ? undefined : readImageSize(bytes);
  if (size === undefined) return countByteTokens(image, 750);
  return Math.min(1600, Math.max(1, Math.ceil((size.width * size.height) / 750)));
}

const TEXT_FORMATS = new Set(['txt', 'md', 'html', 'csv']);

function countDocumentTokens({ format, source }: Media): number {
  if (source?.text !== undefined) return countTextTokens(source.text);
  if (source?.content !== undefined)
    return source.content.reduce((sum, part) => sum + countTextTokens(part.text ?? ''), 0);
  return countByteTokens(
    { source: source ?? {} },
    format !== undefined && TEXT_FORMATS.has(format) ? LETTERS_PER_TOKEN : 20,
  );
}

/** A token for this many bytes; a guess if the bytes are in S3. */
function countByteTokens({ source }: Media, bytesPerToken: number): number {
  const length = source?.bytes?.length;
  return length === undefined
    ? UNKNOWN_MEDIA_TOKENS
    : Math.max(1, Math.ceil((length * 3) / 4 / bytesPerToken));
}
