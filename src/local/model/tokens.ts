import { fromBase64 } from '../../wire/base64.js';
import type { Block, ConverseBody, Media } from './body.js';

/** Letters that make a token, about. */
export const LETTERS_PER_TOKEN = 4;

/** What a message costs beside its content. */
const MESSAGE_TOKENS = 4;

/** What media costs where its size cannot be read. */
const UNKNOWN_MEDIA_TOKENS = 1000;

/** Tokens of a text: an estimate that is the same for the same text. */
export function textTokens(text: string): number {
  return Math.ceil(text.length / LETTERS_PER_TOKEN);
}

/** A part of the request in the order in which models read it, with what it costs. */
export interface Part {
  /** Identity of the content, for the prompt cache. */
  content: string;
  tokens: number;
  /** Set where a cache point stands behind this part. */
  cachePoint?: { ttl: string };
}

/** The parts of a request: tools, system, messages. */
export function partsOf(body: ConverseBody): Part[] {
  const parts: Part[] = [];
  function add(block: Block, prefix: string, extra = 0): void {
    if (block.cachePoint === undefined) {
      parts.push({ content: prefix + JSON.stringify(block), tokens: blockTokens(block) + extra });
      return;
    }
    const last = parts[parts.length - 1];
    if (last !== undefined) last.cachePoint = { ttl: block.cachePoint.ttl ?? '5m' };
  }
  for (const { toolSpec, systemTool, cachePoint } of body.toolConfig?.tools ?? []) {
    if (cachePoint !== undefined) add({ cachePoint }, '');
    else {
      const content = JSON.stringify(toolSpec ?? systemTool ?? {});
      parts.push({ content: `tool:${content}`, tokens: textTokens(content) });
    }
  }
  for (const block of body.system ?? []) add(block, 'system:');
  for (const { role, content } of body.messages ?? []) {
    for (const [i, block] of content.entries()) add(block, `${role}:`, i === 0 ? MESSAGE_TOKENS : 0);
  }
  return parts;
}

/** Tokens of a whole request; what CountTokens answers. */
export function inputTokens(body: ConverseBody): number {
  return partsOf(body).reduce((sum, part) => sum + part.tokens, 0);
}

function blockTokens(block: Block): number {
  let tokens = textTokens(block.text ?? '');
  if (block.image !== undefined) tokens += imageTokens(block.image);
  if (block.document !== undefined) tokens += documentTokens(block.document);
  if (block.video !== undefined) tokens += bytesOf(block.video, 500);
  if (block.audio !== undefined) tokens += bytesOf(block.audio, 500);
  if (block.toolUse !== undefined)
    tokens += textTokens(block.toolUse.name + JSON.stringify(block.toolUse.input));
  for (const inner of block.toolResult?.content ?? []) {
    tokens += blockTokens(inner) + (inner.json === undefined ? 0 : textTokens(JSON.stringify(inner.json)));
  }
  if (block.guardContent?.text !== undefined) tokens += textTokens(block.guardContent.text.text);
  if (block.guardContent?.image !== undefined) tokens += imageTokens(block.guardContent.image);
  tokens += textTokens(block.reasoningContent?.reasoningText?.text ?? '');
  tokens += textTokens(block.reasoningContent?.redactedContent ?? '');
  for (const cited of block.citationsContent?.content ?? []) tokens += textTokens(cited.text ?? '');
  if (block.searchResult !== undefined) tokens += textTokens(JSON.stringify(block.searchResult));
  return tokens;
}

/** A token for 750 pixels, as Claude counts them, where the size can be read from the bytes. */
function imageTokens(image: Media): number {
  const bytes = fromBase64(image.source?.bytes?.slice(0, 262_144) ?? '');
  const size = bytes === undefined ? undefined : imageSize(bytes);
  if (size === undefined) return bytesOf(image, 750);
  return Math.min(1600, Math.max(1, Math.ceil((size.width * size.height) / 750)));
}

/** Width and height in pixels from the head of a PNG, GIF, JPEG or WebP file. */
function imageSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length < 30) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) === 0x89504e47) return { width: view.getUint32(16), height: view.getUint32(20) };
  if (view.getUint32(0) === 0x47494638)
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (view.getUint32(0) === 0x52494646 && view.getUint32(12) === 0x56503858) {
    return {
      width: (view.getUint32(24, true) & 0xffffff) + 1,
      height: (view.getUint32(27, true) & 0xffffff) + 1,
    };
  }
  return view.getUint16(0) === 0xffd8 ? jpegSize(view) : undefined;
}

/** Walks the segments of a JPEG file up to the one that tells the size. */
function jpegSize(view: DataView): { width: number; height: number } | undefined {
  let at = 2;
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

const TEXT_FORMATS = new Set(['txt', 'md', 'html', 'csv']);

function documentTokens({ format, source }: Media): number {
  if (source?.text !== undefined) return textTokens(source.text);
  if (source?.content !== undefined)
    return source.content.reduce((sum, part) => sum + textTokens(part.text ?? ''), 0);
  return bytesOf(
    { source: source ?? {} },
    format !== undefined && TEXT_FORMATS.has(format) ? LETTERS_PER_TOKEN : 20,
  );
}

/** A token for so many bytes; a guess where the bytes are in S3. */
function bytesOf({ source }: Media, bytesPerToken: number): number {
  const length = source?.bytes?.length;
  return length === undefined
    ? UNKNOWN_MEDIA_TOKENS
    : Math.max(1, Math.ceil((length * 3) / 4 / bytesPerToken));
}
