/** An event whose data is JSON, which contains no line breaks. */
export function writeEvent(name: string | undefined, data: unknown): string {
  const head = name === undefined ? '' : `event: ${name}\n`;
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}

/** A comment, which every reader of server-sent events skips. */
export const COMMENT_PING = ': ping\n\n';

export const DONE = 'data: [DONE]\n\n';
