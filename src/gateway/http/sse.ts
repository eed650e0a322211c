/** What Python's `splitlines` takes for the end of a line besides what JSON escapes anyway: clients read events with it. */
const LINE_ENDS = /[\x7f-\x9f\u2028\u2029]/g;

/** JSON on one line. */
export function writeJson(data: unknown): string {
  return JSON.stringify(data).replace(
    LINE_ENDS,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An event whose data is JSON on one line. */
export function writeEvent(name: string | undefined, data: unknown): string {
  const head = name === undefined ? '' : `event: ${name}\n`;
  return `${head}data: ${writeJson(data)}\n\n`;
}

/** A comment, which every reader of server-sent events skips. */
export const COMMENT_PING = ': ping\n\n';

export const DONE = 'data: [DONE]\n\n';
